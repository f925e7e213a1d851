// The filter builder: field, condition, value. Adds `filter=field:operator:value` to the URL of the list.
import { Controller, controllerOf } from "../registry.js";
import { el } from "../dom.js";
import { t } from "../words.js";

const LISTED = new Set(["in", "any"]);
/** Conditions that say it all; the server knows what they stand for. */
const COMPLETE = new Set(["empty", "notempty", "today", "this_week", "this_month", "overdue"]);
const TYPES = { date: "date", date_time: "date" };
const NUMBERS = new Set(["number", "integer", "quantity", "money", "percent", "rate"]);

export class Filter extends Controller {
  connect() {
    this.fields = JSON.parse(this.find("script").textContent);
    this.field = this.find("[data-filter-field]");
    this.operator = this.find("[data-filter-op]");
    this.value = this.find("[data-filter-value]");
    this.on(this.field, "change", () => this.drawOperators());
    this.on(this.operator, "change", () => this.drawValue());
    this.on(this.element, "submit", (event) => this.apply(event));
    this.drawOperators();
  }

  get chosen() {
    return this.fields.find((field) => field.name === this.field.value);
  }

  drawOperators() {
    this.operator.replaceChildren(...this.chosen.ops.map(([value, label]) => el("option", { value }, label)));
    this.drawValue();
  }

  drawValue() {
    this.value.hidden = COMPLETE.has(this.operator.value);
    if (this.value.hidden) return this.value.replaceChildren();
    const id = `${this.element.id}-value`;
    const label = el("label", { className: "label", id: `${id}-label`, htmlFor: id }, t("value"));
    this.value.replaceChildren(...this.control(id, this.operator.value, label));
  }

  control(id, operator, label) {
    const { kind, lookup } = this.chosen;
    const { choices } = this.chosen;
    const options = kind === "boolean" && !choices.length ? [["1", t("yes")], ["0", t("no")]] : choices;
    if (kind in TYPES && operator === "between") return [label, pair(id, "date")];
    if (options.length && LISTED.has(operator)) return [label, ticks(id, options)];
    if (options.length) return [label, el("select", { id, name: "filter_value" }, ...options.map(([value, text]) => el("option", { value }, text)))];
    if (lookup) return [label, lookupControl(id, lookup)];
    const type = LISTED.has(operator) ? "text" : TYPES[kind] ?? "text";
    const mode = NUMBERS.has(kind) ? "decimal" : "text";
    return [label, operator === "between" ? pair(id, type, mode) : input(id, type, mode)];
  }

  apply(event) {
    event.preventDefault();
    const operator = this.operator.value;
    const values = new FormData(this.element).getAll("filter_value").map((value) => value.trim()).filter(Boolean);
    const wanted = COMPLETE.has(operator) ? 0 : operator === "between" ? 2 : 1;
    if (values.length < wanted) return this.find("[data-filter-value] input:not([type=hidden])")?.focus();
    const url = new URL(location.href);
    url.searchParams.append("filter", [this.field.value, operator, values.join("|")].join(":"));
    this.element.hidePopover();
    controllerOf(this.element.closest("[data-controller~=list]"), "list").load(url);
  }
}

const input = (id, type, inputMode = "text") => el("input", { type, id, name: "filter_value", autocomplete: "off", inputMode });

function pair(id, type, mode) {
  const last = input(`${id}-to`, type, mode);
  last.setAttribute("aria-label", t("to"));
  return el("span", { className: "pair" }, input(id, type, mode), el("span", { className: "muted" }, t("to")), last);
}

function ticks(id, options) {
  const boxes = options.map(([value, text]) => el("label", {}, el("input", { type: "checkbox", name: "filter_value", value }), el("span", {}, text)));
  return el("div", { id, className: "checks", role: "group", "aria-labelledby": `${id}-label` }, ...boxes);
}

function lookupControl(id, url) {
  const hidden = el("input", { type: "hidden", name: "filter_value" });
  const shown = el("input", { type: "text", id, role: "combobox", autocomplete: "off" });
  return el("span", { "data-controller": "lookup", "data-lookup-url": url }, hidden, shown);
}
