// Conditions that a form keeps: the rows of the filter panel, written into a field with one condition per line.
import { announce, t } from "../words.js";
import { Filter } from "./filter.js";

export class Conditions extends Filter {
  connect() {
    this.fields = JSON.parse(this.find("script").textContent);
    this.kept = JSON.parse(this.find("script[data-kept]").textContent);
    this.rows = this.find("[data-filter-rows]");
    this.foot = this.find("[data-filter-foot]");
    this.field = this.find("textarea");
    this.find("[data-conditions-text]").hidden = true;
    this.draw();
    this.foot.replaceChildren(this.more);
    this.on(this.element.closest("form"), "submit", (event) => this.write(event));
  }

  get conditions() {
    return this.kept;
  }

  /** Nothing to begin with: without conditions all records are meant. */
  get blank() {
    return [];
  }

  write(event) {
    const [all, ...any] = [this.top, ...this.groups].map((group) => this.texts(group));
    if (all === null || any.includes(null)) {
      event.preventDefault();
      return announce(t("valueMissing"));
    }
    const alternatives = any.filter((group) => group.length).map((group) => `any=${this.joined(group)}`);
    this.field.value = [...all, ...(alternatives.length ? [alternatives.join("&")] : [])].join("\n");
  }
}
