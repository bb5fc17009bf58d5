/* A visitor's switch for single keys, remembered in this browser; whoever is signed in has it in the settings. */

export default class {
  constructor(button) {
    this.button = button;
    this.onClick = () => {
      try {
        if (this.off) localStorage.removeItem("shortcuts");
        else localStorage.setItem("shortcuts", "off");
      } catch {
        // Storage is off: there is nowhere to remember it.
      }
      this.show();
    };
  }
  connect() {
    this.button.addEventListener("click", this.onClick);
    this.button.hidden = false;
    this.show();
  }
  disconnect() {
    this.button.removeEventListener("click", this.onClick);
  }
  get off() {
    try {
      return localStorage.getItem("shortcuts") === "off";
    } catch {
      return false;
    }
  }
  show() {
    this.button.textContent = this.off ? this.button.dataset.on : this.button.dataset.off;
  }
}
