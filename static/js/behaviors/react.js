/* Reactions to a post: a chip gives its reaction at once or takes it back; the tool beside them opens all that can be
   given. What is refused is put back, and why is said. */

import { ask, say } from "../lib/ask.js";

const kinds = document.getElementById("reactions").content;
const underWay = new Set(); // a second click of a double click would take back what the first has not given yet

export default class {
  constructor(opener) {
    this.opener = opener;
    this.foot = opener.closest(".post__foot");
    this.id = opener.closest("article").id.replace("post-", "");
  }
  connect() {
    if (this.opener.dataset.name) this.turn(this.opener.dataset.name);
    else this.open();
  }
  /* The tool becomes a menu, which stays one. */
  open() {
    const menu = document.createElement("details");
    menu.className = "menu menu--start";
    menu.dataset.behavior = "menu";
    const summary = document.createElement("summary");
    summary.className = "tool";
    summary.append(...this.opener.childNodes);
    const list = document.createElement("div");
    list.className = "menu__list";
    list.append(kinds.cloneNode(true));
    list.querySelector("a").href = this.opener.href;
    for (const button of list.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        menu.open = false;
        this.turn(button.dataset.name).then(() => summary.focus());
      });
    }
    menu.append(summary, list);
    this.opener.replaceWith(menu);
    setTimeout(() => {
      menu.open = true;
      if (list.getBoundingClientRect().right > innerWidth) menu.classList.remove("menu--start");
      list.querySelector("button").focus();
    }, 50); // when the menu has been connected
  }
  async turn(name) {
    const asked = `${this.id} ${name}`;
    if (underWay.has(asked)) return;
    underWay.add(asked);
    const before = this.read();
    const mine = before.find((each) => each.name === name)?.mine ?? false;
    const after = before.filter((each) => each.name !== name || each.count > 1 || !mine).map((each) => (each.name === name ? { name, count: each.count + (mine ? -1 : 1), mine: !mine } : each));
    if (!before.some((each) => each.name === name)) after.push({ name, count: 1, mine: true });
    this.show(after);
    try {
      const post = await ask(mine ? "DELETE" : "PUT", `/posts/${this.id}/reactions/${name}`);
      this.show(post.reactions);
      this.foot.querySelector(":scope > .said")?.remove();
    } catch (error) {
      this.show(before);
      say(this.foot, error.message);
    } finally {
      underWay.delete(asked);
    }
  }
  chips() {
    return [...this.foot.querySelectorAll(".chip[data-name]")];
  }
  read() {
    return this.chips().map((chip) => ({ name: chip.dataset.name, count: Number(chip.querySelector(".num").textContent), mine: chip.ariaPressed === "true" }));
  }
  show(reactions) {
    const there = new Map(this.chips().map((chip) => [chip.dataset.name, chip]));
    for (const { name, count, mine } of reactions) {
      const chip = there.get(name) ?? this.make(name);
      there.delete(name);
      chip.querySelector(".num").textContent = count;
      chip.ariaPressed = mine;
      chip.value = mine ? 0 : 1;
    }
    for (const chip of there.values()) {
      const next = chip === document.activeElement && (chip.nextElementSibling ?? this.foot.querySelector("[data-opens=react]:not(.chip), .menu--start > summary"));
      chip.remove();
      if (next) next.focus();
    }
  }
  make(name) {
    const kind = kinds.querySelector(`[data-name="${name}"]`);
    const chip = document.createElement("button");
    chip.className = "chip";
    chip.dataset.name = name;
    chip.dataset.opens = "react";
    chip.title = kind.dataset.label;
    chip.setAttribute("form", "unread-from");
    chip.setAttribute("formaction", `/posts/${this.id}/reactions/${name}`);
    chip.name = "on";
    const emoji = kind.querySelector("span").cloneNode(true);
    const label = Object.assign(document.createElement("span"), { className: "only-read-aloud", textContent: `${kind.dataset.label} ` });
    chip.append(emoji, label, Object.assign(document.createElement("span"), { className: "num" }));
    this.foot.querySelector(".chips").append(chip);
    return chip;
  }
}
