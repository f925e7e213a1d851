// The filter builder: field, condition, value. Adds `filter=field:operator:value` to the URL of the list.
import { Controller, controllerOf } from "../registry.js";
import { el } from "../dom.js";
import { t } from "../words.js";

const withoutValue = new Set(["null", "notnull", "empty", "notempty", "is_null", "not_null", "isnull", "set", "unset", "today", "this_week", "this_month", "overdue"]);
const several = new Set(["in", "notin", "not_in", "nin"]);
const pair = new Set(["between"]);
const types = { date: "date", datetime: "datetime-local", number: "text", money: "text" };

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
    const operator = this.operator.value;
    this.value.hidden = withoutValue.has(operator);
    const id = `${this.element.id}-value`;
    const label = el("label", { className: "label", id: `${id}-label`, htmlFor: id }, t("value"));
    this.value.replaceChildren(...this.control(id, operator, label));
  }

  control(id, operator, label) {
    const { kind, choices, lookup } = this.chosen;
    const options = kind === "boolean" && !choices.length ? [["1", t("yes")], ["0", t("no")]] : choices;
    if (options.length && several.has(operator)) return [label, ticks(id, options)];
    if (options.length) return [label, el("select", { id, name: "filter_value" }, ...options.map(([value, text]) => el("option", { value }, text)))];
    if (lookup && !several.has(operator)) return [label, lookupControl(id, lookup)];
    const type = types[kind] ?? "text";
    const input = () => el("input", { type, id, name: "filter_value", autocomplete: "off", inputMode: ["number", "money"].includes(kind) ? "decimal" : "text" });
    if (!pair.has(operator)) return [label, input()];
    const second = input();
    second.id = `${id}-to`;
    second.setAttribute("aria-label", t("to"));
    return [label, el("span", { className: "pair" }, input(), el("span", { className: "muted" }, t("to")), second)];
  }

  apply(event) {
    event.preventDefault();
    const values = [...new FormData(this.element).getAll("filter_value")].map((value) => value.trim()).filter(Boolean);
    const operator = this.operator.value;
    if (!values.length && !withoutValue.has(operator)) return this.find("[data-filter-value] input:not([type=hidden])")?.focus();
    const url = new URL(location.href);
    url.searchParams.append("filter", [this.field.value, operator, values.join("|")].join(":"));
    this.element.hidePopover();
    controllerOf(this.element.closest("[data-controller~=list]"), "list").load(url);
  }
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
