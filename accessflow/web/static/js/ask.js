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
  const area = event.target.form.querySelector(`#${box.dataset.into}`);
  area.value = composed(area.value, [...box.querySelectorAll("[name=reason]")], box.dataset.intro);
  area.dispatchEvent(new Event("input", { bubbles: true }));
});

function tidy(root) {
  for (const button of root.querySelectorAll(".af-noscript")) button.hidden = true;
}
tidy(document);
