// The queue: the bar of picked rows takes the place of the search, «a» takes a row, and whoever
// comes back from a card finds the row again. On a narrow screen the facets are folded away.

const narrow = matchMedia("(max-width: 61rem)");
let unfolded = false;

function fold() {
  const box = document.querySelector("#queue .af-fold");
  if (!box) return;
  box.open = !narrow.matches || unfolded;
  box.addEventListener("toggle", () => { if (narrow.matches) unfolded = box.open; });
}

// Facets take effect at once: their button is for pages without scripts.
function scripted() {
  for (const part of document.querySelectorAll("#queue [data-unscripted]")) part.hidden = true;
}

function bars() {
  const line = document.querySelector("[data-filter-line]");
  const bulk = document.querySelector("#queue .is-bulk");
  if (!line || !bulk) return;
  const picked = document.querySelectorAll("#queue [data-pick]:checked").length > 0;
  line.hidden = picked;
  bulk.hidden = !picked;
}

const PLACE = "af-queue-place";

// The row of the address; where it has left this view, the one that stands in its place.
function found() {
  if (!location.hash.startsWith("#r")) return;
  const rows = [...document.querySelectorAll("#queue tbody tr")];
  const at = Number(sessionStorage.getItem(PLACE) ?? 0);
  const row = rows.find((one) => `#${one.id}` === location.hash) ?? rows[Math.min(at, rows.length - 1)];
  if (!row) return;
  row.setAttribute("aria-current", "true");
  row.querySelector("a[href]").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("#queue tbody tr");
  if (row) sessionStorage.setItem(PLACE, [...row.parentElement.children].indexOf(row));
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick], [data-pick-all]")) bars();
});
document.addEventListener("htmx:afterSettle", () => { scripted(); fold(); bars(); });
narrow.addEventListener("change", fold);
scripted();
fold();
bars();
found();
