/* Asks the site to change something: what it answers, or an Error that says in words why not. */
export async function ask(method, path, body) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": document.querySelector("meta[name=csrf]")?.content ?? "" };
  const answer = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  const said = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(Object.values(said.errors ?? {})[0] ?? said.detail ?? said.title);
  return said;
}

/* A line at the end of an element, in sight and read out politely. */
export function say(within, text, ...more) {
  const line = within.querySelector(":scope > .said") ?? document.createElement("p");
  line.className = "said";
  line.setAttribute("role", "status");
  within.append(line);
  setTimeout(() => line.replaceChildren(text, ...more), 50); // what is there before it speaks is not read out
}
