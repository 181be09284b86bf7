// «Увольнения»: the line at the top keeps the focus where one types on.
import { told } from "./combobox.js";

document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.elt;
  const who = document.getElementById("d-who");
  if (target?.id === "d-found" && who) told(who);
  if (target?.id === "d-entry") (document.querySelector("#d-entry [name=employment]") ? document.getElementById("d-on") : who)?.focus();
});
