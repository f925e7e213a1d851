// The bell: fetches what is new when it is opened, and counts anew when the reader comes back to the page.
import { Controller } from "../registry.js";
import { fragment } from "../dom.js";
import { getJson, send } from "../http.js";

export class Bell extends Controller {
  connect() {
    this.panel = document.getElementById(this.element.getAttribute("popovertarget"));
    this.on(this.panel, "toggle", (event) => event.newState === "open" && this.open());
    this.on(document, "visibilitychange", () => document.visibilityState === "visible" && this.count());
    this.on(document, "bell:count", () => this.count());
  }

  async open() {
    const content = this.panel.querySelector("[data-bell-content]");
    content.setAttribute("aria-busy", "true");
    const response = await send("/notifications/panel");
    content.removeAttribute("aria-busy");
    if (!response) return;
    content.replaceChildren(fragment(await response.text()));
    content.querySelector("a, button")?.focus({ preventScroll: true });
  }

  async count() {
    const now = await getJson("/notifications/count");
    if (!now) return;
    const mark = this.element.querySelector("[data-bell-count]");
    mark.textContent = now.shown;
    mark.hidden = !now.unread;
    this.element.setAttribute("aria-label", now.label);
  }
}
