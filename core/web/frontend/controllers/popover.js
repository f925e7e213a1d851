// Places a native popover under its button, and lets the arrow keys walk through it.
import { Controller } from "../registry.js";
import { isPhone } from "../dom.js";

export class Popover extends Controller {
  connect() {
    this.panel = document.getElementById(this.element.getAttribute("popovertarget"));
    if (!this.panel) return;
    this.element.setAttribute("aria-expanded", "false");
    this.on(this.panel, "toggle", (event) => this.toggled(event.newState === "open"));
    this.on(this.panel, "keydown", (event) => this.walk(event));
    this.on(window, "resize", () => this.place());
  }

  toggled(open) {
    this.element.setAttribute("aria-expanded", open);
    if (!open) return;
    this.place();
    this.panel.querySelector("select, input:not([type=hidden]), a, button")?.focus({ preventScroll: true });
  }

  place() {
    if (!this.panel.matches(":popover-open") || isPhone()) return this.panel.removeAttribute("style");
    this.panel.style.maxHeight = "";
    const button = this.element.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.panel;
    const left = button.left + width > innerWidth - 8 ? button.right - width : button.left;
    const below = button.bottom + 4 + height < innerHeight || button.top < height;
    this.panel.style.left = `${Math.max(8, left)}px`;
    const top = below ? Math.min(button.bottom + 4, Math.max(8, innerHeight - Math.max(height, 8) - 8, innerHeight - 420)) : button.top - height - 4;
    this.panel.style.top = `${top}px`;
    this.panel.style.maxHeight = `${innerHeight - top - 8}px`;
  }

  walk(event) {
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || !event.target.matches(".menu-item")) return;
    event.preventDefault();
    const items = [...this.panel.querySelectorAll(".menu-item")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    items[(items.indexOf(event.target) + step + items.length) % items.length].focus();
  }
}
