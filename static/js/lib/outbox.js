/* Messages that the server does not have yet, kept in this browser until it says that they are stored: a reload, an hour
   without a line, a server that dies in between lose nothing. Each keeps its id, so that sending it again is no second
   message; they go out one after another, in the order in which they were written, by one tab at a time. */

import { live } from "./live.js";

const NAME = "outbox:";
const TRIES = 5;
const AGAIN = 3_000;
const me = document.getElementById("line")?.dataset.me ?? "";
const channel = "BroadcastChannel" in window ? new BroadcastChannel("outbox") : undefined;
const listeners = new Set();
let running;
let count = 0;

export function waiting(conversation) {
  const found = Object.keys(localStorage)
    .filter((name) => name.startsWith(`${NAME}${me}:`))
    .map((name) => JSON.parse(localStorage.getItem(name)))
    .filter((item) => item && (!conversation || item.conversation === conversation));
  return found.sort((one, other) => one.at - other.at);
}

export function put(conversation, body, reply) {
  const item = { id: fresh(), conversation, body, reply, at: Date.now() + (count++ % 1000) / 1000 };
  save(item);
  tell({ conversation });
  pump();
  return item;
}

export function again(id) {
  const item = waiting().find((each) => each.id === id);
  if (!item) return;
  delete item.failed;
  item.tries = 0;
  save(item);
  tell({ conversation: item.conversation });
  pump();
}

export function drop(id) {
  localStorage.removeItem(`${NAME}${me}:${id}`);
}

/* Told when something changes, by this tab or another: {conversation, sent}. */
export function heard(act) {
  listeners.add(act);
  return () => listeners.delete(act);
}

export function pump() {
  const act = () => (navigator.locks ? navigator.locks.request("outbox", run) : run());
  running = (running ?? Promise.resolve()).then(act, act);
  return running;
}

async function run() {
  for (let item; (item = waiting().find((each) => !each.failed)); ) {
    try {
      const asked = { conversation_id: item.conversation, client_id: item.id, body: item.body };
      if (item.reply) asked.reply_to = item.reply;
      await live.ask("message:send", asked);
      drop(item.id);
      tell({ conversation: item.conversation, sent: item.id });
    } catch (error) {
      const { code, message, fields, retry_after: pause } = error;
      if (code === "off" || code === "ended") return;
      item.tries = (item.tries ?? 0) + (code === "internal" ? 1 : 0);
      if (["lost", "busy", "too_many_requests", "internal"].includes(code) && item.tries < TRIES) {
        save(item);
        setTimeout(pump, pause ? pause * 1000 : AGAIN);
        return;
      }
      item.failed = Object.values(fields ?? {})[0] || message || " ";
      save(item);
      tell({ conversation: item.conversation });
    }
  }
}

function save(item) {
  localStorage.setItem(`${NAME}${me}:${item.id}`, JSON.stringify(item));
}
function tell(news) {
  channel?.postMessage(news);
  for (const act of listeners) act(news);
}
function fresh() {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2, 14)}`;
}

/* What another tab kept is seen here a moment after it says so. */
addEventListener("storage", ({ key, newValue, oldValue }) => {
  if (key?.startsWith(`${NAME}${me}:`)) listeners.forEach((act) => act({ conversation: JSON.parse(newValue ?? oldValue).conversation }));
});
channel?.addEventListener("message", ({ data }) => listeners.forEach((act) => act(data)));
live.on("resync", pump);
