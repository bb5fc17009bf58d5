/* Connects behaviors to the elements that ask for them with data-behavior="name other-name". Each behavior is a class
   in behaviors/<name>.js with connect() and disconnect(); it is fetched when the first element of its kind appears. The
   two that nearly every page has come with this file. */

/* ago: keeps "48 min" true while the page stays open; after an hour the server's words are good enough. */
const MINUTE = 60_000;
const times = new Set();
let timer = 0;

function refresh() {
  const minutes = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "minute", unitDisplay: "narrow" });
  for (const element of times) {
    const age = Math.floor((Date.now() - Date.parse(element.dateTime)) / MINUTE);
    if (age >= 1 && age < 60) element.textContent = minutes.format(age);
    else if (age >= 60) times.delete(element);
  }
}

class Ago {
  constructor(element) {
    this.element = element;
  }
  connect() {
    if (Date.now() - Date.parse(this.element.dateTime) > 60 * MINUTE) return;
    times.add(this.element);
    timer ||= setInterval(refresh, MINUTE);
  }
  disconnect() {
    times.delete(this.element);
  }
}

/* menu, made of <details>: it closes with Escape, by a click elsewhere, and when the focus leaves it. */
class Menu {
  constructor(element) {
    this.element = element;
    this.onKey = (event) => {
      if (event.key !== "Escape" || !element.open) return;
      element.open = false;
      element.querySelector("summary").focus();
    };
    this.onElsewhere = (event) => {
      if (element.open && !element.contains(event.target)) element.open = false;
    };
    this.onToggle = () => {
      const act = element.open ? "addEventListener" : "removeEventListener";
      document[act]("keydown", this.onKey);
      document[act]("pointerdown", this.onElsewhere);
      document[act]("focusin", this.onElsewhere);
      if (element.open) this.place();
    };
  }
  connect() {
    this.element.addEventListener("toggle", this.onToggle);
  }
  disconnect() {
    this.element.removeEventListener("toggle", this.onToggle);
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("pointerdown", this.onElsewhere);
    document.removeEventListener("focusin", this.onElsewhere);
  }
  /* Upwards where there is no room below; to the other side where it would stand out of the page. */
  place() {
    const list = this.element.querySelector(".menu__list");
    if (!list) return;
    this.element.classList.remove("menu--up", "menu--over");
    const box = list.getBoundingClientRect();
    if (box.left < 0 || box.right > innerWidth) this.element.classList.add("menu--over");
    const { top = 0, bottom = innerHeight } = this.element.closest("[data-part=flow]")?.getBoundingClientRect() ?? {}; // what would cut it off
    if (box.bottom > Math.min(innerHeight - 64, bottom) && box.height < this.element.getBoundingClientRect().top - Math.max(64, top)) this.element.classList.add("menu--up");
  }
}

const HERE = { ago: Ago, menu: Menu };
const connected = new Map(); // element -> Map(name -> behavior)

async function connect(element) {
  for (const name of element.dataset.behavior.split(" ")) {
    if (!/^[a-z-]+$/.test(name)) continue;
    const held = connected.get(element) ?? new Map();
    connected.set(element, held);
    if (held.has(name)) continue;
    held.set(name, null);
    try {
      const Behavior = HERE[name] ?? (await import(`./behaviors/${name}.js`)).default;
      if (!element.isConnected) continue;
      const behavior = new Behavior(element);
      held.set(name, behavior);
      behavior.connect();
    } catch (error) {
      // The page works without it; say so where a developer looks.
      console.warn(`behavior ${name}:`, error);
    }
  }
}

function disconnect(element) {
  for (const behavior of connected.get(element)?.values() ?? []) behavior?.disconnect?.();
  connected.delete(element);
}

function within(node, act) {
  if (!(node instanceof Element)) return [];
  return [node, ...node.querySelectorAll("[data-behavior]")].filter((each) => each.dataset.behavior).map(act);
}

/* What is seldom used is fetched when it is: a link or button with data-opens="name" leads to a page that does the same. */
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("[data-opens]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !/^[a-z-]+$/.test(link.dataset.opens)) return;
  event.preventDefault();
  try {
    const { default: Behavior } = await import(`./behaviors/${link.dataset.opens}.js`);
    new Behavior(link).connect();
  } catch {
    if (link.href) location.assign(link.href);
    else link.form.requestSubmit(link);
  }
});

/* Single keys, unless one is writing, holds a modifier, or has switched them off: a field with data-key is led to
   ("/" to the search box); the others are fetched with the first of them, and wait for the behaviors that answer to them.
   /keyboard says what they do. */
let keys;
function keysAreOff() {
  const { keys: chosen } = document.documentElement.dataset; // of whoever is signed in
  try {
    return chosen ? chosen === "off" : localStorage.getItem("shortcuts") === "off";
  } catch {
    return false;
  }
}
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!(event.key.length === 1 || (event.key === "Escape" && keys)) || keysAreOff()) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
  const field = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key && each.offsetParent);
  if (field) {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (keys || "jkrqunpgl.?".includes(event.key)) {
    if ("jkrqunpgl.?".includes(event.key)) event.preventDefault(); // or "r" would stand in the field it leads to
    keys ??= import("./keys.js").then(({ default: Keys }) => new Keys());
    Promise.all([keys, ready]).then(([known]) => known.press(event.key)).catch((error) => console.warn("keys:", error));
  }
});
if (!keysAreOff()) for (const hint of document.querySelectorAll("[data-key-hint]")) hint.hidden = false;

/* What the page came with is connected: from here on it answers as it means to (seen in a browser's timeline). */
const ready = Promise.all(within(document.documentElement, connect)).then(() => performance.mark("connected"));
new MutationObserver((changes) => {
  for (const { addedNodes, removedNodes } of changes) {
    for (const node of removedNodes) if (!node.isConnected) within(node, disconnect);
    for (const node of addedNodes) within(node, connect);
  }
}).observe(document.documentElement, { childList: true, subtree: true });
