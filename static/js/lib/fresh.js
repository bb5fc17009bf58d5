/* Parts of a page made anew by the server, put where the old ones stand: nothing that is being read or written moves. */

import { part } from "./part.js";

const BUSY = 4_000;

/* Puts new elements in place of those with the same id. One that somebody is in the middle of waits until they have left it. */
export async function refresh(address) {
  const found = await part("GET", address);
  for (const fresh of found) {
    const old = fresh.id && document.getElementById(fresh.id);
    if (old) replace(old, fresh);
  }
  return found;
}

export function replace(old, fresh) {
  if (!old.isConnected || isWritten(old, fresh)) return;
  if (isBusy(old)) return void setTimeout(() => replace(document.getElementById(fresh.id) ?? old, fresh), BUSY);
  if (old.isEqualNode(fresh)) return;
  steady(() => old.replaceWith(fresh));
}

/* Adds elements at the end of what is shown. */
export function append(place, elements) {
  const fresh = elements.filter((each) => !each.id || !document.getElementById(each.id));
  place.append(...fresh);
  document.dispatchEvent(new CustomEvent("forum:added", { detail: fresh }));
  return fresh;
}

/* A form is left as it is, unless there is no longer one, and nothing was written in it. */
function isWritten(old, fresh) {
  return old.matches("form") && (fresh.matches("form") || [...old.querySelectorAll("textarea")].some((text) => text.value.trim()));
}

function isBusy(element) {
  const selection = getSelection();
  return element.contains(document.activeElement) || element.querySelector(".menu[open]") || (!selection.isCollapsed && element.contains(selection.anchorNode));
}

/* What stands at the top of the window stays there, also in browsers that do not see to that themselves. */
function steady(change) {
  if (CSS.supports("overflow-anchor", "auto")) return change();
  const kept = [...document.querySelectorAll("article[id]")].find((each) => each.getBoundingClientRect().top > 0);
  const before = kept?.getBoundingClientRect().top;
  change();
  if (kept?.isConnected) scrollBy(0, kept.getBoundingClientRect().top - before);
}
