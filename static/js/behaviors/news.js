/* A list of topics that stays open: now and then, and after a while without a line, it looks what has become of it. How many
   topics have something new is said in a pill that leads there; the counts in the bars are put right at once. */

import { live } from "../lib/live.js";
import { part } from "../lib/part.js";

const TURN = 45_000;
const rows = (within) => new Map([...within.querySelectorAll(".topic-row")].map((row) => [row.querySelector(".topic-row__link").pathname, [...row.querySelector(".topic-row__state").childNodes].slice(0, -1).map((each) => each.textContent).join(" ")]));

export default class {
  constructor(element) {
    this.element = element;
  }
  connect() {
    this.before = rows(document);
    let began = false;
    this.off = live.on("resync", () => (began ? this.look() : (began = true)));
    this.wait();
  }
  disconnect() {
    clearTimeout(this.timer);
    this.off();
  }
  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), TURN * (0.8 + Math.random() / 2));
  }
  async look() {
    this.wait();
    if (document.hidden || live.state === "off") return;
    const page = document.createElement("body");
    page.append(...(await part("GET", location.pathname + location.search).catch(() => [])));
    if (!page.children.length || !this.element.isConnected) return;
    for (const name of [".rail", ".dock"]) {
      const [old, fresh] = [document.querySelector(name), page.querySelector(name)];
      if (old && fresh && !old.contains(document.activeElement) && old.textContent !== fresh.textContent) old.replaceChildren(...fresh.childNodes);
    }
    const count = [...rows(page)].filter(([topic, state]) => this.before.get(topic) !== state && /\d/.test(state)).length;
    const { one, other } = this.element.dataset;
    this.element.hidden = !count;
    this.element.lastElementChild.textContent = (new Intl.PluralRules(document.documentElement.lang).select(count) === "one" ? one : other).replace("0", count);
  }
}
