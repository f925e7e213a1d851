// While somebody types, the server says what follows: what a choice fills in, what is worked out, what is wrong in a cell.
import { Controller, controllerOf } from "../registry.js";
import { debounce, el, icon } from "../dom.js";
import { send } from "../http.js";

const PAUSE = 250;
const NOT_SENT = ["csrf_token", "original"];

export class Derive extends Controller {
  connect() {
    this.changed = new Set();
    this.soon = debounce(() => this.ask(), PAUSE);
    this.on(this.element, "input", (event) => event.isComposing || this.note(event.target.name));
    this.on(this.element, "compositionend", (event) => this.note(event.target.name));
    this.on(this.element, "change", ({ target }) => this.asked !== this.typed().toString() && this.note(target.name ?? ""));
    if (this.element.querySelector("[data-line]:not(.is-blank)") || "dirty" in this.element.dataset) this.soon();
  }

  disconnect() {
    this.pending?.abort();
  }

  /** What has a name is chosen or typed into; a row that is moved or removed has none. An older question is given up. */
  note(name) {
    if (name === undefined) return;
    this.pending?.abort();
    this.changed.delete(name);
    if (name) this.changed.add(name);
    this.soon();
  }

  typed() {
    const values = [...new FormData(this.element)].filter(([name, value]) => typeof value === "string" && !NOT_SENT.includes(name));
    return new URLSearchParams(values);
  }

  async ask() {
    if (!this.element.isConnected) return;
    const body = this.typed();
    this.asked = body.toString();
    for (const name of this.changed) body.append("changed", name);
    this.pending = new AbortController();
    const { signal } = this.pending;
    this.busy(true);
    const response = await send(this.element.dataset.deriveUrl, { method: "POST", body, signal, accept: "application/json", quiet: true });
    const said = response?.ok ? await response.json() : null;
    if (signal.aborted || !this.element.isConnected) return;
    this.busy(false);
    if (said) this.apply(said);
  }

  busy(busy) {
    this.all(".lines-foot").forEach((foot) => foot.setAttribute("aria-busy", String(busy)));
  }

  apply({ fill, shown, problems }) {
    for (const [name, value] of Object.entries(fill)) this.fill(name, value);
    for (const place of this.all("[data-derived], output[id^=f-]")) {
      const html = shown[place.dataset.derived ?? place.id.slice(2)];
      if (html !== undefined && place.innerHTML !== html) place.innerHTML = html;
    }
    for (const cell of this.all("[data-cell]")) this.judge(cell, problems);
    this.changed.clear();
    this.asked = this.typed().toString();
  }

  fill(name, { text, label }) {
    const control = this.element.elements[name];
    if (!control) return;
    const lookup = control.closest?.("[data-controller~=lookup]");
    if (lookup) controllerOf(lookup, "lookup")?.show(text, label);
    else if (control.type === "checkbox") control.checked = Boolean(text);
    else if ("value" in control) control.value = text;
  }

  /** What the server said when the form was sent stays until something is typed into the cell. */
  judge(cell, problems) {
    const control = cell.querySelector("[name]");
    const place = cell.querySelector(".error");
    if (!control || !place) return;
    const found = problems[control.name];
    if (found || "told" in cell.dataset || this.changed.has(control.name)) tell(cell, place, found);
  }
}

/** Puts a message at a cell, or takes it away. */
function tell(cell, place, messages) {
  const control = document.getElementById(place.id.replace(/-error$/, ""));
  if (messages) cell.dataset.told = "";
  else delete cell.dataset.told;
  for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", place.id]]) {
    messages ? control?.setAttribute(name, value) : control?.removeAttribute(name);
  }
  place.replaceChildren(...(messages ? [icon("alert-circle", "s"), el("span", {}, messages.join(" "))] : []));
}
