// The short form above a timeline: opened with one tap, sent without leaving the page, kept while it is not saved.
import { controllerOf, Controller } from "../registry.js";
import { fragment, isPhone } from "../dom.js";
import { followed, send } from "../http.js";
import { forgetKept, Kept } from "../kept.js";

export class Composer extends Controller {
  connect() {
    this.details = this.find("details");
    this.form = this.find("form");
    this.kept = new Kept(this.form, this.element.dataset.keep);
    this.on(this.details, "toggle", () => this.details.open && this.focus());
    this.on(this.element, "click", (event) => this.clicked(event));
    this.on(document, "click", (event) => this.called(event));
    this.on(this.element, "submit", (event) => this.submitted(event));
    for (const type of ["input", "change"]) this.on(this.form, type, () => this.kept.write());
    this.restore();
    if (this.details.open && location.hash === "#composer") this.element.scrollIntoView({ block: "start" });
  }

  /** What was typed before and never saved, unless the server has just sent the form back. */
  restore() {
    if (this.find("[data-error-summary]") || !this.kept.read()) return;
    this.details.open = true;
    const state = this.find("[data-composer-state]");
    state.textContent = state.dataset.kept;
  }

  /** On a phone the keyboard would cover the buttons, so nothing is focused that opens it. */
  focus() {
    if (this.find("[data-error-summary]")) return;
    const control = isPhone() ? "input[type=radio]:checked" : "textarea, input:not([type=hidden])";
    this.form.querySelector(control)?.focus({ preventScroll: isPhone() });
  }

  clicked(event) {
    const choice = event.target.closest("[data-compose]");
    if (choice) return this.choose(event, choice.dataset.compose);
    if (event.target.closest("[data-composer-close]")) this.close();
  }

  /** Other links of the page that lead to the form open it where it is. */
  called(event) {
    const link = event.target.closest("a[href$='#composer']:not([data-compose])");
    if (!link || link.pathname !== location.pathname || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.details.open = true;
    this.element.scrollIntoView({ block: "start" });
  }

  choose(event, value) {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const radio = this.form.querySelector(`input[type=radio][value="${CSS.escape(value)}"]`);
    if (radio) radio.checked = true;
    this.details.open = true;
  }

  close() {
    this.kept.forget();
    this.form.reset();
    this.details.open = false;
    this.find("summary").focus();
  }

  async submitted(event) {
    if (event.defaultPrevented || event.target !== this.form) return;
    event.preventDefault();
    const response = await send(this.form.action, { method: "POST", body: new FormData(this.form) });
    if (response?.ok || response?.redirected) this.kept.forget();
    if (response && followed(response)) return;
    controllerOf(this.form, "form")?.release();
    if (response) this.answered(await response.text());
  }

  /** Something was wrong: the form as the server sends it back. */
  answered(html) {
    const fresh = fragment(html).querySelector("#composer");
    if (fresh) this.element.replaceWith(fresh);
  }
}

/** Buttons that fill a control in: a day, or a sentence that joins what is typed already. */
export class Offers extends Controller {
  connect() {
    this.control = document.getElementById(this.element.dataset.for);
    this.on(this.element, "click", (event) => event.target.closest("[data-value]") && this.take(event.target.closest("[data-value]")));
    this.on(this.control, "input", () => this.show());
    this.on(this.control.form, "reset", () => setTimeout(() => this.show()));
    this.show();
  }

  get lines() {
    return this.control.value.split("\n").map((line) => line.trim()).filter(Boolean);
  }

  take({ dataset: { value } }) {
    this.control.value = this.element.dataset.kind === "text" ? this.joined(value) : this.control.value === value ? "" : value;
    this.control.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** A second tap takes the sentence away; one that nobody has touched gives way to another. */
  joined(value) {
    const lines = this.lines;
    if (lines.includes(value)) return lines.filter((line) => line !== value).join("\n");
    const offered = this.all("[data-value]").map((button) => button.dataset.value);
    return lines.every((line) => offered.includes(line)) ? value : [...lines, value].join("\n");
  }

  show() {
    const held = this.element.dataset.kind === "text" ? this.lines : [this.control.value];
    for (const button of this.all("[data-value]")) button.setAttribute("aria-pressed", held.includes(button.dataset.value));
  }
}

/** Nobody who signs out leaves what they typed behind. */
export function listenForSignOut() {
  document.addEventListener("submit", (event) => event.target.getAttribute("action") === "/signout" && forgetKept());
}
