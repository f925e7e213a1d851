// A card of a dashboard: fetches its own content, so that a slow or failing one costs only itself.
import { Controller } from "../registry.js";
import { el, fragment } from "../dom.js";
import { send } from "../http.js";
import { t } from "../words.js";

export class Card extends Controller {
  connect() {
    this.load();
  }

  async load() {
    this.element.setAttribute("aria-busy", "true");
    const response = await send(this.element.dataset.cardUrl, { signal: this.ending.signal, quiet: true });
    this.element.removeAttribute("aria-busy");
    if (response?.ok) this.element.replaceChildren(fragment(await response.text()));
    else if (!this.ending.signal.aborted) this.fail();
  }

  fail() {
    const again = el("button", { type: "button", className: "btn btn-neutral" }, t("again"));
    this.on(again, "click", () => this.load());
    this.find(".dash-wait, .dash-failed")?.replaceWith(el("div", { className: "dash-failed", role: "status" }, el("p", { className: "muted" }, t("cardFailed")), again));
  }
}
