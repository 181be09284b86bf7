// МИАЦ's card: what is decided is counted as it is chosen; numbers are copied by a press.
import { show } from "./toasts.js";

const form = document.getElementById("decide");
const words = { refused: "отказ", repeat: "повтор" };

function counted() {
  if (!form) return;
  const chosen = [...form.querySelectorAll("input[type=radio]:checked")].map((input) => input.value);
  const number = chosen.filter(Boolean).length;
  for (const button of document.querySelectorAll("[data-decide]")) {
    const label = [...button.childNodes].findLast((node) => node.nodeType === Node.TEXT_NODE);
    label.data = number ? `Записать решения (${number})` : "Записать решения";
  }
  const summary = document.querySelector("[data-summary]");
  if (!summary || !chosen.length) return;
  summary.dataset.before ??= summary.textContent.trim();
  const parts = Object.entries(words).map(([value, word]) => [word, chosen.filter((one) => one === value).length]);
  const done = number - parts.reduce((sum, [, n]) => sum + n, 0);
  const told = [["исполнено", done], ...parts].filter(([, n]) => n).map(([word, n]) => `${word} ${n}`);
  summary.textContent = number
    ? `Выбрано: ${told.join(", ")}; останется решить ${chosen.length - number}` : summary.dataset.before;
}

form?.addEventListener("change", (event) => {
  // The cause is the next thing to choose.
  if (event.target.value === "refused") event.target.closest("td").querySelector(".af-why select")?.focus();
  if (event.target.matches(".af-why select") && event.target.value === "own") event.target.nextElementSibling.focus();
  counted();
});

for (const button of document.querySelectorAll("[data-rest]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const none of form.querySelectorAll('input[type=radio][value=""]:checked')) {
      form.querySelector(`input[name="${none.name}"][value="${button.dataset.rest}"]`).checked = true;
    }
    counted();
  });
}

// A number that can be copied becomes a button.
for (const place of document.querySelectorAll("span[data-copy]")) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: place.className, textContent: `${place.textContent} ` });
  button.dataset.copy = place.dataset.copy;
  button.setAttribute("aria-label", `${place.dataset.copy}: скопировать СНИЛС`);
  button.insertAdjacentHTML("beforeend", '<i class="bi bi-copy" aria-hidden="true"></i>');
  place.replaceWith(button);
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button) copy(button.dataset.copy, "СНИЛС скопирован");
});
for (const button of document.querySelectorAll("[data-copy-rows]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const lines = [...document.querySelectorAll("tr[data-row]")].map((row) => row.dataset.row);
    copy(lines.join("\n"), `Скопировано строк: ${lines.length}`);
  });
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    show({ text: done });
  } catch {
    show({ text: "Скопировать не вышло: выделите и скопируйте сами.", kind: "danger" });
  }
}

// Every twenty seconds the page says that it is open, and hears who else looks and what has changed.
const presence = document.querySelector("[data-poll]");

async function look() {
  if (document.hidden) return;
  const headers = { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
  const body = new URLSearchParams({ seen: presence.dataset.seen, page: presence.dataset.page });
  try {
    const answer = await fetch(presence.dataset.poll, { method: "POST", headers, body });
    if (!answer.ok) return;
    const told = (await answer.text()).trim();
    if (told !== presence.innerHTML.trim()) presence.innerHTML = told;
  } catch {
    // The page is being left, or the net is away: the next time tells.
  }
}
if (presence) {
  look();
  setInterval(look, 20_000);
  document.addEventListener("visibilitychange", look);
}

counted();
