// The keyboard map of the house. Keys are told by their place (event.code): the layout is Russian.
// Rows: tables marked data-keys; a row opens by its first link, is picked by its [data-pick].

const LETTERS = "af-letters";
// Off for the person (profile), or on this computer alone.
const offForPerson = () => document.body.hasAttribute("data-no-letters");
const lettersOn = () => !offForPerson() && localStorage.getItem(LETTERS) !== "off";

const typing = (element) =>
  element.matches("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");

function rows() {
  return [...document.querySelectorAll("table[data-keys] tbody tr:has(a[href])")];
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((row) => row.hasAttribute("aria-current"));
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
  const row = all[Math.max(0, Math.min(all.length - 1, next))];
  all[at]?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  row.querySelector("a[href]").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function pick() {
  const box = document.querySelector("table[data-keys] tr[aria-current] [data-pick]");
  box?.click();
  return Boolean(box);
}

// What a page offers under a letter: «n» a new one, «a» take it, «j» and «k» the cards beside this one.
function offered(letter) {
  const target = document.querySelector(`[aria-keyshortcuts="${letter}"]`);
  target?.click();
  return Boolean(target);
}

function take() {
  const button = document.querySelector("table[data-keys] tr[aria-current] [data-take]");
  button?.click();
  return Boolean(button);
}

function search() {
  const box = document.querySelector(".af-top input[type=search], main input[type=search]");
  box?.focus();
  box?.select();
  return Boolean(box);
}

function help() {
  const dialog = document.getElementById("af-keys");
  if (dialog && !dialog.open) dialog.showModal();
  return Boolean(dialog);
}

function primary() {
  const scope = document.querySelector("dialog[open]") ?? document.querySelector("main");
  const button = document.activeElement?.closest("form")?.querySelector(".btn-primary")
    ?? scope.querySelector(".btn-primary");
  button?.click();
  return Boolean(button);
}

const PLAIN = {
  KeyJ: () => move(1) || offered("j"),
  KeyK: () => move(-1) || offered("k"),
  KeyX: pick,
  KeyN: () => offered("n"),
  KeyA: () => take() || offered("a"),
};
const ARROWS = { ArrowDown: () => move(1), ArrowUp: () => move(-1) };

function handler(event) {
  if (event.ctrlKey && event.code === "Enter") return primary;
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  // In a window Escape closes it; what was typed stays there.
  if (event.code === "Escape" && typing(event.target) && !event.target.closest("dialog")) return () => event.target.blur();
  if (typing(event.target) || document.querySelector("dialog[open]")) return null;
  if (event.code === "Slash" || event.key === "/" || event.key === "?") {
    if (event.key === "?" || event.shiftKey) return help;
    return lettersOn() ? search : null;
  }
  if (ARROWS[event.code] && document.querySelector("table[data-keys] tr[aria-current]")) return ARROWS[event.code];
  return lettersOn() && !event.shiftKey ? PLAIN[event.code] : null;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || !(event.target instanceof Element)) return;
  const act = handler(event);
  if (act && act() !== false) event.preventDefault();
});

const toggle = document.querySelector("[data-letters]");
if (toggle) {
  toggle.checked = lettersOn();
  toggle.disabled = offForPerson();
  toggle.addEventListener("change", () => localStorage.setItem(LETTERS, toggle.checked ? "on" : "off"));
}
