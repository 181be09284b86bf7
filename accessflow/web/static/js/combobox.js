// The keyboard of a search with a list of answers beneath it: [role=combobox] and the [role=option]
// buttons of the list that `aria-controls` names. Without this file they are buttons of the form.

export function options(input) {
  const list = document.getElementById(input.getAttribute("aria-controls"));
  return [...(list?.querySelectorAll("[role=option]") ?? [])];
}

function choose(input, step) {
  const all = options(input);
  if (!all.length) return;
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = (at + step + all.length) % all.length;
  all.forEach((option, index) => option.setAttribute("aria-selected", String(index === next)));
  input.setAttribute("aria-activedescendant", all[next].id);
  all[next].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (!input.matches?.("input[role=combobox]")) return;
  if (event.code === "ArrowDown" || event.code === "ArrowUp") {
    event.preventDefault();
    choose(input, event.code === "ArrowDown" ? 1 : -1);
  }
  if (event.code === "Enter" && !event.ctrlKey) {
    event.preventDefault(); // the form would send itself
    options(input).find((option) => option.getAttribute("aria-selected") === "true")?.click();
  }
  if (event.code === "Escape" && input.value) {
    event.stopPropagation();
    input.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// Told to screen readers: whether there is a list, and which answer Enter would take.
export function told(input) {
  const all = options(input);
  input.setAttribute("aria-expanded", String(all.length > 0));
  input.toggleAttribute("aria-activedescendant", false);
  if (all.length) input.setAttribute("aria-activedescendant", all[0].id);
}
