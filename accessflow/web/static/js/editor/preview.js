// The picture of the page follows what is saved: a moment after the last change, only while it can
// be seen, and without a flash between the old picture and the new one.

const PAUSE = 600;

let card;
let timer = 0;
let visible = false;
let shown = "";

export function start() {
  card = document.getElementById("ed-preview");
  if (!card) return;
  new IntersectionObserver((entries) => {
    visible = entries.at(-1).isIntersecting;
    follow();
  }).observe(card);
  document.addEventListener("editor:saved", follow);
  document.addEventListener("visibilitychange", follow);
  card.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-page]");
    if (!link) return;
    event.preventDefault();
    load(link.dataset.page);
  });
}

const version = () => document.getElementById("ed-state").dataset.version;
const page = () => document.getElementById("ed-page").dataset.page;

function follow() {
  clearTimeout(timer);
  if (!visible || document.hidden || shown === version()) return;
  timer = setTimeout(() => load(page()), shown ? PAUSE : 0);
}

async function load(number) {
  const wanted = version();
  const answer = await fetch(`${card.dataset.address}?page=${number}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  const fresh = document.importNode(template.content.querySelector("#ed-page"), true);
  const picture = fresh.querySelector("img");
  picture.loading = "eager"; // a lazy one would not load before it stands on the page
  if (!(await picture.decode().then(() => true, () => false))) return; // the old one stays
  const focused = document.activeElement?.closest("#ed-page");
  document.getElementById("ed-page").replaceWith(fresh);
  if (focused) fresh.querySelector("a")?.focus();
  shown = wanted;
  if (wanted !== version()) follow();
}
