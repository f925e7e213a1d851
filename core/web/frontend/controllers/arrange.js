// Puts the rows of a list into another order: by dragging, or with the two buttons of each row.
import Sortable from "sortablejs";
import { Controller } from "../registry.js";
import { announce, t } from "../words.js";

export class Arrange extends Controller {
  connect() {
    this.sortable = Sortable.create(this.element, { handle: "[data-arrange-grip]", animation: 0, onEnd: ({ item }) => this.moved(item) });
    this.on(this.element, "click", (event) => this.press(event));
  }

  disconnect() {
    this.sortable.destroy();
  }

  press(event) {
    const button = event.target.closest("[data-arrange-by]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    if (button.dataset.arrangeBy === "-1") row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    button.focus();
    this.moved(row);
  }

  moved(row) {
    const place = [...this.element.children].indexOf(row) + 1;
    announce(t("moved", { name: row.dataset.arrangeName, place }));
    this.element.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
