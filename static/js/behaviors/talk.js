/* One open conversation. What is written goes to the outbox and stands here at once; what others say is fetched as part of
   this page, by number, whenever the line says that there is something: so nothing is missing and nothing stands twice. */

import { live } from "../lib/live.js";
import * as outbox from "../lib/outbox.js";
import { part } from "../lib/part.js";

const RUN = 5 * 60_000; // as on the server: what one person says within it stands together
const TYPING = 3_000;
const TYPED = 5_000;
const NEAR = 80;
const PAUSE = 1_000;

export default class {
  constructor(section) {
    this.section = section;
    this.find = (name) => section.querySelector(`[data-part=${name}]`);
    this.lines = this.find("lines");
    this.flow = this.find("flow");
    this.form = section.querySelector("form.composer");
    this.text = this.form?.elements.body;
    const { conversation, me, rev, readSeq, read, online, others, draftVersion } = section.dataset;
    Object.assign(this, { id: conversation, me, rev: Number(rev), read: Number(readSeq), version: Number(draftVersion), missed: 0 });
    this.others = others.split(" ").filter(Boolean);
    this.readers = new Map(read.trim().split(" ").filter(Boolean).map((pair) => pair.split(":")).map(([who, seq]) => [who, Number(seq)]));
    this.online = new Set(online.split(" ").filter(Boolean));
    this.typists = new Map();
    this.on = [
      [section, "submit", (event) => this.act(event)],
      [section, "click", (event) => this.click(event)],
      [section, "keydown", (event) => this.key(event)],
      [this.flow, "scroll", () => this.scrolled()],
      [this.form, "forum:send", (event) => this.send(event)],
      [this.text, "input", () => this.typed()],
      [document, "visibilitychange", () => this.see()],
      [window, "focus", () => this.see()],
    ];
  }
  connect() {
    for (const [target, kind, act] of this.on) target?.addEventListener(kind, act);
    const mine = (act) => (told) => (told.conversation_id ?? told.message?.conversation_id) === this.id && act(told);
    const look = () => this.look();
    this.off = [
      live.on("message:new", mine(look)),
      live.on("message:changed", mine(look)),
      live.on("conversation:changed", mine(({ gone }) => (gone ? location.assign("/messages") : look()))),
      live.on("resync", look),
      live.on("message:read", mine(({ user_id: who, seq }) => this.wasRead(who, seq))),
      live.on("typing", mine(({ user_id: who }) => this.types(who))),
      live.on("presence", ({ user_id: who, state }) => this.presence(who, state)),
      live.on("state", () => this.restate()),
      outbox.heard(({ conversation, sent }) => conversation === this.id && (this.pending(), sent && this.look())),
    ];
    this.observer = new IntersectionObserver((seen) => this.see(seen), { root: this.flow, threshold: 0.4 });
    for (const bubble of this.bubbles()) this.watch(bubble);
    if ("BroadcastChannel" in window) {
      this.channel = new BroadcastChannel(`talk-${this.id}`);
      this.channel.onmessage = ({ data }) => this.drafted(data);
    }
    if (this.text && !this.text.value) this.text.value = this.kept() ?? "";
    this.pending();
    const unread = this.find("unread");
    if (unread) unread.scrollIntoView({ block: "center" });
    this.restate();
  }
  disconnect() {
    for (const [target, kind, act] of this.on) target?.removeEventListener(kind, act);
    for (const off of this.off) off();
    this.observer.disconnect();
    this.channel?.close();
    clearTimeout(this.saving);
  }

  /* What the server has and this page has not. One question at a time; what comes meanwhile is asked for after it. */
  look() {
    if (this.looking) return void (this.more = true);
    this.looking = this.catchUp()
      .catch(() => {})
      .finally(() => {
        this.looking = undefined;
        if (this.more) this.look();
      });
  }
  async catchUp() {
    this.more = false;
    const [found] = await part("GET", `${this.section.dataset.url}?since=${this.rev}`);
    if (!found) return;
    this.steady(() => [...found.children].forEach((bubble) => this.place(bubble)));
    this.rev = Math.max(this.rev, Number(found.dataset.rev));
    if (found.dataset.more) this.more = true;
    this.pending();
    this.restate();
    this.see();
  }
  place(bubble) {
    const old = document.getElementById(bubble.id);
    if (old) {
      const had = old.contains(document.activeElement);
      old.replaceWith(bubble);
      if (had) bubble.focus({ preventScroll: true });
    } else {
      const { client } = bubble.dataset;
      if (client) {
        this.lines.querySelector(`.bubble--sending[data-client="${CSS.escape(client)}"]`)?.remove();
        outbox.drop(client);
      }
      const later = this.bubbles().find((each) => Number(each.dataset.seq) > Number(bubble.dataset.seq));
      const first = this.lines.querySelector(".bubble--sending");
      this.lines.insertBefore(bubble, later ?? first);
      if (!bubble.dataset.client) this.missed += this.isAtEnd() ? 0 : 1;
      this.lines.querySelector(".talk__empty")?.remove();
      this.say(bubble.dataset.author, false);
    }
    this.watch(bubble);
  }
  bubbles() {
    return [...this.lines.querySelectorAll(".bubble[data-seq]")];
  }
  /* Where the end is in sight it stays so; else what is being read stays where it is. */
  steady(change) {
    const atEnd = this.isAtEnd();
    const kept = !atEnd && [...this.lines.children].find((each) => each.getBoundingClientRect().bottom > this.flow.getBoundingClientRect().top);
    const before = kept && kept.getBoundingClientRect().top;
    change();
    this.arrange();
    if (atEnd) this.flow.scrollTop = 0;
    else if (kept?.isConnected) this.flow.scrollTop += kept.getBoundingClientRect().top - before;
    this.scrolled();
  }
  isAtEnd() {
    return Math.abs(this.flow.scrollTop) < NEAR;
  }
  /* Rules between the days, and what one person says in a row. */
  arrange() {
    let last;
    for (const bubble of this.bubbles()) {
      const { day, dayName, author, at } = bubble.dataset;
      const goesOn = last && last.dataset.day === day && last.dataset.author === author && Date.parse(at) - Date.parse(last.dataset.at) < RUN;
      bubble.classList.toggle("bubble--on", Boolean(goesOn));
      if (last?.dataset.day !== day && !this.lines.querySelector(`.day[data-day="${day}"]`)) {
        const rule = this.find("day").content.firstElementChild.cloneNode(true);
        rule.dataset.day = day;
        rule.firstElementChild.textContent = dayName;
        bubble.before(rule);
      }
      last = bubble;
    }
  }

  /* What waits in the outbox stands at the end, as it was written. */
  pending() {
    const items = outbox.waiting(this.id);
    const there = new Map([...this.lines.querySelectorAll(".bubble--sending")].map((each) => [each.dataset.client, each]));
    const stored = new Set(this.bubbles().map((each) => each.dataset.client));
    for (const item of items) {
      if (stored.has(item.id)) outbox.drop(item.id);
      else if (!there.has(item.id)) {
        const bubble = this.find("pending").content.firstElementChild.cloneNode(true);
        bubble.dataset.client = item.id;
        bubble.querySelector(".bubble__plain").textContent = item.body;
        this.lines.append(bubble);
        there.set(item.id, bubble);
      }
      const bubble = there.get(item.id);
      if (bubble) bubble.dataset.failed = item.failed ?? "";
    }
    const kept = new Set(items.map((item) => item.id));
    for (const [client, bubble] of there) {
      if (kept.has(client)) continue;
      if (stored.has(client) || bubble.dataset.dropped) bubble.remove();
      else bubble.dataset.state = "sent"; // its stored form is on its way
    }
    this.restate();
  }
  restate() {
    const everybody = this.others.length ? Math.min(...this.others.map((who) => this.readers.get(who) ?? 0)) : 0;
    const arrives = this.others.length && this.others.every((who) => this.online.has(who));
    for (const bubble of this.lines.querySelectorAll(".bubble--mine:not(.bubble--gone)")) {
      const { seq, failed } = bubble.dataset;
      let state;
      if (failed) state = "failed";
      else if (!seq) state = bubble.dataset.state === "sent" ? "sent" : live.state === "off" ? "waiting" : "sending";
      else if (everybody >= Number(seq)) state = "read";
      else state = arrives || bubble.dataset.state === "delivered" ? "delivered" : "sent";
      if (bubble.dataset.state === state && bubble.querySelector("[data-part=state]")) continue;
      bubble.dataset.state = state;
      bubble.classList.toggle("bubble--failed", state === "failed");
      const shown = this.find("states").content.querySelector(`.bubble__state--${state}`).cloneNode(true);
      if (state === "failed") shown.querySelector("[data-part=why]").textContent = failed;
      const old = bubble.querySelector("[data-part=state]");
      if (old) old.replaceWith(shown);
      else bubble.querySelector(".bubble__meta").append(" ", shown);
    }
  }

  send(event) {
    const body = this.text.value;
    if (!body.trim()) return;
    event.preventDefault();
    try {
      outbox.put(this.id, body, this.form.elements.reply_to.value);
    } catch {
      return void HTMLFormElement.prototype.submit.call(this.form); // nothing can be kept here: as without this script
    }
    this.text.value = "";
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
    this.aim("");
    this.told = 0;
    this.find("unread")?.remove();
    this.pending();
    this.flow.scrollTop = 0;
    this.text.focus();
  }
  /* Reactions: the same buttons that send a form where there are no scripts. */
  act(event) {
    if (event.target.id !== "act") return;
    const [, id, name] = event.submitter?.getAttribute("formaction").match(/\/said\/(\d+)\/reactions\/(.+)$/) ?? [];
    if (!id || live.state === "off") return;
    event.preventDefault();
    event.submitter.closest("details")?.removeAttribute("open");
    live.ask("message:react", { id, name: decodeURIComponent(name), on: event.submitter.value === "1" }).then(
      () => this.look(),
      ({ code }) => code === "lost" || this.form?.dispatchEvent(new Event("input")),
    );
  }
  click(event) {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { target } = event;
    const reply = target.closest("[data-reply]");
    const gone = target.closest("[data-delete]");
    const ref = target.closest("a.bubble__ref");
    const todo = target.closest("[data-do]");
    if (reply && this.form) this.aim(reply.dataset.reply, reply.closest(".bubble"));
    else if (target.closest("[data-part=to-none]")) this.aim("");
    else if (gone && live.state !== "off") this.remove(gone);
    else if (target.closest("[data-part=newest]")) this.newest();
    else if (target.closest("[data-part=more] a")) this.older(target.closest("a"));
    else if (ref && document.querySelector(ref.hash)) this.go(document.querySelector(ref.hash));
    else if (todo) this.unsent(todo);
    else return;
    event.preventDefault();
  }
  /* Once to ask, once to do it. */
  remove(link) {
    if (!link.dataset.asked) {
      link.dataset.asked = "1";
      link.lastElementChild.textContent = link.dataset.sure;
      return;
    }
    link.closest("details").open = false;
    live.ask("message:delete", { id: link.dataset.delete }).then(() => this.look(), () => location.assign(link.href));
  }
  unsent(button) {
    const bubble = button.closest(".bubble");
    const { client } = bubble.dataset;
    if (button.dataset.do === "retry") outbox.again(client);
    else {
      outbox.drop(client);
      if (!this.text.value) this.text.value = bubble.querySelector(".bubble__plain").textContent;
      bubble.remove();
      this.text.focus();
    }
  }
  aim(id, bubble) {
    this.form.elements.reply_to.value = id;
    this.find("to").hidden = !id;
    if (!id) return;
    this.find("to-name").textContent = bubble.getAttribute("aria-label").split(", ")[0];
    this.find("to-text").textContent = bubble.querySelector(".post__body").textContent.trim().slice(0, 120);
    bubble.querySelector("details").open = false;
    this.text.focus();
  }
  /* From the text up into what was said, bubble by bubble, and back. */
  key(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...this.lines.querySelectorAll(".bubble")];
    const at = all.indexOf(target.closest(".bubble"));
    if (key === "Escape" && target === this.text && this.form.elements.reply_to.value) this.aim("");
    else if (key === "Escape" && at >= 0 && !target.closest("[open]")) this.text?.focus();
    else if (key === "ArrowUp" && target === this.text && !this.text.value) this.go(all.at(-1));
    else if (at >= 0 && target === all[at] && (key === "ArrowUp" || key === "ArrowDown")) this.go(all[at + (key === "ArrowUp" ? -1 : 1)] ?? this.text);
    else return;
    event.preventDefault();
  }
  go(element) {
    element?.focus({ preventScroll: true });
    if (element !== this.text) element?.scrollIntoView({ block: "nearest" });
  }
  async older(link) {
    const [body] = await part("GET", link.href).then((found) => [found]).catch(() => []);
    const lines = body?.map((each) => each.querySelector?.("[data-part=lines]")).find(Boolean);
    if (!lines) return location.assign(link.href);
    const day = this.lines.querySelector(".day");
    const fresh = [...lines.children].filter((each) => each.matches(".day, .bubble, [data-part=more]") && !(each.id && document.getElementById(each.id)));
    const last = fresh.findLast((each) => each.matches(".bubble"));
    if (last?.dataset.day === day?.dataset.day) day?.remove();
    this.find("more").replaceWith(...fresh);
    this.arrange();
    this.restate();
    last?.focus({ preventScroll: true });
  }
  newest() {
    this.flow.scrollTop = 0;
    this.lines.querySelector(".bubble:last-of-type")?.focus({ preventScroll: true });
  }
  scrolled() {
    const button = this.find("newest");
    const atEnd = this.isAtEnd();
    if (atEnd) this.missed = 0;
    button.hidden = atEnd;
    button.querySelector(".count").textContent = this.missed || "";
  }

  /* Read is what was in sight while somebody looked. */
  watch(bubble) {
    if (!bubble.matches(".bubble--mine") && Number(bubble.dataset.seq) > this.read) this.observer.observe(bubble);
  }
  see(entries = []) {
    for (const { target, isIntersecting } of entries) target.dataset.seen = isIntersecting ? "1" : "";
    if (document.visibilityState === "hidden" || !document.hasFocus()) return;
    const seen = [...this.lines.querySelectorAll('.bubble[data-seen="1"]')].map((each) => Number(each.dataset.seq));
    const seq = Math.max(this.read, ...seen);
    if (seq === this.read) return;
    clearTimeout(this.reporting);
    this.reporting = setTimeout(() => {
      const before = this.read;
      this.read = seq;
      live.ask("message:read", { conversation_id: this.id, seq }).catch(() => (this.read = Math.min(this.read, before)));
    }, 300);
  }
  wasRead(who, seq) {
    if (who === this.me) this.read = Math.max(this.read, seq);
    else this.readers.set(who, Math.max(this.readers.get(who) ?? 0, seq));
    this.restate();
  }
  presence(who, state) {
    if (!this.others.includes(who)) return;
    if (state === "online") this.online.add(who);
    else this.online.delete(who);
    const here = this.find("here");
    if (here) here.hidden = state !== "online";
    this.find("face")?.classList.toggle("face--here", state === "online");
    this.restate();
  }
  types(who) {
    clearTimeout(this.typists.get(who));
    this.typists.set(who, setTimeout(() => this.say(who, false), TYPED));
    this.say(who, true);
  }
  say(who, does) {
    if (!does) {
      clearTimeout(this.typists.get(who));
      this.typists.delete(who);
    }
    const line = this.find("typing");
    const names = [...this.typists.keys()].map((each) => this.nameOf(each));
    line.firstElementChild.hidden = !names.length;
    line.lastElementChild.textContent = names.length ? `${names.join(", ")} ${line.dataset.writing}` : "";
  }
  nameOf(who) {
    const said = this.lines.querySelector(`.bubble[data-author="${who}"]`)?.getAttribute("aria-label");
    return said?.split(", ").slice(0, -1).join(", ") || (this.section.querySelector(".who__name")?.textContent ?? "").trim();
  }

  /* What is being written: told to the others now and then, kept here at once and for all one's devices a moment later. */
  typed() {
    const { value } = this.text;
    this.keep(value);
    this.channel?.postMessage(value);
    if (value && Date.now() - (this.told ?? 0) > TYPING && live.state === "on") {
      this.told = Date.now();
      live.ask("typing", { conversation_id: this.id }).catch(() => {});
    }
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), PAUSE);
  }
  async save() {
    const body = this.text.value;
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": document.querySelector("meta[name=csrf]")?.content ?? "" };
    try {
      const answer = await fetch(`/api/v1/conversations/${this.id}/draft`, { method: "PUT", headers, keepalive: true, body: JSON.stringify({ body, version: this.version }) });
      if (!answer.ok) return; // another device went on with it: this one keeps its own
      this.version = (await answer.json()).version;
      if (this.text.value === body) this.keep("");
    } catch {
      // The browser keeps it.
    }
  }
  drafted(value) {
    if (document.activeElement !== this.text || document.hidden) this.text.value = value;
  }
  kept() {
    try {
      return localStorage.getItem(`draft-${this.me}-${this.id}`);
    } catch {
      return undefined;
    }
  }
  keep(value) {
    try {
      if (value) localStorage.setItem(`draft-${this.me}-${this.id}`, value);
      else localStorage.removeItem(`draft-${this.me}-${this.id}`);
    } catch {
      // The server keeps it.
    }
  }
}
