/* Says which post one is at, in the jump bar and the pill, while one scrolls; tells the site that the topic was looked
   at, which counts each person once a day; fetches what goes with it when one comes near the end; and hears what happens
   in the topic meanwhile: new replies announce themselves, what changed is made anew where it stands. */

const NEAR = 80; // below the bar at the top
const LOOKED = 2000;
const GATHER = 1500; // changes that come together are fetched together, and not by all readers at once

export default class {
  constructor(element) {
    this.element = element;
    this.act = () => (this.waiting ??= requestAnimationFrame(() => this.tell()));
  }
  connect() {
    addEventListener("scroll", this.act, { passive: true });
    this.looking = setTimeout(() => this.look(), LOOKED);
    if ("requestIdleCallback" in window) requestIdleCallback(() => this.listen(), { timeout: LOOKED });
    else setTimeout(() => this.listen(), LOOKED);
    const related = document.querySelector(".related:has(a)");
    if (!related || !("IntersectionObserver" in window)) return;
    this.observer = new IntersectionObserver(
      async ([{ isIntersecting }]) => {
        if (!isIntersecting) return;
        this.observer.disconnect();
        const { showRelated } = await import("../lib/related.js");
        showRelated(related).catch(() => {}); // the link is still there
      },
      { rootMargin: "600px" },
    );
    this.observer.observe(related);
  }
  look() {
    const { viewUrl } = this.element.dataset;
    if (viewUrl && document.visibilityState === "visible") fetch(viewUrl, { method: "POST", keepalive: true }).catch(() => {});
  }
  disconnect() {
    clearTimeout(this.looking);
    this.observer?.disconnect();
    removeEventListener("scroll", this.act);
    this.gone = true;
    for (const off of this.off ?? []) off();
    this.live?.ask("topic:leave", { topic_id: this.element.dataset.topic }).catch(() => {});
  }

  async listen() {
    const { topic } = this.element.dataset;
    if (!topic) return;
    const { live } = await import("../lib/live.js");
    if (this.gone) return;
    this.live = live;
    this.changed = new Set();
    this.off = [
      live.on("resync", () => live.ask("topic:join", { topic_id: topic }).then(({ last_number: last }) => this.news(last), () => {})),
      live.on("post:new", ({ topic_id: id, number }) => id === topic && this.news(number)),
      live.on("post:changed", ({ topic_id: id, id: post }) => id === topic && this.note(post)),
      live.on("topic:changed", ({ topic_id: id }) => id === topic && this.note("")),
    ];
  }
  /* How many replies came since the page was made, in a pill: it is there to be pressed, and moves nothing. */
  news(last) {
    const pill = document.querySelector("[data-part=news]");
    const { total, end } = this.element.dataset;
    const count = last - Math.max(Number(total), this.shown ?? 0);
    if (!pill || !(count > 0)) return;
    this.last = last;
    pill.hidden = false;
    pill.href = pill.href.replace(/\/\d+(?=\?)/, `/${last - count + 1}`);
    const many = document.documentElement.lang ? new Intl.PluralRules(document.documentElement.lang).select(count) : "other";
    pill.lastElementChild.textContent = (many === "one" ? pill.dataset.one : pill.dataset.other).replace("0", count > 99 ? "99+" : count);
    pill.onclick = end === undefined ? null : (event) => this.take(event, pill);
  }
  /* On the last page they are put below what stands there, and one is led to the first of them. */
  async take(event, pill) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const from = Math.max(Number(this.element.dataset.total), this.shown ?? 0);
    try {
      const { append } = await import("../lib/fresh.js");
      const { part } = await import("../lib/part.js");
      const found = await part("GET", `${this.element.dataset.end}&after=${from}&part=posts`);
      const added = append(this.element, found);
      const numbers = added.map((each) => Number(each.dataset.number) || 0);
      this.shown = Math.max(from, ...numbers);
      pill.hidden = true;
      const first = added.find((each) => each.matches("article"));
      first.tabIndex = -1;
      first.focus({ preventScroll: true });
      first.scrollIntoView({ block: "start" });
      if (this.last > this.shown) this.news(this.last);
    } catch {
      location.assign(pill.href);
    }
  }
  note(post) {
    this.changed.add(post);
    this.fetching ??= setTimeout(() => this.fetch(), GATHER * (0.2 + Math.random()));
  }
  async fetch() {
    const ids = [...this.changed];
    this.changed.clear();
    this.fetching = undefined;
    const { refresh } = await import("../lib/fresh.js");
    for (const id of ids) {
      const post = document.getElementById(`post-${id}`);
      if (id && !post) continue;
      const { head } = this.element.dataset;
      const at = id ? head.replace("?", `/${post.dataset.number}?`) : head;
      await refresh(`${at}&part=${id ? "post" : "head"}`).catch(() => {});
    }
  }

  tell() {
    this.waiting = null;
    const top = (document.querySelector(".top")?.getBoundingClientRect().bottom ?? 0) + NEAR;
    const posts = [...this.element.querySelectorAll("article[data-number]")].filter((post) => post.getClientRects().length);
    const post = posts.findLast((each) => each.getBoundingClientRect().top <= top) ?? posts[0];
    if (!post) return;
    const { number } = post.dataset;
    for (const place of document.querySelectorAll("[data-part=place]")) {
      place.textContent = number;
      const step = Math.round((20 * (number - 1)) / this.element.dataset.total);
      const here = place.closest(".jump__here");
      if (here) here.className = here.className.replace(/\bat-\d+/, `at-${step}`);
    }
  }
}
