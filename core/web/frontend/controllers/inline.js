// Editing one value where it stands: double-click or pencil, Enter saves, Esc reverts, a 422 shows its error there.
import { Controller } from "../registry.js";
import { fragment } from "../dom.js";
import { followed, send } from "../http.js";
import { announce, t } from "../words.js";

/** A fact of a detail page; cells of lists call `editInPlace` themselves. */
export class Inline extends Controller {
  connect() {
    const value = this.find("[data-inline-value]");
    const edit = () => editInPlace(value, this.element.dataset.editUrl, this.find("[data-inline-open]"));
    this.on(this.find("[data-inline-open]"), "click", edit);
    this.on(value, "dblclick", edit);
    this.on(value, "click", holdCall);
  }
}

const CLICK_PAUSE = 500;
let pending;

/** A link that calls or writes at once waits until no second click can follow: a double-click edits the value. */
export function holdCall(event) {
  const link = event.target.closest("a[href^='tel:'], a[href^='mailto:']");
  if (!link || event.detail === 0 || event.pointerType === "touch") return;
  event.preventDefault();
  clearTimeout(pending);
  if (event.detail === 1) pending = setTimeout(() => link.click(), CLICK_PAUSE);
}

export async function editInPlace(place, url, opener = null) {
  if (place.querySelector("[data-inline-form]")) return;
  place.setAttribute("aria-busy", "true");
  const response = await send(url);
  place.removeAttribute("aria-busy");
  if (response) new Editor(place, url, opener).show(await response.text());
}

class Editor {
  constructor(place, url, opener) {
    Object.assign(this, { place, url, opener, before: [...place.childNodes] });
  }

  show(html) {
    this.place.classList.add("is-editing");
    this.place.replaceChildren(fragment(html));
    this.form = this.place.querySelector("form");
    if (!this.form) return this.revert();
    this.form.addEventListener("submit", (event) => this.save(event));
    this.form.addEventListener("keydown", (event) => this.key(event));
    this.form.querySelector("[data-inline-cancel]")?.addEventListener("click", () => this.revert());
    const control = this.form.querySelector("input:not([type=hidden]), select, textarea");
    control?.focus();
    control?.select?.();
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    event.stopPropagation();
    if (event.key === "Escape") this.revert();
    if (event.key !== "Enter" || event.target.matches("button") || (event.target.matches("textarea") && !event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  async save(event) {
    event.preventDefault();
    if (this.isSaving) return;
    this.isSaving = true;
    this.place.setAttribute("aria-busy", "true");
    const response = await send(this.form.action || this.url, { method: "POST", body: new FormData(this.form) });
    this.place.removeAttribute("aria-busy");
    this.isSaving = false;
    if (!response || followed(response)) return;
    const html = await response.text();
    if (!response.ok) return this.show(html);
    this.before = this.before.filter((node) => node.nodeType === 1 && node.matches(".pencil"));
    this.place.replaceChildren(fragment(html), ...this.before);
    this.done();
    announce(t("saved"));
  }

  revert() {
    this.place.replaceChildren(...this.before);
    this.done();
  }

  done() {
    this.place.classList.remove("is-editing");
    (this.opener ?? this.place.querySelector(".pencil") ?? this.place).focus();
  }
}
