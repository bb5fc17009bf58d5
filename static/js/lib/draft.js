/* A draft: what is written in a form is kept in this tab at once and on the server a moment later, version by version.
   What another tab or device has written meanwhile is never overwritten: this text then becomes a draft of its own. */

const PAUSE = 1000;
const AGAIN = 15_000;
const MOST_ALIVE = 60_000; // what a request that outlives its page may carry
const NAMES = ["category", "reply_to", "inherits", "read", "reply", "group_id", "people", "until", "opened", "reason", "version", "tags", "poll_question", "poll_options", "poll_kind", "poll_least", "poll_most", "poll_closes", "poll_results", "poll_open", "poll_final", "template", ...Array.from({ length: 10 }, (_, n) => `answer_${n}`)];

export class Draft {
  constructor(form, { target, keep, say }) {
    Object.assign(this, { form, target, name: `text-${keep}`, say });
    this.client = fresh();
    this.onHide = () => document.visibilityState === "hidden" && this.leave();
    this.onOnline = () => this.save();
    document.addEventListener("visibilitychange", this.onHide);
    addEventListener("pagehide", this.onHide);
    addEventListener("online", this.onOnline);
  }
  close() {
    clearTimeout(this.waiting);
    document.removeEventListener("visibilitychange", this.onHide);
    removeEventListener("pagehide", this.onHide);
    removeEventListener("online", this.onOnline);
  }

  /* What this tab kept when the server could not: taken up again, or put beside what has been written elsewhere since. */
  recall() {
    const kept = this.storage((tab) => JSON.parse(tab.getItem(this.name)));
    if (!kept || kept.content.body === this.text.value) return;
    if (!this.text.value || (kept.draft === this.id && kept.version === this.version)) {
      this.text.value = kept.content.body;
      const { title } = this.form.elements;
      if (title && !title.value) title.value = kept.content.title;
      this.changed();
    } else {
      const beside = { ...kept.content, target: this.target, client_id: this.client };
      this.send("POST", "", beside).then((answer) => answer.ok && this.forget());
      this.client = fresh();
    }
  }

  changed() {
    if (this.isDue(this.content())) this.say("");
    this.keep();
    this.later(PAUSE);
  }
  later(pause) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.save(), pause);
  }
  /* One save at a time; what changes meanwhile goes with the next. */
  save() {
    this.saving ??= this.put().finally(() => (this.saving = undefined));
    return this.saving;
  }
  async put() {
    clearTimeout(this.waiting);
    const content = this.content();
    if (!this.isDue(content)) return;
    try {
      const answer = await this.send(...this.message(content));
      if (answer.ok) this.took(await answer.json(), content);
      else if (answer.status === 409 || answer.status === 404) this.apart();
      else if (answer.status === 401 || answer.status === 403) this.say("out");
      else if (answer.status === 422) this.say("kept");
      else throw new Error(answer.status);
    } catch {
      this.say("kept");
      this.later(AGAIN);
    }
  }
  took(draft, content) {
    this.id = draft.id;
    this.version = draft.version;
    this.stored = JSON.stringify(content);
    const isBlank = !content.body.trim() && !content.title.trim();
    this.say(isBlank ? "" : "saved");
    if (this.isDue(this.content())) return this.changed();
    this.forget();
    if (isBlank) this.drop(); // nobody wrote in it meanwhile: the save would have been refused
  }
  /* What was emptied is no draft any more. */
  drop() {
    this.send("DELETE", `/${this.id}`).catch(() => {});
    Object.assign(this, { id: "", version: "", client: fresh() });
  }
  apart() {
    this.id = "";
    this.client = fresh();
    this.say("apart");
    this.later(0);
  }
  /* The page goes: what is not on the server yet is sent along, as far as the browser takes it. */
  leave() {
    const content = this.content();
    if (this.saving || !this.isDue(content)) return;
    const message = this.message(content);
    if (JSON.stringify(message).length < MOST_ALIVE) this.send(...message, true).catch(() => {});
  }
  /* Before the form is sent: nothing may arrive after it. */
  async finish() {
    clearTimeout(this.waiting);
    this.done = true;
    await Promise.race([this.saving, new Promise((go) => setTimeout(go, 3000))]);
    this.keep();
  }
  resume() {
    this.done = false;
  }

  message(content) {
    if (this.id) return ["PATCH", `/${this.id}`, { ...content, version: this.version }];
    return ["POST", "", { ...content, target: this.target, client_id: this.client }];
  }
  send(method, path, body, keepalive = false) {
    const token = document.querySelector("meta[name=csrf]")?.content ?? "";
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": token };
    return fetch(`/api/v1/drafts${path}`, { method, keepalive, headers, body: JSON.stringify(body) });
  }
  content() {
    const { elements } = this.form;
    const fields = {};
    for (const name of NAMES) {
      const field = elements[name];
      const value = field?.type === "checkbox" ? (field.checked ? field.value : "") : field?.value;
      if (value) fields[name] = value;
    }
    return { title: elements.title?.value ?? "", body: this.text.value, fields };
  }
  isDue(content) {
    if (this.done || JSON.stringify(content) === this.stored) return false;
    return Boolean(this.id || content.body.trim() || content.title.trim());
  }

  keep() {
    const kept = { content: this.content(), draft: this.id, version: this.version };
    this.storage((tab) => tab.setItem(this.name, JSON.stringify(kept)));
  }
  forget() {
    this.storage((tab) => tab.removeItem(this.name));
  }
  /* Storage may be full or off: then the server alone keeps it. */
  storage(act) {
    try {
      return act(sessionStorage);
    } catch {
      return undefined;
    }
  }

  get text() {
    return this.form.elements.body;
  }
  get id() {
    return this.form.elements.draft.value;
  }
  set id(value) {
    this.form.elements.draft.value = value;
  }
  get version() {
    return Number(this.form.elements.draft_version.value);
  }
  set version(value) {
    this.form.elements.draft_version.value = value;
  }
}

function fresh() {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2, 14)}`;
}
