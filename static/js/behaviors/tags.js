/* A field of tags, with commas between them: what is being typed is completed, what stands before it stays. The list that
   the page brings is for pages without scripts; here the server is asked, who knows other words for a tag too. */

const PAUSE = 200;
const MOST = 8;

export default class {
  constructor(field) {
    this.field = field;
    this.list = field.list;
    this.onInput = (event) => {
      clearTimeout(this.waiting);
      if (event.inputType !== "insertReplacementText") this.waiting = setTimeout(() => this.look(), PAUSE);
    };
  }
  connect() {
    this.field.addEventListener("input", this.onInput);
    this.list.replaceChildren();
  }
  disconnect() {
    clearTimeout(this.waiting);
    this.field.removeEventListener("input", this.onInput);
  }
  async look() {
    const at = this.field.value.lastIndexOf(",") + 1;
    const before = at ? `${this.field.value.slice(0, at)} ` : "";
    const word = this.field.value.slice(at).trim();
    const turn = (this.turn = Symbol(word));
    const found = word ? await this.ask(word) : [];
    if (turn !== this.turn) return;
    const there = before.split(",").map((name) => name.trim().toLowerCase());
    const options = found.filter((tag) => !there.includes(tag.name.toLowerCase())).slice(0, MOST).map((tag) => {
      const option = document.createElement("option");
      option.value = before + tag.name;
      option.label = tag.synonyms.length ? `${tag.name} (${tag.synonyms.join(", ")})` : tag.name;
      return option;
    });
    this.list.replaceChildren(...options);
  }
  async ask(word) {
    try {
      const answer = await fetch(`/api/v1/tags?q=${encodeURIComponent(word.slice(0, 32))}`);
      return answer.ok ? (await answer.json()).items : [];
    } catch {
      return []; // a hint, no more
    }
  }
}
