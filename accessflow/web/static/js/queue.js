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

function bars() {
  const line = document.querySelector("[data-filter-line]");
  const bulk = document.querySelector("#queue .is-bulk");
  if (!line || !bulk) return;
  const picked = document.querySelectorAll("#queue [data-pick]:checked").length > 0;
  line.hidden = picked;
  bulk.hidden = !picked;
}

function found() {
  const row = location.hash.startsWith("#r") && document.getElementById(location.hash.slice(1));
  if (!row || row.parentElement?.tagName !== "TBODY") return;
  row.setAttribute("aria-current", "true");
  row.querySelector("a[href]")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick], [data-pick-all]")) bars();
});
document.addEventListener("htmx:afterSettle", () => { fold(); bars(); });
narrow.addEventListener("change", fold);
fold();
bars();
found();
