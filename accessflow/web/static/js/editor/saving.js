// Typing saves itself: the parts that changed (a row, the fields beside the table) are posted one
// after another, tried again when that fails, and sent off when the page is left.
import { apply, release } from "./apply.js";
import * as memory from "./memory.js";
import { show } from "../toasts.js";

const IDLE = 1500; // ms without a key: what stands in the cell is saved and checked
const SOON = 40;
const RETRY = [2000, 4000, 8000, 15000, 30000];
const LIMIT = 20000; // ms for one answer

let form;
let timer = 0;
let tries = 0;
let leaving = false; // to the sign-in, which leads back here
let stopped = false; // the server will not take this application's data any more
let running = null; // the parts under way, and the promise of their end
const dirty = new Set();
const meanwhile = new Set(); // fields typed into while something was under way
const orphans = new Map(); // parts remembered of rows that are no longer there

export function start(element) {
  form = element;
  memory.open(form);
  form.addEventListener("input", (event) => touched(event.target, IDLE));
  form.addEventListener("change", (event) => touched(event.target, SOON));
  form.addEventListener("focusout", () => setTimeout(release));
  addEventListener("pagehide", sendOff);
  addEventListener("online", () => save());
  addEventListener("focus", () => dirty.size && save());
  addEventListener("beforeunload", (event) => { if (tries && dirty.size && !leaving) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => document.hidden && dirty.size && save());
  restore();
  for (const field of form.elements) if (differs(field)) touched(field, SOON); // typed before this came
}

function differs(field) {
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.type === "select-one") {
    const shown = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
    return field.value !== shown?.value;
  }
  return "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue;
}

// ----- parts

const partOf = (field) => {
  if (!field.name || !field.form) return "";
  const row = /^r\d+(?=-)/.exec(field.name);
  if (row) return row[0];
  return /^(f-|signatory$|our_ref$|our_date$)/.test(field.name) ? "d" : "";
};

function fieldsOf(part) {
  const all = [...form.elements];
  if (part !== "d") return all.filter((field) => field.name.startsWith(`${part}-`));
  return all.filter((field) => field.name === "d-v" || partOf(field) === "d");
}

function textsOf(part) {
  if (orphans.has(part)) return orphans.get(part);
  const texts = {};
  for (const field of fieldsOf(part)) texts[field.name] = textOf(field);
  return texts;
}

const textOf = (field) => (field.type === "checkbox" ? (field.checked ? "1" : "") : field.value);

export function body(parts) {
  const data = new FormData();
  for (const part of parts) {
    for (const [name, text] of Object.entries(textsOf(part))) data.append(name, text);
  }
  if (form.elements.unfold?.checked) data.append("unfold", "1");
  return data;
}

function touched(field, delay) {
  const part = partOf(field);
  if (!part) return;
  dirty.add(part);
  meanwhile.add(field.name);
  remember();
  if (!tries && !running) say("pencil", "Изменено…");
  schedule(delay);
}

function remember() {
  const parts = new Set([...dirty, ...(running?.parts ?? []), ...clashed()]);
  memory.keep(Object.fromEntries([...parts].map((part) => [part, textsOf(part)])));
}

// Rows that somebody else has changed too: not saved until the person decides.
function clashed() {
  const marks = document.querySelectorAll("#ed-clashes [data-clash]");
  return [...marks].map((mark) => mark.dataset.clash);
}

// ----- saving

function schedule(delay) {
  clearTimeout(timer);
  timer = setTimeout(save, delay);
}

// Saves everything that is open; true when it is.
export async function save() {
  clearTimeout(timer);
  while (running) await running.done;
  if (!dirty.size) return true;
  const parts = new Set(dirty);
  dirty.clear();
  running = { parts, done: null };
  running.done = post(form.dataset.cells, body(parts), parts);
  const done = await running.done;
  return done;
}

// Everything unsaved goes along with an operation, in one transaction.
// `before` is called when the answer is there and the page still as it was.
export async function operate(data, before) {
  clearTimeout(timer);
  while (running) await running.done;
  const parts = new Set([...dirty, ...clashed()]);
  dirty.clear();
  const texts = body(parts);
  for (const [name, value] of texts) if (!data.has(name)) data.append(name, value);
  running = { parts, done: null };
  running.done = post(form.action, data, parts, before);
  return running.done;
}

async function post(address, data, parts, before) {
  say("arrow-repeat", "Сохраняем…");
  meanwhile.clear();
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      body: data,
      headers: { "X-CSRFToken": token(), "HX-Request": "true" },
      signal: AbortSignal.timeout(LIMIT),
    });
    if (answer.ok) saved(await answer.text(), parts, before);
    else refused(answer, parts, address);
  } catch {
    failed(parts, "нет связи с сервером");
  } finally {
    running = null;
  }
  remember();
  if (dirty.size && !tries && !stopped) {
    say("pencil", "Изменено…"); // the answer says of what it has got that it is saved
    schedule(SOON);
  }
  return Boolean(answer?.ok);
}

function saved(html, parts, before) {
  tries = 0;
  for (const part of parts) orphans.delete(part);
  document.getElementById("ed-trouble").replaceChildren();
  const texts = Object.fromEntries([...meanwhile].map((name) => [name, textOf(form.elements.namedItem(name))]));
  before?.();
  apply(html);
  refill(texts);
  document.dispatchEvent(new CustomEvent("editor:saved"));
}

function refused(answer, parts, address) {
  const trigger = answer.headers.get("HX-Trigger");
  const told = trigger ? JSON.parse(trigger)["af:toast"]?.text : "";
  if (answer.status === 401 || answer.status === 400) {
    failed(parts, "сеанс закончился", form.dataset.login);
  } else if (answer.status >= 500) {
    failed(parts, "на сервере ошибка");
  } else {
    for (const part of parts) dirty.add(part);
    stopped = address === form.dataset.cells;
    say("exclamation-triangle", "Не сохранено");
    show({ text: told || "Не получилось. Обновите страницу.", kind: "danger" });
  }
}

function failed(parts, why, login = "") {
  for (const part of parts) dirty.add(part);
  const wait = RETRY[Math.min(tries, RETRY.length - 1)];
  tries += 1;
  say("cloud-slash", "Не сохранено");
  trouble(why, login);
  schedule(wait);
}

const token = () => document.querySelector('meta[name="csrf-token"]').content;

// ----- words

function say(icon, text) {
  const place = document.querySelector("#ed-state [data-saved]");
  if (!place) return;
  place.replaceChildren(sign(icon), ` ${text}`);
}

function sign(icon) {
  const element = document.createElement("i");
  element.className = `bi bi-${icon}`;
  element.setAttribute("aria-hidden", "true");
  return element;
}

function trouble(why, login) {
  const place = document.getElementById("ed-trouble");
  if (place.dataset.why === why && place.children.length) return;
  place.dataset.why = why;
  const banner = document.createElement("div");
  banner.className = "af-banner";
  banner.dataset.c = "danger";
  const words = document.createElement("span");
  words.className = "af-grow";
  words.textContent = `Не сохранили: ${why}. Введённое осталось на странице, повторяем сами.`;
  banner.append(sign("exclamation-octagon"), words, login ? link(login) : again());
  place.replaceChildren(banner);
}

function link(address) {
  const anchor = document.createElement("a");
  Object.assign(anchor, { href: address, textContent: "Войти и вернуться сюда" });
  anchor.addEventListener("click", () => { leaving = true; });
  return anchor;
}

function again() {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn btn-sm btn-default", textContent: "Повторить" });
  button.addEventListener("click", () => save());
  return button;
}

// ----- leaving and coming back

function sendOff() {
  const parts = new Set([...dirty, ...(running?.parts ?? [])]);
  if (!parts.size) return;
  const data = body(parts);
  // What is under way may arrive first: then its fingerprint is ours, not somebody else's.
  for (const part of running?.parts ?? []) data.set(`${part}-v`, "*");
  data.append("csrf_token", token());
  data.append("beacon", "1");
  navigator.sendBeacon(form.dataset.cells, data);
}

function restore() {
  const parts = Object.entries(memory.recall());
  let fields = 0;
  for (const [part, texts] of parts) {
    if (document.getElementById(`${part}-v`)) fields += refill(texts);
    else orphans.set(part, texts);
    dirty.add(part);
  }
  if (!parts.length) return;
  if (fields) show({ text: `Восстановлено несохранённое, полей: ${fields}`, kind: "info" });
  schedule(SOON);
}

function refill(texts) {
  let changed = 0;
  for (const [name, text] of Object.entries(texts)) {
    const field = form.elements.namedItem(name);
    if (!field) continue;
    if (field.type === "checkbox") {
      changed += Number(field.checked !== (text === "1"));
      field.checked = text === "1";
    } else {
      if (field.type !== "hidden") changed += Number(field.value !== text);
      field.value = text;
    }
  }
  return changed;
}
