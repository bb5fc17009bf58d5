/* Says which post one is at, in the jump bar and the pill, while one scrolls; tells the site that the topic was looked
   at, which counts each person once a day; and fetches what goes with it when one comes near the end. */

const NEAR = 80; // below the bar at the top
const LOOKED = 2000;

export default class {
  constructor(element) {
    this.element = element;
    this.act = () => (this.waiting ??= requestAnimationFrame(() => this.tell()));
  }
  connect() {
    addEventListener("scroll", this.act, { passive: true });
    this.looking = setTimeout(() => this.look(), LOOKED);
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
