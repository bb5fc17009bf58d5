/* Light, dark, or as the device: the link in the footer opens into three buttons. The choice is the cookie "theme",
   which the server reads, so that no page flashes. */

const YEAR = 31_536_000;

export default class {
  constructor(element) {
    this.link = element;
  }
  connect() {
    const { light, dark, auto, label } = this.link.dataset;
    this.group = document.createElement("span");
    this.group.className = "foot__theme";
    this.group.setAttribute("role", "group");
    this.group.setAttribute("aria-label", label);
    for (const [value, text] of [["light", light], ["dark", dark], ["", auto]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.value = value;
      button.textContent = text;
      button.addEventListener("click", () => this.choose(value));
      this.group.append(button);
    }
    this.link.replaceWith(this.group);
    this.show();
    this.group.querySelector("[aria-pressed=true]").focus();
  }
  disconnect() {}
  choose(value) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${value}; path=/; max-age=${value ? YEAR : 0}; samesite=lax${secure}`;
    if (value) document.documentElement.dataset.theme = value;
    else delete document.documentElement.dataset.theme;
    const meta = document.querySelector("meta[name=color-scheme]");
    if (meta) meta.content = value || "light dark";
    this.show();
  }
  show() {
    const now = document.documentElement.dataset.theme ?? "";
    for (const button of this.group.children) button.setAttribute("aria-pressed", String(button.value === now));
  }
}
