// «Новая заявка»: the keyboard of the search for people, the filter of systems.
// Without this file every one of them is a button of the form.

import { options, told } from "./combobox.js";

const who = () => document.getElementById("who");

// Enter in other fields must not send the form: changes are sent by themselves.
document.addEventListener("keydown", (event) => {
  const field = event.target.matches?.("#new input:not(#who):not([type=checkbox]):not([type=radio])");
  if (field && event.code === "Enter" && !event.ctrlKey) event.preventDefault();
});

// The role for everybody goes down its column at once; the server does the same with what is kept.
document.addEventListener("change", (event) => {
  const name = event.target.name ?? "";
  if (!name.startsWith("all:")) return;
  const ending = `:${name.slice("all:".length)}`;
  for (const field of event.target.form.elements) {
    if (field.name.startsWith("role:") && field.name.endsWith(ending)) field.value = event.target.value;
  }
}, { capture: true });

// An answer may put a new button in the place of the one that is being pressed: the press counts.
let pressed = null;
document.addEventListener("pointerdown", (event) => {
  pressed = event.target.closest("#new button[name=op]");
});
document.addEventListener("pointerup", (event) => {
  const before = pressed;
  pressed = null;
  if (!before || before.isConnected) return;
  const now = document.elementFromPoint(event.clientX, event.clientY)?.closest("#new button[name=op]");
  if (now?.value === before.value) now.click();
});

// A press that waits for an answer keeps its button, though htmx forgets it with the old part.
document.addEventListener("htmx:configRequest", (event) => {
  const button = event.detail.triggeringEvent?.submitter;
  if (button?.name && event.target.id === "new") event.detail.parameters[button.name] = button.value;
});

function filter(input) {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const table = document.getElementById(input.dataset.filter);
  if (!table) return;
  let shown = 0;
  for (const body of table.tBodies) {
    let here = 0;
    for (const row of body.querySelectorAll("tr[data-text]")) {
      row.hidden = !words.every((word) => row.dataset.text.includes(word));
      here += !row.hidden;
    }
    body.hidden = !here;
    shown += here;
  }
  const empty = document.querySelector("[data-filter-empty]");
  if (empty) empty.hidden = shown > 0;
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-filter]")) filter(event.target);
});

// The search keeps the focus after somebody has been added, and is told apart for screen readers.
let typing = false;
document.addEventListener("htmx:beforeRequest", () => {
  typing = document.activeElement?.closest("#new-found, #new-people .af-chips") !== null
    || document.activeElement?.id === "who";
});

document.addEventListener("htmx:oobAfterSwap", (event) => {
  const id = event.detail.target?.id;
  if (id === "new-found") told(who());
  if (id === "new-people" && typing) who().focus();
  if (id === "new-systems") {
    const input = document.querySelector("[data-filter]");
    if (input?.value) filter(input);
  }
});

// What was typed or ticked before the scripts had come is taken up. htmx is ready by `load`; `early`
// is a trigger of its own, for htmx counts what it found in the field as seen.
function takeUp() {
  if (who().value.trim() && !options(who()).length) htmx.trigger(who(), "early");
  const paste = document.getElementById("paste");
  if (paste.value !== paste.defaultValue) htmx.trigger(paste, "early");
  const input = document.querySelector("[data-filter]");
  if (input?.value) filter(input);
  const ticked = [...document.querySelectorAll("#new [type=checkbox], #new [type=radio]")]
    .find((box) => box.checked !== box.defaultChecked);
  ticked?.dispatchEvent(new Event("change", { bubbles: true }));
}
if (document.readyState === "complete") takeUp();
else addEventListener("load", takeUp);
