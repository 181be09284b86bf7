// The server's answer goes into the page: each element takes the place of the one with its id.
// Fields are never replaced by an answer to a saved cell, so that nobody loses the cursor.
//
// A new error waits while its cell, or for «required» its row, is being filled: it is shown when
// the cursor leaves. An error that goes away goes at once.

const held = new Map();
const HELD_FOR_ROW = new Set(["required", "blank_row"]);

export function apply(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const fresh of [...template.content.children]) if (fresh.id) put(fresh);
}

function put(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old) return;
  if (fresh.id === "ed-asks") ask("asks" in fresh.dataset);
  if (isSlot(fresh)) putSlot(old, fresh);
  else old.replaceWith(fresh);
}

function ask(asks) {
  const place = document.getElementById("ed-justification");
  if (place) place.hidden = !asks && !place.querySelector("textarea").value;
}

const isSlot = (element) => element.localName === "span" && element.id.endsWith("-e");
const fieldOf = (slot) => document.getElementById(slot.id.slice(0, -2));

function putSlot(old, fresh) {
  held.delete(fresh.id);
  if (mustWait(old, fresh)) held.set(fresh.id, fresh);
  else show(old, fresh);
}

function mustWait(old, fresh) {
  if (fresh.dataset.level !== "error" || old.dataset.level === "error") return false;
  const field = fieldOf(fresh);
  const active = document.activeElement;
  if (!field || !active || active === document.body) return false;
  if (field === active) return true;
  const row = field.closest("tbody tr");
  const codes = (fresh.dataset.codes ?? "").split(" ");
  return Boolean(row?.contains(active)) && codes.every((code) => HELD_FOR_ROW.has(code));
}

function show(old, fresh) {
  old.replaceWith(fresh);
  const field = fieldOf(fresh);
  if (!field?.matches("input, select, textarea")) return;
  field.toggleAttribute("aria-invalid", false);
  if (fresh.dataset.level === "error") field.setAttribute("aria-invalid", "true");
  describe(field, fresh.id, Boolean(fresh.dataset.level));
}

function describe(field, id, is) {
  const ids = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (is) ids.add(id);
  else ids.delete(id);
  if (ids.size) field.setAttribute("aria-describedby", [...ids].join(" "));
  else field.removeAttribute("aria-describedby");
}

// What has waited and need not wait any longer.
export function release(all = false) {
  for (const [id, fresh] of held) {
    const old = document.getElementById(id);
    if (old && !all && mustWait(old, fresh)) continue;
    held.delete(id);
    if (old) show(old, fresh);
  }
}

export function forgetHeld() {
  held.clear();
}
