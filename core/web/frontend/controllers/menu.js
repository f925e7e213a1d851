// The side menu: folded to icons it opens its groups beside itself.
import { Controller } from "../registry.js";

const root = document.documentElement;
const isFolded = () => root.dataset.menu === "folded";

/** Folds and unfolds; the cookie lets the server draw the next page folded at once. */
export class Fold extends Controller {
  connect() {
    this.on(this.element, "click", () => {
      const folded = !isFolded();
      if (folded) root.dataset.menu = "folded";
      else delete root.dataset.menu;
      document.cookie = `menu=${folded ? "folded" : "open"};path=/;max-age=31536000;samesite=lax`;
      this.element.setAttribute("aria-pressed", folded);
      document.querySelectorAll(".side-group").forEach((group) => (group.open = !folded && "active" in group.dataset));
    });
  }
}

export class Menu extends Controller {
  connect() {
    this.on(this.element, "toggle", (event) => this.place(event.target), { capture: true });
    this.on(document, "click", (event) => isFolded() && !this.element.contains(event.target) && this.close());
    this.on(this.element, "keydown", (event) => {
      if (event.key !== "Escape" || !isFolded()) return;
      const open = this.find("details[open]");
      this.close();
      open?.querySelector("summary").focus();
    });
  }

  place(group) {
    if (!group.open || !isFolded()) return;
    const items = group.querySelector(".side-items");
    const top = group.getBoundingClientRect().top;
    items.style.top = `${Math.max(8, Math.min(top, innerHeight - items.offsetHeight - 8))}px`;
  }

  close() {
    this.all("details[open]").forEach((group) => (group.open = false));
  }
}
