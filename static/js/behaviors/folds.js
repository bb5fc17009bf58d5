/* Remembers which branches of a thread are folded, in this browser; folds and unfolds them all. */

const MOST = 200;

export default class {
  constructor(element) {
    this.element = element;
    this.tools = element.querySelector("[data-part=tools]");
    this.onToggle = (event) => {
      const number = event.target.dataset?.number;
      if (!number || !event.target.matches("details")) return;
      if (event.target.open) this.folded.delete(number);
      else this.folded.add(number);
      this.keep();
    };
    this.onTool = (event) => {
      const which = event.target.closest("[data-fold]")?.dataset.fold;
      if (which) for (const branch of this.branches) branch.open = which === "none";
    };
  }
  connect() {
    this.folded = new Set(this.recall());
    for (const branch of this.branches) {
      // Never fold away what the address leads to.
      if (this.folded.has(branch.dataset.number) && !branch.querySelector(":target, .post--here")) branch.open = false;
    }
    this.element.addEventListener("toggle", this.onToggle, true);
    this.tools?.addEventListener("click", this.onTool);
    if (this.tools) this.tools.hidden = !this.branches.length;
  }
  disconnect() {
    this.element.removeEventListener("toggle", this.onToggle, true);
    this.tools?.removeEventListener("click", this.onTool);
  }
  get branches() {
    return [...this.element.querySelectorAll("details[data-number]")];
  }
  recall() {
    try {
      return JSON.parse(localStorage.getItem(this.element.dataset.keep)) ?? [];
    } catch {
      return [];
    }
  }
  keep() {
    try {
      if (this.folded.size) localStorage.setItem(this.element.dataset.keep, JSON.stringify([...this.folded].slice(-MOST)));
      else localStorage.removeItem(this.element.dataset.keep);
    } catch {
      // Storage is full or off: folding still works, it is only not remembered.
    }
  }
}
