// The table editor. The page does its whole job without this; here typing saves itself, operations
// answer at once and the keyboard moves as in a spreadsheet. The server stays the only judge.
import { start as startSaving } from "./saving.js";
import { start as startOperations } from "./operations.js";
import { start as startKeys } from "./keys.js";
import { start as startPreview } from "./preview.js";

const form = document.getElementById("ed-form");
if (form) {
  document.documentElement.classList.add("af-scripted");
  startKeys(form);
  startPreview(form);
  startOperations(form);
  startSaving(form);
}
