// Everything here is an addition: each page does its job without it.
import "./keyboard.js";
import "./ask.js";
import { show, adopt } from "./toasts.js";

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.content;
});

document.addEventListener("htmx:sendError", () => {
  show({ text: "Нет связи с сервером. Введённое осталось на странице.", kind: "danger" });
});

document.addEventListener("af:toast", (event) => show(event.detail));

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A choice that filters a list takes effect at once; without JavaScript its form has a button.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
});

// One box picks all the rows of its form.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick-all]")) return;
  const boxes = event.target.closest("form, table").querySelectorAll("[data-pick]");
  for (const box of boxes) if (!box.disabled) box.checked = event.target.checked;
  counted();
});

function counted() {
  for (const place of document.querySelectorAll("[data-picked-count]")) {
    const scope = place.closest("form, .af-card");
    const number = scope.querySelectorAll("[data-pick]:checked").length;
    place.textContent = number ? `отмечено: ${number}` : "";
  }
  for (const box of document.querySelectorAll("tr [data-pick]")) {
    box.closest("tr").classList.toggle("is-picked", box.checked);
  }
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick]")) counted();
});

// One button picks none of them.
document.addEventListener("click", (event) => {
  const boxes = event.target.closest("[data-pick-none]")?.form.querySelectorAll("input:checked:is([data-pick], [data-pick-all])");
  for (const box of boxes ?? []) {
    box.checked = false;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (!opener) return;
  event.preventDefault();
  document.getElementById(opener.dataset.dialog).showModal();
});

for (const button of document.querySelectorAll("[data-pick-none]")) button.hidden = false;
adopt();
counted();
document.querySelector("form[data-submit-now]")?.requestSubmit();
