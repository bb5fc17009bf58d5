/* Puts the topics that go with this one below it, in place of the link that leads to them. */

import { part } from "./part.js";

export async function showRelated(section) {
  const link = section.querySelector("a");
  const found = await part("GET", `${link.pathname}?part=1`);
  if (found[0]?.matches("ul")) link.parentElement.replaceWith(...found);
  else {
    link.parentElement.remove();
    section.classList.add("related--none"); // its room stays, so that nothing moves under who reads
  }
}
