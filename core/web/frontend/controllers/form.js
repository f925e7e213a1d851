// A form: warns before what was typed is lost, saves with Ctrl/⌘ S, sends once, starts at the first error.
import { Controller } from "../registry.js";
import { ask } from "../dialogs.js";
import { t } from "../words.js";

export class Form extends Controller {
  connect() {
    this.isDirty = "dirty" in this.element.dataset;
    this.quiet = "quiet" in this.element.dataset;
    for (const type of ["input", "change"]) this.on(this.element, type, () => this.dirty());
    this.on(this.element, "submit", (event) => this.sent(event));
    this.on(window, "beforeunload", (event) => this.isDirty && !this.isSent && !this.quiet && event.preventDefault());
    this.on(window, "pageshow", () => this.release());
    this.on(document, "keydown", (event) => this.key(event));
    this.on(this.find("[data-form-cancel]"), "click", (event) => this.cancel(event));
    this.focusError();
  }

  dirty() {
    this.isDirty = true;
    const state = this.find("[data-form-state]");
    if (state) state.textContent = state.dataset.unsaved;
  }

  sent(event) {
    if (event.defaultPrevented) return;
    if (this.isSent) return event.preventDefault();
    this.isSent = true;
    const button = event.submitter ?? this.find("[data-form-submit]");
    button?.setAttribute("aria-disabled", "true");
    button?.setAttribute("aria-busy", "true");
  }

  /** After "back" the page may come from memory, with the button still held. */
  release() {
    this.isSent = false;
    this.all("[aria-busy]").forEach((button) => {
      button.removeAttribute("aria-disabled");
      button.removeAttribute("aria-busy");
    });
  }

  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s" || event.isComposing) return;
    const open = document.querySelector("dialog[open]");
    if (open ? !open.contains(this.element) : !this.element.matches(".form") && !this.element.contains(document.activeElement)) return;
    event.preventDefault();
    this.element.requestSubmit(this.find("[data-form-submit]"));
  }

  async cancel(event) {
    if (!this.isDirty || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { href } = event.currentTarget;
    if (!(await ask(t("unsaved"), { yes: t("leave"), no: t("stay") }))) return;
    this.isDirty = false;
    location.assign(href);
  }

  focusError() {
    const summary = this.find("[data-error-summary]");
    const control = this.find("[aria-invalid=true]");
    if (summary) summary.focus();
    else control?.focus();
    this.on(summary, "click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const target = link && document.getElementById(link.hash.slice(1));
      if (!target) return;
      event.preventDefault();
      const field = target.matches("input, select, textarea, button") ? target : target.querySelector("input, select, textarea") ?? target;
      field.focus();
      field.scrollIntoView({ block: "center" });
    });
  }
}
