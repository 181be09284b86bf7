// Messages of things done: ten seconds, longer while the pointer or the focus is on them.
const LIFE = 10_000;

export function show({ text, kind = "ok", link = "", linkText = "" }) {
  const toast = document.createElement("div");
  toast.className = "af-toast";
  toast.dataset.kind = kind;
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(words);
  if (link) {
    const anchor = document.createElement("a");
    Object.assign(anchor, { href: link, textContent: linkText, target: "_blank" });
    toast.append(anchor);
  }
  place(toast, kind === "danger");
}

// The strips that the server put at the top become toasts.
export function adopt() {
  for (const strip of document.querySelectorAll("[data-toast]")) {
    strip.className = "af-toast";
    delete strip.dataset.toast; // taken over once
    place(strip, strip.dataset.c === "danger");
  }
}

function place(toast, stays) {
  const close = document.createElement("button");
  Object.assign(close, { type: "button", textContent: "×", title: "Закрыть" });
  close.setAttribute("aria-label", "Закрыть сообщение");
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  document.getElementById("af-toasts").append(toast);
  if (!stays) leave(toast);
}

function leave(toast) {
  let timer = setTimeout(() => toast.remove(), LIFE);
  const hold = () => clearTimeout(timer);
  const release = () => { timer = setTimeout(() => toast.remove(), LIFE / 2); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusout", release);
}
