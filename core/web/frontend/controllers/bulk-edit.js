// The dialog that edits many records: fields come in one by one, each with what to do with it.
import { Controller } from "../registry.js";

export class BulkEdit extends Controller {
  connect() {
    this.adder = this.find("[data-edit-add]");
    this.chooser = this.adder.querySelector("select");
    this.adder.hidden = false;
    this.rows.forEach((row) => this.fit(row));
    if (this.rows.every((row) => row.hidden)) this.chooser.focus();
    this.on(this.chooser, "change", () => this.add(this.chooser.value));
    this.on(this.element, "change", (event) => event.target.matches("[data-edit-way]") && this.fit(event.target.closest("[data-edit-row]")));
    this.on(this.element, "click", (event) => event.target.closest("[data-edit-drop]") && this.drop(event.target.closest("[data-edit-row]")));
  }

  get rows() {
    return this.all("[data-edit-row]");
  }

  way(row) {
    return row.querySelector("[data-edit-way]");
  }

  /** Shows a row while its field takes part, and its value where there is one to give. */
  fit(row) {
    const way = this.way(row).value;
    row.hidden = !way;
    row.querySelector("[data-edit-drop]").hidden = !way;
    row.querySelector("[data-edit-value]").classList.toggle("is-cleared", way === "clear");
    this.chooser.querySelector(`option[value="${row.dataset.editRow}"]`).hidden = Boolean(way);
  }

  add(name) {
    const row = this.rows.find((each) => each.dataset.editRow === name);
    this.chooser.value = "";
    if (!row) return;
    this.way(row).value = "set";
    this.adder.before(row);
    this.fit(row);
    row.querySelector("[data-edit-value] :is(input:not([type=hidden]), select, textarea)")?.focus();
  }

  drop(row) {
    this.way(row).value = "";
    this.fit(row);
    this.chooser.focus();
  }
}
