/* Keeps "48 min" true while the page stays open; after an hour the server's words are good enough. */

const MINUTE = 60_000;
const elements = new Set();
let timer = 0;

function refresh() {
  const minutes = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "minute", unitDisplay: "narrow" });
  for (const element of elements) {
    const age = Math.floor((Date.now() - Date.parse(element.dateTime)) / MINUTE);
    if (age >= 1 && age < 60) element.textContent = minutes.format(age);
    else if (age >= 60) elements.delete(element);
  }
}

export default class {
  constructor(element) {
    this.element = element;
  }
  connect() {
    if (Date.now() - Date.parse(this.element.dateTime) > 60 * MINUTE) return;
    elements.add(this.element);
    timer ||= setInterval(refresh, MINUTE);
  }
  disconnect() {
    elements.delete(this.element);
  }
}
