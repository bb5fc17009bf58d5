/* What live.js says over the line, as requests: for networks that let no WebSocket through. Each turn asks what has changed,
   and tells the page to look. */

const TURN = 10_000;
const HIDDEN = 60_000;
const token = document.querySelector("meta[name=csrf]")?.content;

const TWINS = {
  "message:send": ({ conversation_id: id, ...message }) => ["POST", `/conversations/${id}/messages`, message, "message"],
  "messages:sync": ({ conversation_id: id, after_seq: after, limit = 100 }) => ["GET", `/conversations/${id}/messages?after_seq=${after}&limit=${limit}`],
  "message:edit": ({ id, body }) => ["PATCH", `/messages/${id}`, { body }, "message"],
  "message:delete": ({ id }) => ["DELETE", `/messages/${id}`, undefined, "message"],
  "message:react": ({ id, name, on }) => [on ? "PUT" : "DELETE", `/messages/${id}/reactions/${name}`, undefined, "message"],
  "message:read": ({ conversation_id: id, seq }) => ["PUT", `/conversations/${id}/read`, { seq }],
  "inbox:sync": ({ cursor }) => ["GET", `/inbox${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`],
  "topic:join": ({ topic_id: id }) => ["GET", `/topics/${id}`],
};

export class Polling {
  constructor(live) {
    this.live = live;
  }
  start() {
    if (!this.timer) this.turn();
  }
  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
  }
  async turn() {
    this.timer = setTimeout(() => this.turn(), (document.hidden ? HIDDEN : TURN) * (1 + Math.random() / 2));
    try {
      const inbox = token ? await this.ask("inbox:sync", { cursor: this.cursor }) : await this.reach();
      if (!this.timer) return; // the line has come meanwhile
      this.live.turn("polling");
      if (inbox?.cursor) this.cursor = inbox.cursor;
      if (inbox?.counts) this.live.tell("counts", inbox.counts);
      this.live.tell("resync");
    } catch ({ code }) {
      if (!this.timer) return;
      if (code !== "off") this.live.turn("polling"); // refused, but there
      else this.live.turn("off");
    }
  }
  reach() {
    return fetch("/healthz", { cache: "no-store" }).catch(() => Promise.reject({ code: "off" }));
  }
  async ask(event, object) {
    const twin = TWINS[event];
    if (!twin) return {}; // nothing is lost by it: typing, leaving
    const [method, path, body, wrapped] = twin(object);
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": token ?? "" };
    let answer;
    let said;
    try {
      answer = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
      said = answer.status === 204 ? {} : await answer.json();
    } catch {
      throw { code: answer ? "lost" : "off" };
    }
    if (answer.ok) return wrapped ? { message: said } : said;
    const { status } = answer;
    const code = status === 429 || status === 503 ? "busy" : status >= 500 ? "lost" : said.code ?? String(status);
    throw { code, message: said.detail ?? said.title, fields: said.errors, retry_after: Number(answer.headers.get("Retry-After")) || undefined };
  }
}
