// A file dropped anywhere onto a form's field for it, «data-dropzone», is as good as one picked.
// Without this module the same field is a button, and takes what is dropped onto it alone.
const zoneOf = (event) => event.target.closest?.("[data-dropzone]");

document.addEventListener("dragover", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  zone.classList.add("is-over");
});
document.addEventListener("dragleave", (event) => zoneOf(event)?.classList.remove("is-over"));
document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  zone.classList.remove("is-over");
  const field = zone.querySelector("input[type=file]");
  if (!event.dataTransfer.files.length) return;
  field.files = event.dataTransfer.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.form.querySelector(".btn-primary")?.focus();
});
