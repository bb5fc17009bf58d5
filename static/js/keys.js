/* What single keys do, fetched with the first of them (app.js sees to when they count). Everything here is a link or a
   button of the page as well. */

import { chosen } from "./lib/quote.js";

const ITEMS = ".post, .topic-row";
const SOON = 1500; // for the second key after "g"
const PLACES = { h: "/", u: "/unread", d: "/c" };

export default class {
  constructor() {
    this.pending = 0;
  }
  press(key) {
    const afterG = Date.now() < this.pending;
    this.pending = 0;
    if (afterG && key in PLACES) return location.assign(PLACES[key]);
    const act = {
      j: () => this.step(1),
      k: () => this.step(-1),
      ".": () => this.toNew(),
      l: () => this.toNew(),
      r: () => this.reply(),
      q: () => this.quote(),
      u: () => this.up(),
      n: () => this.follow("main .pager a[rel=next]"),
      p: () => this.follow("main .pager a[rel=prev]"),
      g: () => (this.pending = Date.now() + SOON),
      "?": () => this.explain(),
      Escape: () => document.activeElement?.closest(ITEMS) && document.activeElement.blur(),
    }[key];
    act?.();
  }

  /* Posts or rows that can be seen: not those in a folded branch. */
  get items() {
    return [...document.querySelectorAll(`main :is(${ITEMS})`)].filter((each) => each.checkVisibility?.() ?? each.getClientRects().length);
  }
  get current() {
    return document.activeElement?.closest(ITEMS);
  }
  /* From the one with the focus; else from what is in sight. */
  step(by) {
    const { items, current } = this;
    let to = items.indexOf(current) + by;
    if (!current) {
      const inSight = items.findIndex((each) => each.getBoundingClientRect().bottom > innerHeight / 8);
      to = by > 0 ? inSight : items.findLastIndex((each) => each.getBoundingClientRect().top < 0);
    }
    if (to >= 0 && to < items.length) this.go(items[to]);
    else if (current) document.querySelector(by > 0 ? "main .pager a[rel=next]" : "main .pager a[rel=prev]")?.focus();
  }
  go(item) {
    const target = item.querySelector(".topic-row__link") ?? item;
    if (target === item) item.tabIndex = -1;
    target.focus({ preventScroll: true, focusVisible: true });
    const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const tall = item.getBoundingClientRect().height > innerHeight * 0.7;
    item.scrollIntoView({ block: tall ? "start" : "center", behavior: smooth ? "smooth" : "auto" });
  }
  /* The first that is new, and then the next ones; where none is on this page, the page that has it. */
  toNew() {
    const { items, current } = this;
    const fresh = items.filter((each) => each.matches(".post--new, .topic-row--unread"));
    const next = current ? fresh.find((each) => items.indexOf(each) > items.indexOf(current)) : fresh[0];
    if (next ?? fresh[0]) this.go(next ?? fresh[0]);
    else this.follow("main a[href*='go=unread'], .jump a[href*='go=unread']");
  }

  reply() {
    const link = this.current?.querySelector("[data-reply]");
    if (link) return link.click();
    const all = document.querySelector("form.composer [data-part=to-all]");
    if (all && !this.current) all.click();
    const place = document.querySelector("#reply textarea, .composer__shut a");
    place?.focus();
    place?.scrollIntoView({ block: "center" });
  }
  /* The composer listens for "forum:quote" and calls preventDefault(); where there is none, it is a reply. */
  quote() {
    const found = chosen();
    const post = found?.post ?? this.current?.closest(".post");
    if (!post?.dataset.number) return this.reply();
    const asked = new CustomEvent("forum:quote", { bubbles: true, cancelable: true, detail: { number: Number(post.dataset.number), text: found?.text ?? "" } });
    if (post.dispatchEvent(asked)) post.querySelector("[data-reply]")?.click();
  }

  up() {
    const crumbs = [...document.querySelectorAll("main .crumbs a")];
    const last = document.querySelector("main .topic-head") ? crumbs.at(-1) : crumbs.filter((each) => new URL(each.href).pathname !== location.pathname).at(-1);
    if (last) last.click();
  }
  follow(selector) {
    document.querySelector(selector)?.click();
  }
  async explain() {
    const link = document.querySelector("a[data-opens=keyboard]");
    if (link) link.click();
    else location.assign("/keyboard");
  }
}
