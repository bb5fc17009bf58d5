/* While a title is typed: topics of the chosen place that it sounds like, so that nobody asks what has been asked. */

const PAUSE = 500;
const SHORTEST = 10;

export default class {
  constructor(element) {
    this.element = element;
    this.list = element.querySelector("ul");
    this.form = element.closest("form");
    this.onInput = (event) => {
      if (event.target.name !== "title" && event.target.name !== "category") return;
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.look(), PAUSE);
    };
  }
  connect() {
    this.form.addEventListener("input", this.onInput);
  }
  disconnect() {
    clearTimeout(this.waiting);
    this.form.removeEventListener("input", this.onInput);
  }
  async look() {
    const title = this.form.elements.title.value.trim();
    const category = this.form.elements.category.value;
    const turn = (this.turn = Symbol(title));
    const found = title.length < SHORTEST || !category ? [] : await this.ask(category, title);
    if (turn !== this.turn) return;
    this.list.replaceChildren(...found.map((topic) => this.item(topic)));
    this.element.hidden = !found.length;
  }
  async ask(category, title) {
    try {
      const answer = await fetch(`/api/v1/categories/${encodeURIComponent(category)}/similar?title=${encodeURIComponent(title)}`);
      return answer.ok ? (await answer.json()).items : [];
    } catch {
      return []; // a hint, no more
    }
  }
  item(topic) {
    const link = document.createElement("a");
    link.href = `/t/${topic.id}/${topic.slug}`;
    link.target = "_blank";
    link.dir = "auto";
    link.textContent = topic.title;
    const item = document.createElement("li");
    item.append(link);
    return item;
  }
}
