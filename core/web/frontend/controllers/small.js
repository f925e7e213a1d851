// Controllers of a few lines each.
import { Controller } from "../registry.js";
import { el, isPhone } from "../dom.js";
import { showToast } from "./toasts.js";
import { t } from "../words.js";

export class Copy extends Controller {
  connect() {
    this.on(this.element, "click", async () => {
      await navigator.clipboard.writeText(this.element.dataset.copy);
      showToast({ text: t("copied") });
    });
  }
}

/** A moment of which the server knows only UTC, in the reader's own time. */
export class Moment extends Controller {
  connect() {
    const shown = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    this.element.textContent = shown.format(new Date(this.element.dateTime));
  }
}

/** Fills a form from `data-fill='{"id": "value"}'` on its buttons. */
export class Fill extends Controller {
  connect() {
    this.on(this.element, "click", (event) => {
      const button = event.target.closest("[data-fill]");
      if (!button) return;
      for (const [id, value] of Object.entries(JSON.parse(button.dataset.fill))) document.getElementById(id).value = value;
      document.querySelector("[data-form-submit]")?.focus();
    });
  }
}

/** A colour: the text is what is sent, the browser's own chooser stands beside it, and the page shows it at once. */
export class Colour extends Controller {
  connect() {
    const text = this.find("input:not([type=color])");
    const chooser = el("input", { type: "color", "aria-label": this.element.dataset.label, tabIndex: 0 });
    this.element.prepend(chooser);
    const isColour = () => /^#[0-9a-f]{6}$/i.test(text.value.trim());
    const show = () => isColour() && (chooser.value = text.value.trim());
    const preview = () => isColour() && document.documentElement.style.setProperty("--accent", text.value.trim());
    this.on(chooser, "input", () => {
      text.value = chooser.value;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
    this.on(text, "input", () => { show(); preview(); });
    show();
  }
}

/** Scrolls the active tab into view on narrow screens, and walks with the arrow keys. */
export class Tabs extends Controller {
  connect() {
    const active = this.find("[aria-current]");
    const over = active && active.getBoundingClientRect().right - this.element.getBoundingClientRect().right;
    if (over > 0) this.element.scrollLeft += over + 48;
    this.on(this.element, "scroll", () => this.hint(), { passive: true });
    this.on(window, "resize", () => this.hint());
    this.hint();
    this.on(this.element, "keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const tabs = this.all("a");
      tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length]?.focus();
    });
  }

  /** Fades the sides on which there is more. */
  hint() {
    const { scrollLeft: left, scrollWidth, clientWidth } = this.element;
    this.element.dataset.more = [left > 4 ? "start" : "", left + clientWidth < scrollWidth - 4 ? "end" : ""].filter(Boolean).join(" ");
  }
}

/** A role's matrix: colours follow the choice, and a closed list of fields says how many of them are restricted. */
export class Grants extends Controller {
  connect() {
    this.on(this.element, "change", (event) => {
      const { dataset, value } = event.target;
      if ("scope" in dataset) dataset.scope = value;
      if ("level" in dataset) dataset.level = value;
      this.count();
    });
    this.count();
  }

  count() {
    for (const details of this.all(".grants-fields details")) {
      const restricted = [...details.querySelectorAll("select")].filter((select) => select.dataset.level !== "edit").length;
      details.querySelector("[data-restricted]").textContent = restricted ? t("restricted", { n: restricted }) : "";
    }
  }
}

/** A record's page: on a narrow screen only its first panel starts open; a notice edits the field that it is about. */
export class Detail extends Controller {
  connect() {
    if (isPhone()) this.all(".panel").slice(1).forEach((panel) => (panel.open = false));
    this.on(this.element, "click", (event) => this.edit(event, event.target.closest("[data-edit-field]")));
  }

  edit(event, link) {
    const fact = link && this.all(".fact").find((each) => each.dataset.editUrl?.endsWith(`/field/${link.dataset.editField}`) && each.closest(".panel"));
    if (!fact || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    fact.closest(".panel").open = true;
    fact.querySelector("[data-inline-open]").click();
    fact.scrollIntoView({ block: "center" });
  }
}
