/* The page /keyboard as a dialog over the page one is on. Fetched as a document: nothing is written as HTML here. */

function fetchDocument(address) {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    asked.open("GET", address);
    asked.responseType = "document";
    asked.onload = () => (asked.status === 200 && asked.response ? resolve(asked.response) : reject(new Error(asked.status)));
    asked.onerror = reject;
    asked.send();
  });
}

export default class {
  constructor(link) {
    this.link = link;
  }
  async connect() {
    const open = document.querySelector("dialog.keys-dialog");
    if (open || document.querySelector("main [data-part=keys]")) return open?.close();
    let keys;
    try {
      keys = (await fetchDocument(this.link.href)).querySelector("[data-part=keys]");
    } catch {
      return location.assign(this.link.href);
    }
    const dialog = document.createElement("dialog");
    dialog.className = "keys-dialog";
    dialog.setAttribute("aria-labelledby", "h-keys");
    dialog.append(document.adoptNode(keys));
    const close = dialog.querySelector("[data-part=close]");
    close.hidden = false;
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("keydown", (event) => event.key === "?" && dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }
  disconnect() {}
}
