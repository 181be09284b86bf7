// What is typed and not saved yet, kept for this tab: over a lost session, a reload, a crash.

const PREFIX = "af-editor:";
let key = "";

export function open(form) {
  key = PREFIX + form.dataset.key;
  const mine = form.dataset.key.split(":")[1];
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(PREFIX) && name.split(":")[2] !== mine) sessionStorage.removeItem(name);
  }
}

// part -> { field name: text }; a part is a row («r12») or the fields beside the table («d»).
export function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

export function keep(parts) {
  try {
    if (Object.keys(parts).length) sessionStorage.setItem(key, JSON.stringify(parts));
    else sessionStorage.removeItem(key);
  } catch {
    // A full or forbidden store: the page itself still holds everything.
  }
}
