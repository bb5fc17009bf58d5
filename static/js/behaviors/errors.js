/* A form that failed: the summary gets the focus, so that it is the first thing read; its links lead into the field. */

export default class {
  constructor(element) {
    this.element = element;
    this.onClick = (event) => {
      const id = event.target.closest?.("a")?.hash?.slice(1);
      const field = id && document.getElementById(id);
      if (!field) return;
      event.preventDefault();
      (field.matches("fieldset") ? (field.querySelector("input") ?? field) : field).focus();
    };
  }
  connect() {
    this.element.addEventListener("click", this.onClick);
    this.element.focus({ preventScroll: false });
  }
  disconnect() {
    this.element.removeEventListener("click", this.onClick);
  }
}
