/* What is live on every page: the counts in the bars, and a quiet word when the line is lost and when it is back. The client
   is fetched once the page answers to whoever has it in front of them. */

const GRACE = 4_000; // a line that is back by then was never gone, for a reader
const BACK = 5_000;

export default class {
  constructor(element) {
    this.element = element;
    this.off = [];
  }
  connect() {
    const begin = () => import("../lib/live.js").then(({ live }) => this.begin(live)).catch(() => {}); // without it the page is as it was
    if ("requestIdleCallback" in window) requestIdleCallback(begin, { timeout: 2_000 });
    else setTimeout(begin, 500);
  }
  disconnect() {
    this.gone = true;
    clearTimeout(this.waiting);
    for (const off of this.off) off();
  }
  begin(live) {
    if (this.gone) return;
    this.live = live;
    this.off = [live.on("state", (state) => this.turn(state)), live.on("counts", (counts) => this.count(counts)), live.on("session:ended", () => this.end())];
    if (this.element.dataset.me) this.off.push(live.on("resync", () => this.look()));
  }
  /* Counts that were missed; and what was written in another place of the site, and has not gone out. */
  look() {
    try {
      if (Object.keys(localStorage).some((name) => name.startsWith("outbox:"))) import("../lib/outbox.js").then(({ pump }) => pump(), () => {});
    } catch {
      // Nothing is kept in this browser.
    }
    if (this.live.state !== "on") return;
    const { cursor } = this;
    this.live.ask("inbox:sync", cursor ? { cursor } : {}).then((inbox) => {
      this.cursor = inbox.cursor;
      if (inbox.counts) this.count(inbox.counts);
    }, () => {});
  }
  count(counts) {
    for (const [name, count] of Object.entries(counts)) {
      for (const shown of document.querySelectorAll(`[data-count="${name}"]`)) {
        shown.textContent = Number(count) > 99 ? "99+" : Number(count) || "";
        const words = shown.parentElement.querySelector("[data-some]");
        if (words) words.textContent = Number(count) ? words.dataset.some : words.dataset.none;
      }
    }
  }
  turn(state) {
    clearTimeout(this.waiting);
    if (state === "off") this.waiting = setTimeout(() => this.say("lost"), this.said || !navigator.onLine ? 0 : GRACE);
    else if (this.said) this.say("back");
  }
  end() {
    clearTimeout(this.waiting);
    this.say("ended");
  }
  say(word) {
    if (this.said === "ended" || (word === "lost" && this.live.state !== "off")) return;
    const banner = this.element.querySelector(`template[data-part=${word}]`).content.firstElementChild.cloneNode(true);
    banner.querySelector("button")?.addEventListener("click", () => (word === "ended" ? location.assign(`/signin?next=${encodeURIComponent(location.pathname)}`) : this.live.hurry()));
    for (const old of this.element.querySelectorAll(".banner")) old.remove();
    this.element.append(banner);
    this.said = word;
    if (word !== "back") return;
    this.waiting = setTimeout(() => {
      banner.remove();
      this.said = "";
    }, BACK);
  }
}
