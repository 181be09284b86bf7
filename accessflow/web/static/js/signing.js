// Files are dropped onto their field, sending them shows how far it is, and a printed set comes as a
// file while the page tells that it was printed. Without this module the same forms work as they are.
import { adopt, show } from "./toasts.js";

const LOST = "Нет связи с сервером. Выбранное осталось на странице.";

document.addEventListener("dragover", (event) => {
  const form = event.target.closest("form[data-drop]");
  if (!form) return;
  event.preventDefault();
  form.classList.add("is-over");
});
document.addEventListener("dragleave", (event) => event.target.closest?.("form[data-drop]")?.classList.remove("is-over"));
document.addEventListener("drop", (event) => {
  const form = event.target.closest("form[data-drop]");
  if (!form) return;
  event.preventDefault();
  form.classList.remove("is-over");
  if (!event.dataTransfer.files.length) return;
  form.querySelector("input[type=file]").files = event.dataTransfer.files;
  form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("form[data-drop]")) {
    event.preventDefault();
    send(form);
  } else if (form.matches("form[data-download]")) {
    event.preventDefault();
    download(form);
  }
});
addEventListener("popstate", () => location.reload());

function send(form) {
  const request = new XMLHttpRequest();
  const box = form.querySelector("[data-sending]");
  const button = form.querySelector("button[type=submit]");
  const say = (words) => { if (box) box.querySelector("[data-words]").textContent = words; };
  const busy = (on) => {
    if (box) box.hidden = !on;
    button.disabled = on;
  };
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (event) => {
    if (box && event.lengthComputable) box.querySelector("progress").value = 100 * event.loaded / event.total;
  });
  request.upload.addEventListener("load", () => {
    say("Файл отправлен, читаем страницы…");
    box?.querySelector("progress").removeAttribute("value");
  });
  request.addEventListener("load", () => arrive(request.responseText, request.responseURL, form.action));
  request.addEventListener("error", () => {
    busy(false);
    show({ text: LOST, kind: "danger" });
  });
  say("Отправляем…");
  const data = new FormData(form);
  busy(true);
  request.send(data);
}

async function download(form) {
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!answer.headers.get("Content-Disposition")) {
      arrive(await answer.text(), answer.url, form.action);
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = named(answer.headers.get("Content-Disposition"));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    const page = await fetch(location.href);
    refresh(await page.text());
  } catch {
    show({ text: LOST, kind: "danger" });
  } finally {
    button.disabled = false;
  }
}

// What tells that it was printed takes its place. A part with a file's field stays as it is: a file
// that is chosen, or just being chosen in the system's own window, would be gone with it.
function refresh(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const parts = [...document.querySelectorAll("main section[aria-labelledby]")].filter(
    (part) => !part.querySelector("input[type=file]"),
  );
  for (const part of parts) {
    const name = part.getAttribute("aria-labelledby");
    const fresh = page.querySelector(`main section[aria-labelledby="${CSS.escape(name)}"]`);
    if (!fresh) continue;
    const held = part.contains(document.activeElement) || document.activeElement === document.body;
    part.replaceWith(fresh);
    if (held) fresh.querySelector("form[data-download] button")?.focus();
  }
}

function named(disposition) {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition);
  return encoded ? decodeURIComponent(encoded[1]) : /filename="?([^";]+)/i.exec(disposition)?.[1] ?? "file.pdf";
}

// The answer is the next page, or this one with what is wrong: what differs takes its place.
function arrive(html, address, action) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.querySelector("main");
  if (!fresh) return location.reload();
  document.querySelector("main").replaceWith(fresh);
  const nav = page.querySelector(".af-nav");
  if (nav) document.querySelector(".af-nav")?.replaceWith(nav);
  if (address && address !== action && address !== location.href) history.pushState(null, "", address);
  document.title = page.title;
  adopt();
  const wrong = fresh.querySelector("[role=alert]");
  if (wrong) wrong.scrollIntoView({ block: "center" });
  else scrollTo(0, 0);
  fresh.focus({ preventScroll: true });
  return undefined;
}
