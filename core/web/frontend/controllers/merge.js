// Merging: another record that stays brings its own values, but for fields whose value somebody has chosen already.
import { Controller } from "../registry.js";

export class Merge extends Controller {
  connect() {
    this.chosen = new Set();
    this.on(this.element, "change", ({ target }) => {
      if ("mergeSurvivor" in target.dataset) this.follow(target.value);
      else this.chosen.add(target.name);
    });
  }

  follow(id) {
    for (const radio of this.all("[name^=value-][data-filled]")) {
      if (radio.value === id && !this.chosen.has(radio.name)) radio.checked = true;
    }
  }
}
