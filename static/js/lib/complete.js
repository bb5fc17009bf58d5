/* Suggestions while one types: people after "@", emoji after ":". The text keeps the focus; arrows choose, Enter or Tab
   takes, Escape closes. */

const PAUSE = 150;
const MOST = 8;
const PERSON = /(?:^|[^\p{L}\p{N}@/_.+=-])@([\p{L}\p{N}._-]{0,32})$/u;
const EMOJI = /(?:^|[\s(]):([a-z0-9_+-]{2,24})$/;

export class Complete {
  constructor(form, text, list) {
    Object.assign(this, { form, text, list, at: -1, known: new Map() });
    text.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[role=option]");
      if (item) this.take(item);
    });
  }

  /* `forced`: the button was pressed, so that a colon alone is enough. */
  look(forced = false) {
    clearTimeout(this.waiting);
    const before = this.text.value.slice(0, this.text.selectionStart);
    const person = PERSON.exec(before);
    const emoji = person ? null : (EMOJI.exec(before) ?? (forced ? /:()$/.exec(before) : null));
    if (!person && !emoji) return this.close();
    this.from = before.length - (person ?? emoji)[1].length - 1;
    const word = (person ?? emoji)[1];
    const turn = (this.turn = Symbol(word));
    const show = (items) => turn === this.turn && this.show(items);
    this.waiting = setTimeout(() => (person ? this.people(word) : this.emoji(word)).then(show, () => this.close()), PAUSE);
  }
  /* True where the key was for the list. */
  key(event) {
    if (this.list.hidden) return false;
    const items = [...this.list.children];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.choose(items[(this.at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey && items[this.at]) this.take(items[this.at]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  async people(word) {
    const category = this.form.elements.category?.value;
    const where = this.form.dataset.people ?? (category && `/api/v1/categories/${encodeURIComponent(category)}/mentionable`);
    if (!where) return [];
    const key = `${where}?q=${encodeURIComponent(word)}`;
    if (!this.known.has(key)) {
      const answer = await fetch(key, { headers: { Accept: "application/json" } });
      if (!answer.ok) return [];
      this.known.set(key, (await answer.json()).items);
    }
    return this.known.get(key).map((person) => ({ put: `@${person.username} `, text: person.name, about: person.username }));
  }
  async emoji(word) {
    const { find } = await import("./emoji.js");
    return find(word, MOST).map(([name, sign]) => ({ put: sign, text: sign, about: name }));
  }

  show(items) {
    if (!items.length) return this.close();
    const options = items.map((item, place) => {
      const option = document.createElement("li");
      option.setAttribute("role", "option");
      option.id = `${this.list.id}-${place}`;
      option.className = "complete__item";
      option.dataset.put = item.put;
      const name = document.createElement("bdi");
      name.textContent = item.text;
      const about = document.createElement("span");
      about.className = "quiet";
      about.textContent = item.about;
      option.append(name, about);
      return option;
    });
    this.list.replaceChildren(...options);
    this.list.hidden = false;
    this.choose(options[0]);
  }
  choose(option) {
    this.at = [...this.list.children].indexOf(option);
    for (const each of this.list.children) each.setAttribute("aria-selected", String(each === option));
    this.text.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
  take(option) {
    const end = this.text.selectionStart;
    this.text.focus();
    this.text.setSelectionRange(this.from, end);
    if (!document.execCommand?.("insertText", false, option.dataset.put)) this.text.setRangeText(option.dataset.put, this.from, end, "end");
    this.close();
  }
  close() {
    this.turn = undefined;
    this.list.hidden = true;
    this.at = -1;
    this.text.removeAttribute("aria-activedescendant");
  }
}
