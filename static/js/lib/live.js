/* The line to the server: Socket.IO 5 over Engine.IO 4, on a WebSocket. What comes over it is a hint; the pages and the API
   are the truth, so whoever listens asks again at every "resync".

   live.on(name, act) hears an event, and answers what ends that. Beside the server's events there are
     "state"   the line is "on", "off", or replaced by "polling"
     "resync"  something may have been missed: a new line, a server that says so, a tab that slept, a turn of polling
   live.ask(event, object) resolves to what the server answers, or rejects with {code, message, fields, retry_after}; codes of
   our own: "off" (nothing was sent), "lost" (nobody knows whether it arrived), "ended" (signed out). */

const JITTER = 15_000; // a thousand tabs must not come back in the same second
const SOON = 1_000;
const ANSWER = 8_000;
const CONNECT = 10_000;
const FAILURES = 3;
const SLEPT = 30_000;

class Live {
  state = "off";
  heard = new Map();
  waiting = new Map();
  failures = 0;
  id = 0;
  slack = 60_000;

  on(name, act) {
    if (!this.heard.has(name)) this.heard.set(name, new Set());
    this.heard.get(name).add(act);
    this.start();
    if (name === "resync" && this.state !== "off") queueMicrotask(act);
    return () => this.heard.get(name).delete(act);
  }
  tell(name, value) {
    for (const act of [...(this.heard.get(name) ?? [])]) {
      try {
        act(value);
      } catch (error) {
        console.warn(`live ${name}:`, error);
      }
    }
  }
  turn(state) {
    if (state === this.state) return;
    this.state = state;
    this.tell("state", state);
  }

  ask(event, object = {}, { timeout = ANSWER } = {}) {
    this.start();
    if (this.state === "polling") return this.polling.ask(event, object);
    if (this.state === "off") return Promise.reject({ code: this.ended ? "ended" : "off" });
    return new Promise((resolve, reject) => {
      const id = this.id++;
      const timer = setTimeout(() => this.answer(id, { ok: false, error: { code: "lost" } }), timeout);
      this.waiting.set(id, { resolve, reject, timer });
      this.socket.send(`42${id}${JSON.stringify([event, object])}`);
    });
  }
  answer(id, said) {
    const asked = this.waiting.get(id);
    if (!asked) return;
    this.waiting.delete(id);
    clearTimeout(asked.timer);
    if (said?.ok) asked.resolve(said.data ?? {});
    else asked.reject(said?.error ?? { code: "lost" });
  }

  start() {
    if (this.started) return;
    this.started = true;
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.close());
    addEventListener("pagehide", () => this.close());
    addEventListener("pageshow", (event) => event.persisted && this.hurry());
    document.addEventListener("visibilitychange", () => {
      const now = Date.now();
      if (document.hidden) this.left = now;
      else if (this.state !== "on") this.hurry();
      else if (now - this.left > SLEPT) this.tell("resync");
    });
    this.connect();
  }
  hurry() {
    if (this.state === "on" || this.socket) return;
    this.later(Math.random() * SOON);
  }
  later(pause) {
    clearTimeout(this.next);
    this.next = setTimeout(() => this.connect(), pause);
  }
  connect() {
    if (this.ended || this.socket || !navigator.onLine) return;
    let socket;
    try {
      socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`);
    } catch {
      return void this.lost();
    }
    this.socket = socket;
    socket.onmessage = ({ data }) => socket === this.socket && this.take(String(data));
    socket.onclose = () => socket === this.socket && this.lost();
    this.watch(CONNECT);
  }
  /* A line on which nothing is heard for longer than the server's own beat is no line. */
  watch(pause = this.slack) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(), pause);
  }
  take(packet) {
    this.watch(this.state === "on" ? this.slack : CONNECT);
    const kind = packet.slice(0, 2);
    if (packet[0] === "2") this.socket.send(`3${packet.slice(1)}`);
    else if (packet[0] === "0") this.open(JSON.parse(packet.slice(1)));
    else if (kind === "40") this.begin();
    else if (kind === "41" || kind === "44" || packet[0] === "1") this.lost();
    else if (kind === "42" || kind === "43") {
      const [, id, rest] = packet.slice(2).match(/^(\d*)(.*)$/s);
      const [first, second] = JSON.parse(rest);
      if (kind === "43") this.answer(Number(id), first);
      else if (first === "server:resync") this.tell("resync");
      else {
        if (first === "session:ended") this.ended = true;
        this.tell(first, second ?? {});
      }
    }
  }
  open({ pingInterval = 25_000, pingTimeout = 20_000 }) {
    this.slack = pingInterval + pingTimeout;
    this.socket.send("40");
  }
  begin() {
    this.failures = 0;
    this.polling?.stop();
    this.watch();
    this.turn("on");
    this.tell("resync");
  }

  close() {
    if (this.socket) this.drop();
    this.polling?.stop();
    clearTimeout(this.next);
    this.turn("off");
  }
  drop() {
    const { socket } = this;
    this.socket = undefined;
    clearTimeout(this.silence);
    socket?.close();
    for (const id of [...this.waiting.keys()]) this.answer(id);
  }
  /* The line is gone, or never came. */
  lost() {
    const had = this.state === "on";
    this.drop();
    if (!had) this.failures += 1;
    if (this.state !== "polling") this.turn("off");
    if (this.ended) return;
    if (this.failures >= FAILURES) this.poll();
    this.later(Math.random() * JITTER * (this.state === "polling" ? 8 : 1));
  }
  /* Where a WebSocket never comes about, the same is asked for by request. */
  async poll() {
    const { Polling } = await import("./polling.js");
    this.polling ??= new Polling(this);
    if (this.state !== "on") this.polling.start();
  }
}

export const live = new Live();
