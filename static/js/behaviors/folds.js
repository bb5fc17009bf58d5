/* Remembers which branches of a thread are folded, in this browser, and folds them on other pages too; folds and unfolds them all. */

const MOST = 200;
const MOST_IN_ADDRESS = 30;

export default class {
  constructor(element) {
    this.element = element;
    this.tools = element.querySelector("[data-part=tools]");
    this.onToggle = (event) => {
      if (!event.target.dataset?.number || !event.target.matches("details")) return;
      this.note(event.target);
      this.keep();
    };
    this.onClick = (event) => {
      const more = event.target.closest(".thread__more");
      if (more) {
        this.folded.delete(more.dataset.number);
        this.keep();
        return;
      }
      const which = event.target.closest("[data-fold]")?.dataset.fold;
      if (!which) return;
      // Told at once: the toggle of each comes later, perhaps after one has left.
      for (const branch of this.branches) {
        branch.open = which === "none";
        this.note(branch);
      }
      this.keep();
      if (which === "none" && this.leftOut.length) this.unfoldAll();
    };
  }
  connect() {
    // What the address leaves out was folded by this person, a page ago or without scripts.
    this.folded = new Set([...this.recall(), ...this.leftOut]);
    for (const branch of this.branches) {
      if (!branch.open) this.note(branch); // before this script was there
      // Never fold away what the address leads to.
      if (this.folded.has(branch.dataset.number) && !branch.querySelector(":target, .post--here")) branch.open = false;
    }
    this.keep();
    this.element.addEventListener("toggle", this.onToggle, true);
    this.element.addEventListener("click", this.onClick);
    if (this.tools) this.tools.hidden = !this.branches.length && !this.leftOut.length;
  }
  disconnect() {
    this.element.removeEventListener("toggle", this.onToggle, true);
    this.element.removeEventListener("click", this.onClick);
  }
  note(branch) {
    if (branch.open) this.folded.delete(branch.dataset.number);
    else this.folded.add(branch.dataset.number);
  }
  get branches() {
    return [...this.element.querySelectorAll("details[data-number]")];
  }
  get leftOut() {
    return (this.element.dataset.folded ?? "").split(".").filter(Boolean);
  }
  recall() {
    try {
      return JSON.parse(localStorage.getItem(this.element.dataset.keep)) ?? [];
    } catch {
      return [];
    }
  }
  keep() {
    for (const link of document.querySelectorAll(".pager a[href*='view=threaded']")) this.name(link);
    try {
      if (this.folded.size) localStorage.setItem(this.element.dataset.keep, JSON.stringify([...this.folded].slice(-MOST)));
      else localStorage.removeItem(this.element.dataset.keep);
    } catch {
      // Storage is full or off: folding still works, it is only not remembered.
    }
  }
  /* The pages around leave out what is folded here. */
  name(link) {
    const address = new URL(link.href);
    const numbers = [...this.folded].slice(-MOST_IN_ADDRESS).join(".");
    if (numbers) address.searchParams.set("fold", numbers);
    else address.searchParams.delete("fold");
    link.href = address;
  }
  unfoldAll() {
    this.folded.clear();
    this.keep();
    const address = new URL(location.href);
    address.searchParams.delete("fold");
    location.assign(address);
  }
}
