// The keyboard of the table: Enter and arrows down and up, F8 to the next error, Ctrl+D fills down.
// Keys are told by their place (event.code): the layout is Russian.
import { run } from "./operations.js";
import { release } from "./apply.js";
import { show } from "../toasts.js";

let form;

export function start(element) {
  form = element;
  form.addEventListener("keydown", pressed);
  document.addEventListener("keydown", (event) => {
    if (event.code === "F8") step(event, event.shiftKey ? -1 : 1);
  });
  form.addEventListener("focusin", (event) => {
    const row = event.target.closest("tbody tr");
    const radio = row?.querySelector("[name=row]");
    if (radio && event.target !== radio) radio.checked = true;
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('#ed-form a[href^="#"]');
    if (link) go(event, link.hash.slice(1));
  });
}

function pressed(event) {
  const cell = event.target;
  if (!cell.name || !/^r\d+-/.test(cell.name) || event.isComposing) return;
  if (event.code === "KeyD" && event.ctrlKey && !event.altKey) {
    event.preventDefault();
    run("fill");
  } else if (isEnter(event) && !event.ctrlKey) {
    event.preventDefault();
    vertical(cell, event.shiftKey ? -1 : 1) || form.querySelector('[name=op][value="add"]').focus();
  } else if ((event.code === "ArrowDown" || event.code === "ArrowUp") && plainInput(cell) && !modified(event)) {
    event.preventDefault();
    vertical(cell, event.code === "ArrowDown" ? 1 : -1);
  }
}

const isEnter = (event) => event.code === "Enter" || event.code === "NumpadEnter";
const plainInput = (cell) => cell.matches("input:not([list]):not([type=checkbox])");
const modified = (event) => event.ctrlKey || event.altKey || event.shiftKey || event.metaKey;

function vertical(cell, by) {
  const row = cell.closest("tr");
  const next = by > 0 ? row.nextElementSibling : row.previousElementSibling;
  const key = cell.name.replace(/^r\d+/, "");
  const target = next?.querySelector(`[name$="${CSS.escape(key)}"]`);
  if (!target) return false;
  target.focus();
  target.select?.();
  return true;
}

function step(event, by) {
  event.preventDefault();
  release(true);
  const wrong = [...form.querySelectorAll('[aria-invalid="true"]')].filter((field) => field.offsetParent);
  if (!wrong.length) return show({ text: "Полей с ошибками нет" });
  const at = wrong.indexOf(document.activeElement);
  const from = at < 0 ? nearest(wrong, by) : at + by;
  focus(wrong[(from + wrong.length) % wrong.length]);
}

// From a field without an error: the first one behind it (or before it).
function nearest(wrong, by) {
  const active = document.activeElement;
  const after = wrong.findIndex((field) => active.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING);
  if (by > 0) return Math.max(after, 0);
  return after < 0 ? wrong.length - 1 : after - 1;
}

function go(event, id) {
  const target = document.getElementById(id);
  if (!target) return;
  event.preventDefault();
  release(true);
  const row = target.closest("tbody tr");
  focus(/^n\d+$/.test(id) && row ? row.querySelector("td input, td textarea, td select") : target);
}

function focus(field) {
  field.focus({ preventScroll: true });
  field.scrollIntoView({ block: "center", inline: "nearest" });
}
