/* The list of conversations, made anew when something happened in one of them. */

import { live } from "../lib/live.js";
import { part } from "../lib/part.js";

const GATHER = 400;

export default class {
  constructor(element) {
    this.element = element;
  }
  connect() {
    const look = () => this.later();
    this.off = ["message:new", "message:changed", "conversation:changed", "inbox:changed", "message:read", "resync"].map((name) => live.on(name, look));
  }
  disconnect() {
    clearTimeout(this.waiting);
    for (const off of this.off) off();
  }
  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.look(), GATHER);
  }
  async look() {
    const found = await part("GET", this.element.dataset.url).catch(() => []);
    const fresh = found.find((each) => each.id === "conversations");
    if (!fresh || !this.element.isConnected || fresh.textContent === this.element.textContent) return;
    const { id } = document.activeElement ?? {};
    const top = this.element.scrollTop;
    this.element.replaceChildren(...fresh.childNodes);
    this.element.scrollTop = top;
    if (id?.startsWith("conversation-")) document.getElementById(id)?.focus();
  }
}
