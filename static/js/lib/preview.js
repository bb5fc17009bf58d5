/* Shows what a text will look like: made by the server, so that it is what will be stored. */

import { part } from "./part.js";

export async function preview(form, text, pane) {
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  body.set("body", text.value);
  try {
    pane.replaceChildren(...(await part("POST", "/preview?part=1", body)));
  } catch {
    pane.textContent = pane.dataset.failed;
  }
}
