/* Says which post one is at, in the jump bar and the pill, while one scrolls. */

const NEAR = 80; // below the bar at the top

export default class {
  constructor(element) {
    this.element = element;
    this.act = () => (this.waiting ??= requestAnimationFrame(() => this.tell()));
  }
  connect() {
    addEventListener("scroll", this.act, { passive: true });
  }
  disconnect() {
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
