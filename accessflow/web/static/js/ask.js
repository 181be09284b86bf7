// An action's form in a window over its card. Without this module the same link opens it as a page.
// What was typed stays when the window is closed, and is there again when it is opened anew.

let dialog;

function make() {
  dialog = document.createElement("dialog");
  dialog.id = "af-ask";
  dialog.className = "af-dialog is-wide";
  dialog.setAttribute("aria-labelledby", "af-ask-h");
  document.body.append(dialog);
  return dialog;
}

async function open(href) {
  const box = dialog ?? make();
  if (box.dataset.href !== href) {
    await window.htmx.ajax("GET", href, { target: box, swap: "innerHTML" });
    if (!box.querySelector("form#af-ask-form")) return;
    box.dataset.href = href;
  }
  tidy(box);
  if (!box.open) box.showModal();
  box.querySelector("[aria-invalid], #af-ask-form :is(textarea, select, input:not([type=hidden]))")?.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) return dialog?.close();
  const link = event.target.closest("a[data-ask]");
  if (!link || !window.htmx || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("details.af-menu")?.removeAttribute("open");
  open(link.href);
});

// A refusal brings the form again, with its reasons beside the fields.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "af-ask" || ![409, 422].includes(event.detail.xhr.status)) return;
  if (event.detail.xhr.getResponseHeader("HX-Reswap") === "none") return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "af-ask" || !dialog?.open) return;
  tidy(dialog);
  dialog.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
  dialog.querySelector("[aria-invalid]")?.focus();
});

// A ready text goes where the cursor was, else to the end.
let last;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea")) last = event.target;
});
document.addEventListener("change", (event) => {
  const select = event.target.closest("select[data-insert]");
  const text = select?.selectedOptions[0]?.dataset.text;
  if (!text) return;
  // Into the field that was written in last, of those in the same form.
  const area = last && select.form.contains(last) ? last : select.form.querySelector(`#${select.dataset.insert}`);
  const at = area === last ? area.selectionStart : area.value.length;
  const gap = area.value.slice(0, at).trim() ? "\n" : "";
  area.setRangeText(gap + text, at, at, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  select.value = "";
  area.focus();
});

// A ticked reason is a line of the letter; a line that somebody has changed is theirs.
const body = (line) => line.replace(/^\d+\.\s+/, "").trim();

function composed(text, reasons, intro) {
  const wanted = reasons.filter((box) => box.checked).map((box) => box.dataset.text);
  const gone = new Set(reasons.filter((box) => !box.checked).map((box) => box.dataset.text));
  for (const one of wanted) gone.delete(one);
  let lines = text.split("\n").filter((line) => !gone.has(body(line)));
  const there = new Set(lines.map(body));
  const fresh = [...new Set(wanted)].filter((one) => !there.has(one)).map((one) => `0. ${one}`);
  if (fresh.length && !lines.some((line) => line.trim())) lines = [intro];
  let number = 0;
  const told = [...lines, ...fresh].map((line) => (/^\d+\.\s+/.test(line) ? `${++number}. ${body(line)}` : line));
  const whole = told.join("\n").trim();
  return whole === intro ? "" : whole;
}

document.addEventListener("change", (event) => {
  const box = event.target.closest(".af-reasons");
  if (!box || event.target.name !== "reason") return;
  const reasons = [...box.querySelectorAll("[name=reason]")];
  const area = event.target.form.querySelector(`#${box.dataset.into}`);
  area.value = composed(area.value, reasons, box.dataset.intro);
  area.dispatchEvent(new Event("input", { bubbles: true }));
  about(event.target, reasons);
});

// The rows that a reason was found in come and go with its tick, unless another one keeps them.
const rowsOf = (box) => (box.dataset.rows ? box.dataset.rows.split(",").map(Number) : []);

function about(box, reasons) {
  const field = box.form.querySelector("[data-positions]");
  const numbers = field && positions(field.value);
  if (!numbers || !rowsOf(box).length) return;
  const kept = new Set(reasons.filter((one) => one.checked).flatMap(rowsOf));
  for (const number of rowsOf(box)) kept.has(number) ? numbers.add(number) : numbers.delete(number);
  field.value = told(numbers);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// «2, 5–7» as numbers; null for what is no list of them: the server says what is wrong.
function positions(text) {
  const found = new Set();
  const parts = text.replace(/\s*[-‐-―−]\s*/g, "-").split(/[\s,;]+(?:и\s+)?/);
  for (const part of parts.filter(Boolean)) {
    const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
    if (!(Number(first) >= 1 && Number(last) >= Number(first))) return null;
    for (let number = Number(first); number <= Number(last); number++) found.add(number);
  }
  return found;
}

function told(numbers) {
  const runs = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    if (runs.at(-1)?.at(-1) === number - 1) runs.at(-1).push(number);
    else runs.push([number]);
  }
  return runs.map((run) => (run.length < 3 ? run.join(", ") : `${run[0]}–${run.at(-1)}`)).join(", ");
}

// Whose numbers are typed is said beneath.
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-positions]")) return;
  const line = event.target.form.querySelector("[data-who]");
  if (!line) return;
  const names = JSON.parse(line.dataset.names);
  line.textContent = [...(positions(event.target.value) ?? [])].map((n) => names[n]).filter(Boolean).join(", ");
});

function tidy(root) {
  for (const button of root.querySelectorAll(".af-noscript")) button.hidden = true;
}
tidy(document);
