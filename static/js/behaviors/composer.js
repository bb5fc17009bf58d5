/* Makes the form a composer: toolbar, Ctrl+Enter, Reply without leaving the page; drafts (lib/draft.js), preview
   (lib/preview.js) and suggestions (lib/complete.js), each fetched when it is first needed. */

const WRAPS = { bold: ["**", "**"], italic: ["*", "*"], code: ["`", "`"], link: ["[", "](https://)"], at: ["@", ""], emoji: [":", ""] };
const LINES = { quote: "> ", list: "- " };
const TABLE = "\n|   |   |\n|---|---|\n|   |   |\n";

export default class {
  constructor(form) {
    this.form = form;
    this.text = form.querySelector("textarea[name=body]");
    this.tools = form.querySelector("[data-part=tools]");
    this.offered = form.querySelector("[data-part=offer]");
    this.files = form.querySelector("[data-part=files]");
    this.on = [
      [form, "keydown", (event) => this.key(event)],
      [form, "submit", (event) => this.sending(event)],
      [form, "focusin", () => this.drafting()],
      [this.text, "blur", () => (this.caret = this.text.selectionEnd)],
      [form, "input", (event) => this.typed(event)],
      [form, "change", () => this.typed()],
      [form, "paste", (event) => this.bring(event, event.clipboardData)],
      [form, "drop", (event) => this.bring(event, event.dataTransfer)],
      [form, "dragover", (event) => this.over(event)],
      [form, "dragleave", () => form.classList.remove("composer--over")],
      [this.tools, "click", (event) => this.use(event)],
      [this.tools, "keydown", (event) => this.walk(event)],
      [document, "click", (event) => this.answer(event)],
      [document, "forum:quote", (event) => this.asked(event)],
      [document, "selectionchange", () => this.offer()],
      [document, "scroll", () => this.offer()],
      [this.offered, "pointerdown", (event) => event.preventDefault()], // it would take the selection away
      [this.offered, "click", () => this.quoteChosen()],
      [window, "pageshow", (event) => event.persisted && this.ready()],
      [window, "online", () => this.again && this.typed()],
    ];
  }
  connect() {
    for (const [target, kind, act] of this.on) target?.addEventListener(kind, act);
    if (this.tools) this.tools.hidden = false;
    for (const hint of this.form.querySelectorAll("[data-part=hint]")) hint.hidden = false;
    for (const button of this.form.querySelectorAll("[data-part=keep]")) button.hidden = true;
    this.recall();
    this.grow();
    if (this.files && this.text.value.includes("](/uploads/")) this.uploading();
  }
  disconnect() {
    for (const [target, kind, act] of this.on) target?.removeEventListener(kind, act);
    this.draft?.then((draft) => draft.close(), () => {});
  }

  key(event) {
    if (event.target === this.text && this.complete?.key(event)) return;
    const inText = event.target === this.text;
    if (!(inText || this.files?.contains(event.target)) || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const tool = inText && { b: "bold", i: "italic", k: "link" }[event.key];
    if (event.key === "Enter") this.form.requestSubmit();
    else if (tool) this.apply(tool);
    else return;
    event.preventDefault();
  }
  /* A save under way arrives first. Sending twice would be harmless (client_id), but looks as if nothing happened. */
  async sending(event) {
    const { submitter } = event;
    if (submitter?.hasAttribute("formaction") || submitter?.value === "look") return;
    if (this.uploads?.isBusy || this.uploads?.reminds()) {
      event.preventDefault();
      if (!this.uploads.isBusy || this.waiting) return;
      this.waiting = true;
      this.say("waits");
      const have = await this.uploads.settled();
      this.waiting = false;
      if (have) this.form.requestSubmit(submitter);
      else this.say("");
      return;
    }
    if (this.draft && !this.settled) {
      event.preventDefault();
      const draft = await this.drafting();
      await draft?.finish();
      this.store((tab) => tab.setItem(`text-${this.form.dataset.keep}-sent`, "1"));
      this.settled = true;
      setTimeout(() => this.form.requestSubmit(submitter)); // a form that is still being sent refuses
      return;
    }
    // Where somebody takes what is to be sent, the form stays as it is.
    const taken = !this.form.dispatchEvent(new CustomEvent("forum:send", { cancelable: true, detail: { submitter } }));
    if (taken) event.preventDefault();
    else setTimeout(() => submitter && (submitter.disabled = true));
  }
  ready() {
    for (const button of this.form.querySelectorAll("button:disabled")) button.disabled = false;
    this.settled = false;
    this.drafting().then((draft) => draft?.resume());
  }

  use(event) {
    const button = event.target.closest("[data-tool]");
    if (button?.dataset.tool === "preview") this.preview(button);
    else if (button?.dataset.tool === "image") import("../lib/upload.js").then(({ choose }) => choose((files) => this.uploading(files)));
    else if (button) this.apply(button.dataset.tool);
  }
  /* The text gives way to what it will look like, and comes back. */
  async preview(button) {
    const pane = this.form.querySelector("[data-part=preview]");
    const shows = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shows));
    if (shows) {
      const { preview } = await import("../lib/preview.js");
      await preview(this.form, this.text, pane);
    }
    pane.hidden = !shows;
    this.text.hidden = shows;
    if (!shows) this.text.focus();
  }
  /* Pictures and files, pasted or dropped; of a table that is pasted the words count, not its picture. */
  bring(event, data) {
    this.form.classList.remove("composer--over");
    if (!this.files || !data?.files.length || data.types.includes("text/plain")) return;
    event.preventDefault();
    this.uploading([...data.files]);
  }
  over(event) {
    if (!this.files || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.form.classList.add("composer--over");
  }
  async uploading(files = []) {
    const { Uploads } = await import("../lib/upload.js");
    this.uploads ??= new Uploads(this.form, this.text, this.files);
    this.uploads.add(files);
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
      if (tool === "at" || tool === "emoji") this.suggest(true);
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

  async typed(event) {
    this.grow();
    if (event?.target === this.text) this.suggest();
    if (this.uploads && !event?.target?.closest("[data-part=files]")) this.uploads.scan();
    (await this.drafting())?.changed();
  }
  async suggest(forced = false) {
    const list = this.form.querySelector("[data-part=complete]");
    const near = this.text.value.slice(0, this.text.selectionStart).slice(-40);
    if (!list || !/[@:]/.test(near)) return void this.complete?.close();
    const { Complete } = await import("../lib/complete.js");
    this.complete ??= new Complete(this.form, this.text, list);
    this.complete.look(forced);
  }
  /* Fetched when somebody is about to type. */
  async drafting() {
    const { target, keep } = this.form.dataset;
    if (!target) return undefined;
    this.draft ??= import(`../lib/draft.js${this.again ?? ""}`).then(({ Draft }) => new Draft(this.form, { target, keep, say: (word) => this.say(word) }));
    try {
      return await this.draft;
    } catch {
      // No line: this tab alone keeps the text, and the next word tries again (under another address: a browser remembers failures).
      this.draft = undefined;
      this.again = `?${Date.now()}`;
      const content = { title: this.form.elements.title?.value ?? "", body: this.text.value, fields: {} };
      this.store((tab) => tab.setItem(`text-${keep}`, JSON.stringify({ content, draft: "", version: 0 })));
      this.say("kept");
      return undefined;
    }
  }
  /* That all is well is there to be seen, and read aloud only to whoever goes and looks. */
  say(word) {
    const saved = this.form.querySelector("[data-part=saved]");
    if (!saved) return;
    saved.setAttribute("aria-live", word === "saved" || !word ? "off" : "polite");
    saved.dataset.word = word;
    saved.textContent = saved.dataset[word] ?? this.files?.dataset[word] ?? "";
  }
  grow() {
    if (CSS.supports("field-sizing", "content")) return;
    const { text } = this;
    if (text.scrollHeight > text.clientHeight && text.clientHeight < innerHeight * 0.6) text.rows = Math.min(24, text.value.split("\n").length + 4);
  }

  /* A "Reply" on this page aims the composer instead of loading the page again. */
  answer(event) {
    const link = event.target.closest?.("[data-reply], [data-quote], [data-part=to-all]");
    const field = this.form.elements.reply_to;
    if (!link || !field || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (link.dataset.quote) return this.quote(link.closest("article"), "", link.href);
    this.aim(link.dataset.reply ?? "", link.closest("article"));
    this.text.focus();
    this.form.scrollIntoView({ block: "start" });
  }
  aim(number, post) {
    const to = this.form.querySelector("[data-part=to]");
    this.form.elements.reply_to.value = number;
    to.hidden = !number;
    if (number) {
      const name = post?.querySelector(".who__name")?.textContent ?? "";
      const isolated = document.createElement("bdi");
      isolated.textContent = name.trim();
      to.querySelector("[data-part=to-name]").replaceChildren(isolated);
      to.querySelector("[data-part=to-number]").textContent = number;
    }
  }

  /* A quote goes where one was writing, else to the end; the first one in an empty reply says whom it answers. */
  async quote(post, words, otherwise) {
    const { number } = post.dataset;
    try {
      const { quoteOf } = await import("../lib/quote.js");
      const quoted = await quoteOf(post, words);
      if (!this.text.value.trim() && !this.form.elements.reply_to.value) this.aim(number, post);
      if (this.text.hidden) await this.preview(this.tools.querySelector("[data-tool=preview]"));
      const at = document.activeElement === this.text ? this.text.selectionEnd : (this.caret ?? this.text.value.length);
      const before = this.text.value.slice(0, at).trimEnd();
      this.put(`${before && "\n\n"}${quoted}`, before.length, at);
      this.form.scrollIntoView({ block: "start" });
    } catch {
      location.assign(otherwise); // the same without this script, draft and all
    }
  }
  asked(event) {
    const post = event.target.closest?.(".post");
    const link = post?.querySelector("[data-quote]");
    if (!link) return;
    event.preventDefault();
    this.quote(post, event.detail.text, link.href);
  }
  /* Once somebody is done selecting: it stands in nobody's way. */
  offer() {
    clearTimeout(this.offering);
    if (!this.offered) return;
    this.offered.hidden = true;
    if (!getSelection().isCollapsed) this.offering = setTimeout(async () => (await import("../lib/quote.js")).offer(this.offered), 300);
  }
  async quoteChosen() {
    const { chosen } = await import("../lib/quote.js");
    const found = chosen();
    this.offered.hidden = true;
    if (found) this.quote(found.post, found.text, found.post.querySelector("[data-quote]")?.href ?? "#reply");
  }

  /* What was sent is let go when the next page has come by itself; whoever had to go back still finds it. */
  recall() {
    const name = `text-${this.form.dataset.keep}`;
    this.store((tab) => {
      const [arrival] = performance.getEntriesByType("navigation");
      if (tab.getItem(`${name}-sent`) && arrival?.type === "navigate" && !this.text.hasAttribute("aria-invalid")) tab.removeItem(name);
      tab.removeItem(`${name}-sent`);
      if (tab.getItem(name)) this.drafting().then((draft) => draft?.recall());
    });
  }
  /* Storage may be full or off: then nothing is kept, and writing works all the same. */
  store(act) {
    try {
      act(sessionStorage);
    } catch {
      // The server keeps drafts all the same.
    }
  }
}
