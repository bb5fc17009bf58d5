/* One key leads to this field, unless one is writing: "/" to the search box. */

export default class {
  constructor(element) {
    this.element = element;
    this.onKey = (event) => {
      if (event.key !== element.dataset.key || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      event.preventDefault();
      element.focus();
      element.select();
    };
  }
  connect() {
    document.addEventListener("keydown", this.onKey);
    const hint = this.element.form?.querySelector("[aria-hidden][hidden]");
    if (hint) hint.hidden = false;
  }
  disconnect() {
    document.removeEventListener("keydown", this.onKey);
  }
}
