// Says while somebody types which records resemble that; it never keeps anybody from saving.
import { Controller } from "../registry.js";
import { debounce } from "../dom.js";
import { send } from "../http.js";
import { announce } from "../words.js";

const PAUSE = 600;

export class Duplicates extends Controller {
  connect() {
    this.form = this.element.closest("form");
    this.fields = this.element.dataset.fields.split(" ").map((name) => this.form.elements[name]).filter(Boolean);
    if (!this.fields.length) return;
    this.asked = this.typed;
    const soon = debounce((field) => this.ask(field), PAUSE);
    for (const field of this.fields) {
      this.on(field, "input", (event) => event.isComposing || soon(field));
      this.on(field, "compositionend", () => soon(field));
      this.on(field, "change", () => this.ask(field));
    }
  }

  /** Below the field that was typed into, where it is seen, and said aloud. */
  show(found, field) {
    if (found) field.closest(".field")?.after(this.element);
    this.element.innerHTML = found;
    if (found) announce(this.element.textContent.replace(/\s+/g, " ").trim());
  }

  get typed() {
    return JSON.stringify(this.fields.map((field) => field.value.trim()));
  }

  async ask(field) {
    if (this.typed === this.asked) return;
    this.asked = this.typed;
    this.pending?.abort();
    this.pending = new AbortController();
    const body = new FormData();
    for (const field of this.fields) body.append(field.name, field.value);
    if (this.element.dataset.record) body.append("record", this.element.dataset.record);
    const response = await send(this.element.dataset.url, { method: "POST", body, signal: this.pending.signal, quiet: true });
    if (!response?.ok) return;
    const found = await response.text();
    if (this.element.isConnected) this.show(found.trim(), field);
  }
}
