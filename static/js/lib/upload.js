/* Pictures and files on their way into a text: a row for each, with its progress; then its line in the text, and for a
   picture a field for what it shows, as long as it stands there. */

const MOST = 10 * 1024 * 1024;
const PICTURE = /!\[((?:[^\]\\]|\\.)*)\]\((\/uploads\/\d+\/)(\d+)(x\d+(?:\.moving)?\.webp)\)/g;
const escaped = (text) => text.replace(/[\\`*_[\]<>&~|$!]/g, "\\$&");
const plain = (text) => text.replace(/\\([\\`*_[\]<>&~|$!])/g, "$1");

export class Uploads {
  constructor(form, text, list) {
    Object.assign(this, { form, text, list, words: list.dataset, under: new Set(), rows: new Map() });
    this.scan();
  }
  get isBusy() {
    return this.under.size > 0;
  }
  /* Resolves once nothing is under way: to whether all has arrived. */
  async settled() {
    const all = [];
    while (this.isBusy) all.push(...(await Promise.all([...this.under])));
    return all.every(Boolean);
  }

  add(files) {
    for (const file of files) {
      const job = this.bring(file).finally(() => this.under.delete(job));
      this.under.add(job);
    }
  }
  async bring(file) {
    const row = this.row(file.name);
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    row.append(bar, this.button(this.words.cancel, () => row.abort?.()));
    try {
      if (file.size > MOST) throw new Error(this.words.large);
      const upload = await this.send(file, row, bar);
      row.remove();
      this.insert(upload.markdown);
      this.scan();
      return true;
    } catch (error) {
      if (error.message) this.fail(row, error.message);
      else row.remove();
      this.show();
      return false;
    }
  }
  send(file, row, bar) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.set("file", file, file.name || "file");
      request.open("POST", "/api/v1/uploads");
      request.responseType = "json";
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRF-Token", document.querySelector("meta[name=csrf]")?.content ?? "");
      request.upload.onprogress = ({ loaded, total }) => (bar.value = total ? loaded / total : 0);
      request.upload.onload = () => {
        bar.removeAttribute("value");
        bar.title = this.words.read;
      };
      request.onload = () => {
        const { status, response } = request;
        if (status === 201) resolve(response);
        else reject(new Error(response?.errors?.file || response?.detail || this.words.failed));
      };
      request.onerror = () => reject(new Error(this.words.failed));
      request.onabort = () => reject(new Error(""));
      row.abort = () => request.abort();
      request.send(body);
    });
  }
  /* Below the line one is writing, which goes on undisturbed. */
  insert(markdown) {
    const { value, selectionEnd } = this.text;
    const end = value.indexOf("\n", selectionEnd);
    const at = end < 0 ? value.length : end;
    const before = value.slice(0, at);
    const gap = !before.trim() || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    const isLast = !value.slice(at).trim();
    this.text.setRangeText(`${gap}${markdown}\n${isLast || value.startsWith("\n", at + 1) ? "" : "\n"}`, at, at, "preserve");
    if (isLast && document.activeElement === this.text) this.text.setSelectionRange(this.text.value.length, this.text.value.length);
    this.changed();
  }
  changed() {
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* A row for each picture of the text, and none for what was taken out of it. */
  scan() {
    const there = new Map([...this.text.value.matchAll(PICTURE)].map((found) => [found[2], found]));
    for (const [address, row] of this.rows) {
      if (there.has(address)) continue;
      row.remove();
      this.rows.delete(address);
    }
    for (const [address, [, alt, , width, rest]] of there) {
      const row = this.rows.get(address) ?? this.picture(address, width, rest);
      const field = row.querySelector("input");
      if (document.activeElement !== field) field.value = plain(alt);
    }
    this.show();
  }
  picture(address, width, rest) {
    const row = this.row();
    const image = document.createElement("img");
    image.src = address + (width > 320 ? "320.webp" : width + rest.replace(".moving", ""));
    image.alt = "";
    const label = document.createElement("label");
    label.append(this.words.alt);
    const field = document.createElement("input");
    field.dir = "auto";
    field.maxLength = 500;
    field.className = "field__input";
    field.addEventListener("input", (event) => {
      event.stopPropagation();
      const put = (whole, _alt, other, w, end) => (other === address ? `![${escaped(field.value)}](${other}${w}${end})` : whole);
      this.text.value = this.text.value.replace(PICTURE, put);
      this.changed();
    });
    field.addEventListener("keydown", (event) => event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.preventDefault());
    label.append(field);
    row.append(image, label);
    this.rows.set(address, row);
    return row;
  }
  /* Whether somebody is asked, once, for words that are missing. */
  reminds() {
    if (this.reminded) return false;
    const empty = [...this.rows.values()].map((row) => row.querySelector("input")).find((field) => !field.value.trim());
    if (!empty) return false;
    this.reminded = true;
    const said = this.row();
    empty.closest("li").before(said);
    this.fail(said, this.words.remind, "composer__remind");
    empty.addEventListener("input", () => said.remove(), { once: true });
    empty.focus();
    return true;
  }

  row(name = "") {
    const row = document.createElement("li");
    row.className = "composer__file";
    if (name) {
      const said = document.createElement("bdi");
      said.textContent = name;
      row.append(said);
    }
    this.list.append(row);
    this.show();
    return row;
  }
  fail(row, message, kind = "field__error") {
    const said = document.createElement("span");
    said.className = kind;
    said.setAttribute("role", "alert");
    said.textContent = message;
    row.querySelector("progress")?.remove();
    row.querySelector("button")?.remove();
    row.append(said, this.button(this.words.close, () => (row.remove(), this.show())));
  }
  button(word, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tool";
    button.textContent = word;
    button.addEventListener("click", act);
    return button;
  }
  show() {
    this.list.hidden = !this.list.children.length;
  }
}

/* Asks for files as the button of a form does. */
export function choose(take) {
  const field = document.createElement("input");
  field.type = "file";
  field.multiple = true;
  field.addEventListener("change", () => take(field.files));
  field.click();
}
