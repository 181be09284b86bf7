// The buttons of the form, and cells pasted from a spreadsheet: each one goes to the server with
// everything that is not saved yet, and the table comes back.
import { forgetHeld, release } from "./apply.js";
import { operate, save } from "./saving.js";
import { adopt, show } from "../toasts.js";

let form;
let last = null; // the cell that the cursor was in, for the buttons of the toolbar

export function start(element) {
  form = element;
  document.addEventListener("submit", (event) => submitted(event));
  form.addEventListener("focusin", (event) => {
    if (event.target.closest("tbody tr") && /^r\d+-/.test(event.target.name ?? "")) last = event.target.name;
  });
  form.addEventListener("change", (event) => { if (event.target.name === "unfold") unfold(event.target); });
  form.addEventListener("paste", pasted);
  document.addEventListener("editor:saved", compareRows);
}

function submitted(event) {
  if (event.target === form) {
    event.preventDefault();
    run(event.submitter?.value ?? "save");
  } else if (event.target.action?.endsWith("/undo")) {
    event.preventDefault();
    event.target.closest(".af-toast, .af-banner")?.remove();
    run("undo");
  }
}

export async function run(op, extra = {}) {
  const [name, , key] = op.split(":");
  if (name === "save") return save();
  if (name === "file" || name === "import_sheet") return leave(name, key);
  if (name === "prepare") return prepare();
  return act(op, extra);
}

// The next page comes with this one: the form is sent as without scripts.
async function prepare() {
  release(true);
  if (!(await save())) return show({ text: "Сначала нужно сохранить введённое.", kind: "danger" });
  const op = Object.assign(document.createElement("input"), { type: "hidden", name: "op", value: "prepare" });
  form.append(op);
  form.submit();
  return undefined;
}

async function leave(name, key) {
  release(true);
  if (!(await save())) return show({ text: "Сначала нужно сохранить введённое.", kind: "danger" });
  location.assign(form.dataset[name === "file" ? "files" : "import"] + (key ?? ""));
}

async function act(op, extra) {
  const at = place();
  let back;
  const data = new FormData();
  data.append("op", op);
  if (at.row) data.append("row", at.row);
  if (at.column) data.append("column", at.column);
  if (op === "paste" && !("block" in extra)) extra.block = form.elements.block.value;
  for (const [name, value] of Object.entries(extra)) data.set(name, value);
  if (form.elements.unfold?.checked) data.append("unfold", "1");
  const pressed = document.activeElement?.name === "op" ? document.activeElement.value : "";
  if (!(await operate(data, () => { back = { ...remembered(), op: pressed }; }))) return;
  forgetHeld();
  done(op, back);
}

// The row and the column that an operation is about: where the cursor is or was last.
function place() {
  const found = /^r(\d+)-(.+)$/.exec(last ?? "");
  const picked = form.elements.namedItem("row");
  const row = picked?.value || found?.[1] || "";
  return { row, column: found?.[2] ?? "" };
}

// Where the cursor is just before the table is replaced.
function remembered() {
  const active = document.activeElement;
  const caret = active?.matches("input[id^=r], textarea") ? [active.selectionStart, active.selectionEnd] : null;
  return { id: active?.id, caret, row: form.elements.namedItem("row")?.value ?? "", cell: last };
}

function done(op, back) {
  const result = document.getElementById("ed-done");
  const focus = result?.dataset.focus;
  adopt();
  pick(back.row);
  const target = (focus && document.getElementById(focus)) || find(back);
  if (op === "check") document.getElementById("ed-checks").focus();
  else target?.focus();
  if (target?.id === back.id && back.caret) target.setSelectionRange?.(...back.caret);
}

// Rows that somebody else has added or removed, or another tab, come with the next save.
function compareRows() {
  const table = form.querySelector(".af-edit");
  if (!table || table.dataset.order === document.getElementById("ed-state").dataset.order) return;
  act("edit", {});
  show({ text: "Строки изменены в другой вкладке или другим человеком: показан их новый список.", kind: "info" });
}

function find(back) {
  if (back.id) return document.getElementById(back.id);
  const button = back.op && form.querySelector(`[name=op][value="${CSS.escape(back.op)}"]`);
  return button || (back.cell ? form.elements.namedItem(back.cell) : null);
}

function pick(row) {
  const radio = row && form.querySelector(`[name=row][value="${CSS.escape(row)}"]`);
  if (radio) radio.checked = true;
}

async function unfold(box) {
  if (!(await save())) return;
  await act("edit", {});
  form.elements.unfold?.focus();
}

function pasted(event) {
  const cell = event.target;
  if (!/^r\d+-/.test(cell.name ?? "")) return;
  const text = event.clipboardData.getData("text/plain");
  if (!/[\t\n]/.test(text.trimEnd())) return;
  event.preventDefault();
  last = cell.name;
  const [, row, column] = /^r(\d+)-(.+)$/.exec(cell.name);
  act("paste", { block: text, row, column });
}
