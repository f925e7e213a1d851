// Chooses the columns of a list: what is ticked joins those that are shown, and a search finds fields by name.
import { Controller } from "../registry.js";
import { announce, t } from "../words.js";

export class Columns extends Controller {
  connect() {
    this.shown = this.find("[data-columns-shown]");
    this.box = this.find("[data-columns-find]");
    this.box.hidden = false;
    this.on(this.element, "change", (event) => event.target.matches("[name=column]") && this.ticked(event.target));
    this.on(this.box, "input", () => this.search());
    this.on(this.box, "keydown", (event) => event.key === "Enter" && event.preventDefault());
  }

  /** A column that is ticked goes last among those shown; one that no longer is stays in its place, to be ticked again. */
  ticked(tick) {
    const row = tick.closest("li");
    if (!tick.checked || row.parentElement === this.shown) return;
    this.shown.append(row);
    tick.focus();
    announce(t("moved", { name: row.dataset.arrangeName, place: this.shown.children.length }));
    this.search();
  }

  search() {
    const text = this.box.querySelector("input").value.trim().toLowerCase();
    for (const row of this.all("li")) row.hidden = !row.dataset.arrangeName.toLowerCase().includes(text);
    for (const group of this.all("[data-columns-group]")) group.hidden = !group.querySelector("li:not([hidden])");
  }
}
