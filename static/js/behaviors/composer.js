/* Makes the form a composer: toolbar, Ctrl+Enter, Reply without leaving the page, and the text kept in this browser tab
   until it is sent. */

const WRAPS = { bold: ["**", "**"], italic: ["*", "*"], code: ["`", "`"], link: ["[", "](https://)"], at: ["@", ""] };
const LINES = { quote: "> ", list: "- " };
const TABLE = "\n|   |   |\n|---|---|\n|   |   |\n";

export default class {
  constructor(form) {
    this.form = form;
    this.text = form.querySelector("textarea[name=body]");
    this.tools = form.querySelector("[data-part=tools]");
    this.on = [
      [form, "keydown", (event) => this.key(event)],
      [form, "submit", () => this.sending()],
      [this.text, "input", () => this.typed()],
      [this.tools, "click", (event) => this.use(event)],
      [this.tools, "keydown", (event) => this.walk(event)],
      [document, "click", (event) => this.answer(event)],
      [window, "pageshow", (event) => event.persisted && this.ready()],
    ];
  }
  connect() {
    for (const [target, kind, act] of this.on) target?.addEventListener(kind, act);
    if (this.tools) this.tools.hidden = false;
    for (const hint of this.form.querySelectorAll("[data-part=hint]")) hint.hidden = false;
    this.recall();
    this.grow();
  }
  disconnect() {
    for (const [target, kind, act] of this.on) target?.removeEventListener(kind, act);
    clearTimeout(this.waiting);
  }

  key(event) {
    if (event.target !== this.text || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const tool = { b: "bold", i: "italic", k: "link" }[event.key];
    if (event.key === "Enter") this.form.requestSubmit();
    else if (tool) this.apply(tool);
    else return;
    event.preventDefault();
  }
  /* Sending twice would be harmless (client_id), but looks as if nothing happened. */
  sending() {
    const button = this.form.querySelector("button:not([type=button])");
    setTimeout(() => button && (button.disabled = true));
    this.keep();
    this.sent = true;
    this.store((kept) => kept.setItem(`${this.name}-sent`, "1"));
  }
  ready() {
    for (const button of this.form.querySelectorAll("button:disabled")) button.disabled = false;
    this.sent = false;
    this.keep();
  }

  use(event) {
    const tool = event.target.closest("[data-tool]")?.dataset.tool;
    if (tool) this.apply(tool);
  }
  /* A toolbar is one stop for Tab; the arrows move within it. */
  walk(event) {
    const buttons = [...this.tools.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const back = getComputedStyle(this.tools).direction === "rtl" ? "ArrowRight" : "ArrowLeft";
    const steps = { ArrowLeft: 1, ArrowRight: 1, Home: -at, End: buttons.length - 1 - at };
    if (at < 0 || !(event.key in steps)) return;
    const step = event.key === back ? -1 : steps[event.key];
    const next = buttons[(at + step + buttons.length) % buttons.length];
    buttons.forEach((button) => (button.tabIndex = button === next ? 0 : -1));
    next.focus();
    event.preventDefault();
  }
  apply(tool) {
    const { selectionStart: start, selectionEnd: end, value } = this.text;
    const chosen = value.slice(start, end);
    if (tool in WRAPS) {
      const [before, after] = WRAPS[tool];
      this.put(before + chosen + after, start, end);
      const to = tool === "link" && chosen ? start + before.length + chosen.length + 2 : start + before.length;
      this.text.setSelectionRange(to, tool === "link" && chosen ? to + 8 : to + chosen.length);
    } else if (tool in LINES) {
      const from = value.lastIndexOf("\n", start - 1) + 1;
      this.put(value.slice(from, end).replace(/^/gm, LINES[tool]), from, end);
    } else if (tool === "table") {
      this.put(TABLE, end, end);
    }
  }
  /* Through the editing command where there is one, so that undo still works. */
  put(text, start, end) {
    this.text.focus();
    this.text.setSelectionRange(start, end);
    if (!document.execCommand?.("insertText", false, text)) {
      this.text.setRangeText(text, start, end, "end");
      this.typed();
    }
  }

  typed() {
    this.grow();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.keep(), 400);
  }
  grow() {
    if (CSS.supports("field-sizing", "content")) return;
    const { text } = this;
    if (text.scrollHeight > text.clientHeight && text.clientHeight < innerHeight * 0.6) text.rows = Math.min(24, text.value.split("\n").length + 4);
  }

  /* A "Reply" on this page aims the composer instead of loading the page again. */
  answer(event) {
    const link = event.target.closest?.("[data-reply], [data-part=to-all]");
    const field = this.form.elements.reply_to;
    if (!link || !field || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const number = link.dataset.reply ?? "";
    const to = this.form.querySelector("[data-part=to]");
    field.value = number;
    to.hidden = !number;
    if (number) {
      const name = link.closest("article")?.querySelector(".who__name")?.textContent ?? "";
      const isolated = document.createElement("bdi");
      isolated.textContent = name.trim();
      to.querySelector("[data-part=to-name]").replaceChildren(isolated);
      to.querySelector("[data-part=to-number]").textContent = number;
    }
    this.text.focus();
    this.form.scrollIntoView({ block: "center" });
  }

  keep() {
    if (!this.form.dataset.keep || this.sent) return;
    const written = this.text.value.trim() !== "";
    if (!this.store((kept) => (written ? kept.setItem(this.name, this.text.value) : kept.removeItem(this.name)))) return;
    const saved = this.form.querySelector("[data-part=saved]");
    if (saved) saved.textContent = written ? saved.dataset.text : "";
  }
  /* What was sent is let go when the next page has come by itself; whoever had to go back still finds it. */
  recall() {
    if (!this.form.dataset.keep) return;
    this.store((kept) => {
      const [arrival] = performance.getEntriesByType("navigation");
      if (kept.getItem(`${this.name}-sent`) && arrival?.type === "navigate") kept.removeItem(this.name);
      kept.removeItem(`${this.name}-sent`);
      if (!this.text.value) this.text.value = kept.getItem(this.name) ?? "";
    });
  }
  /* Storage may be full or off: then nothing is kept, and writing works all the same. */
  store(act) {
    try {
      act(sessionStorage);
      return true;
    } catch {
      return false;
    }
  }
  get name() {
    return `text-${this.form.dataset.keep}`;
  }
}
