/* Shows what a text will look like: made by the server, so that it is what will be stored. */

export async function preview(form, text, pane) {
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  body.set("body", text.value);
  try {
    pane.replaceChildren(...(await ask(body)));
  } catch {
    pane.textContent = pane.dataset.failed;
  }
}

/* A document is parsed by the browser on its way in: nothing is written as HTML here. */
function ask(body) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/preview?part=1");
    request.responseType = "document";
    request.timeout = 10_000;
    request.onload = () => (request.status === 200 && request.response ? resolve([...request.response.body.children]) : reject(new Error(request.status)));
    request.onerror = request.ontimeout = reject;
    request.send(body);
  });
}
