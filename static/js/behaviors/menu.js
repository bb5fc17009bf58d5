/* A menu made of <details>: closes with Escape, by a click elsewhere, and when the focus leaves it. */

export default class {
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
    if (box.bottom > innerHeight - 64 && box.height < this.element.getBoundingClientRect().top - 64) this.element.classList.add("menu--up");
  }
}
