// Says while somebody types which records resemble that; it never keeps anybody from saving.
import { Controller } from "../registry.js";
import { debounce } from "../dom.js";
import { send } from "../http.js";

const PAUSE = 600;

export class Duplicates extends Controller {
  connect() {
    this.form = this.element.closest("form");
    this.fields = this.element.dataset.fields.split(" ").map((name) => this.form.elements[name]).filter(Boolean);
    if (!this.fields.length) return;
    // Where one types, not on top of the page.
    this.fields[0].closest(".form-section")?.append(this.element);
    this.asked = this.typed;
    const soon = debounce(() => this.ask(), PAUSE);
    for (const field of this.fields) {
      this.on(field, "input", (event) => event.isComposing || soon());
      this.on(field, "compositionend", soon);
      this.on(field, "change", () => this.ask());
    }
  }

  get typed() {
    return JSON.stringify(this.fields.map((field) => field.value.trim()));
  }

  async ask() {
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
    if (this.element.isConnected) this.element.innerHTML = found.trim();
  }
}
