/* Keeps a post among one's bookmarks; the button becomes the way to its note and reminder. */

import { ask, say } from "../lib/ask.js";

export default class {
  constructor(button) {
    this.button = button;
  }
  async connect() {
    const { button } = this;
    const [, post] = button.getAttribute("formaction").match(/(\d+)\/bookmark$/);
    const foot = button.closest(".post__foot");
    const words = document.getElementById("kept").content.firstElementChild.cloneNode(true);
    button.classList.add("tool--kept");
    try {
      const kept = await ask("PUT", `/posts/${post}/bookmark`, {});
      const link = document.createElement("a");
      link.className = "tool tool--kept";
      link.href = words.href = `/bookmarks/${kept.id}`;
      link.append(...button.childNodes);
      const had = document.activeElement === button;
      button.replaceWith(link);
      if (had) link.focus();
      say(foot, `${words.dataset.said} `, words);
    } catch (error) {
      button.classList.remove("tool--kept");
      say(foot, error.message);
    }
  }
}
