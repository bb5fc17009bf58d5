/* Reports which posts were on the screen for about a second, and how long the page was: PUT {numbers, seconds, generation}
   to data-read-url, kept alive when the page goes. A view itself writes nothing. A report that failed is sent again with
   the next one. */

const SHOWN_FOR = 1000;
const GATHER = 1500;
const LONGEST = 300; // seconds a report may tell of
const LONG = 20; // seconds worth a report of their own

export default class {
  constructor(element) {
    this.element = element;
    this.timers = new Map();
    this.shown = new Set();
    this.sent = new Set();
    this.since = document.visibilityState === "hidden" ? 0 : performance.now();
    this.spent = 0;
    this.onHide = ({ type }) => {
      this.spend();
      if (type === "pagehide" || document.visibilityState === "hidden") this.report();
    };
    this.onAdded = ({ detail }) => this.watch(detail);
  }
  connect() {
    if (!("IntersectionObserver" in window)) return;
    this.observer = new IntersectionObserver((entries) => entries.forEach((entry) => this.see(entry)), { threshold: [0, 0.5] });
    this.watch(this.element.querySelectorAll("article[data-number]"));
    document.addEventListener("forum:added", this.onAdded);
    document.addEventListener("visibilitychange", this.onHide);
    addEventListener("pagehide", this.onHide);
  }
  disconnect() {
    this.observer?.disconnect();
    document.removeEventListener("forum:added", this.onAdded);
    document.removeEventListener("visibilitychange", this.onHide);
    removeEventListener("pagehide", this.onHide);
    this.report();
  }
  watch(posts) {
    for (const post of posts) if (post.matches("article[data-number]")) this.observer.observe(post);
  }
  /* Half of a post, or a long one that fills half of the screen. */
  see({ target, isIntersecting, intersectionRatio, intersectionRect }) {
    const number = Number(target.dataset.number);
    const visible = isIntersecting && (intersectionRatio >= 0.5 || intersectionRect.height > innerHeight / 2);
    if (!visible) {
      clearTimeout(this.timers.get(number));
      this.timers.delete(number);
    } else if (!this.timers.has(number) && !this.sent.has(number)) {
      this.timers.set(number, setTimeout(() => this.count(number, target), SHOWN_FOR));
    }
  }
  count(number, post) {
    if (document.visibilityState === "hidden") return void this.timers.delete(number);
    this.observer.unobserve(post);
    this.shown.add(number);
    this.waiting ||= setTimeout(() => this.report(), GATHER);
  }
  /* Time counts while the page can be seen. */
  spend() {
    const now = performance.now();
    if (this.since) this.spent = Math.min(this.spent + (now - this.since) / 1000, LONGEST);
    this.since = document.visibilityState === "hidden" ? 0 : now;
  }
  async report() {
    clearTimeout(this.waiting);
    this.waiting = 0;
    this.spend();
    const numbers = [...this.shown];
    const seconds = Math.floor(this.spent);
    if (!numbers.length && seconds < LONG) return;
    this.spent -= seconds;
    this.shown.clear();
    numbers.forEach((number) => this.sent.add(number));
    try {
      const answer = await fetch(this.element.dataset.readUrl, {
        method: "PUT",
        keepalive: true,
        headers: { "Content-Type": "application/json", "X-CSRF-Token": document.querySelector("meta[name=csrf]")?.content ?? "" },
        body: JSON.stringify({ numbers, seconds, generation: Number(this.element.dataset.generation) }),
      });
      if (!answer.ok && answer.status >= 500) throw new Error(answer.status);
    } catch {
      numbers.forEach((number) => this.shown.add(number));
    }
  }
}
