// The filter panel: rows of field, condition and value. Those above must all hold; of the alternatives below, one.
import { Controller, controllerOf } from "../registry.js";
import { el, icon } from "../dom.js";
import { announce, t } from "../words.js";
import { control, isComplete, valuesOf, wantedOf } from "./filter_values.js";

let count = 0;

export class Filter extends Controller {
  connect() {
    this.fields = JSON.parse(this.find("script").textContent);
    this.rows = this.find("[data-filter-rows]");
    this.foot = this.find("[data-filter-foot]");
    this.all(":scope > input[type=hidden]").forEach((hidden) => hidden.remove());
    // Drawn before it opens, so that the popover is placed by its whole size.
    this.on(this.element, "beforetoggle", (event) => event.newState === "open" && this.draw());
    this.on(this.element, "submit", (event) => this.apply(event));
  }

  get list() {
    return controllerOf(this.element.closest("[data-controller~=list]"), "list");
  }

  get conditions() {
    return JSON.parse(this.list.find("[data-list-state]").textContent);
  }

  draw() {
    const { all, any } = this.conditions;
    const isOn = all.length + any.length > 0;
    this.top = this.group(t("allOf"), isOn ? all : this.blank);
    this.alternatives = el("div", { className: "filter-groups" });
    this.more = plain(t("addAlternative"));
    this.on(this.more, "click", () => this.another());
    this.rows.replaceChildren(this.top, this.alternatives);
    any.forEach((group) => this.addAlternative(group));
    const clear = el("button", { type: "button", className: "btn btn-neutral", hidden: !isOn }, t("clearFilters"));
    this.on(clear, "click", () => this.load([], []));
    this.foot.replaceChildren(el("span", { className: "foot-start" }, this.more), clear, el("button", { className: "btn btn-accent" }, t("apply")));
  }

  /** The rows of a panel in which nothing is chosen yet. */
  get blank() {
    return [null];
  }

  get groups() {
    return [...this.alternatives.querySelectorAll("fieldset")];
  }

  /** A further alternative. To the first, what stands there already is the other one: who adds an "or" means that. */
  another() {
    const before = this.top.querySelectorAll(".filter-row");
    if (!this.groups.length && before.length) this.addAlternative([]).querySelector("ul").append(...before);
    this.addAlternative([null]).querySelector("select").focus();
  }

  addAlternative(conditions) {
    const group = this.group("", conditions);
    const remove = el("button", { type: "button", className: "btn btn-ghost btn-icon filter-drop", "aria-label": t("removeAlternative") }, icon("x", "s"));
    this.on(remove, "click", () => this.drop(group));
    group.querySelector("legend").append(remove);
    this.alternatives.append(el("p", { className: "filter-or" }), group);
    this.label();
    return group;
  }

  group(title, conditions) {
    const rows = el("ul", { className: "filter-list" }, ...conditions.map((each) => this.row(each)));
    const add = plain(t("addCondition"));
    this.on(add, "click", () => {
      rows.append(this.row(null));
      rows.lastElementChild.querySelector("select").focus();
    });
    return el("fieldset", { className: "filter-group" }, el("legend", {}, el("span", {}, title)), rows, add);
  }

  /** One condition; null is a new one. What the panel has no controls for stands there as text. */
  row(condition) {
    const remove = el("button", { type: "button", className: "btn btn-ghost btn-icon", "aria-label": t("removeCondition") }, icon("x", "s"));
    const row = el("li", { className: "filter-row" });
    this.on(remove, "click", () => this.removeRow(row));
    if (!condition || this.offers(condition)) row.append(...this.controls(condition), remove);
    else row.append(el("span", { className: "filter-text" }, condition.label), remove);
    if (row.querySelector(".filter-text")) row.dataset.text = condition.text;
    return row;
  }

  offers(condition) {
    return this.fields.some(({ name, ops }) => name === condition.field && ops.some(([code]) => code === condition.op));
  }

  controls(condition) {
    const id = `filter-${++count}`;
    const field = el("select", { id, "aria-label": t("field") }, ...this.fields.map(({ name, label }) => el("option", { value: name }, label)));
    const operator = el("select", { id: `${id}-op`, "aria-label": t("operator") });
    const value = el("div", { className: "filter-value" });
    const chosen = () => this.fields.find((each) => each.name === field.value);
    const drawValue = (given) => value.replaceChildren(...control(`${id}-value`, chosen(), operator.value, given));
    const drawOperators = () => operator.replaceChildren(...chosen().ops.map(([code, label]) => el("option", { value: code }, label)));
    this.on(field, "change", () => {
      drawOperators();
      drawValue();
    });
    this.on(operator, "change", () => drawValue());
    if (condition) field.value = condition.field;
    drawOperators();
    if (condition) operator.value = condition.op;
    drawValue(condition);
    return [field, operator, value];
  }

  removeRow(row) {
    const group = row.closest("fieldset");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    if (!next && group !== this.top) return this.drop(group);
    (next?.querySelector("select, button") ?? group.querySelector(":scope > button")).focus();
  }

  drop(group) {
    group.previousElementSibling.remove();
    group.remove();
    this.label();
    this.more.focus();
  }

  /** Numbers the alternatives, and says between them what they are to each other. */
  label() {
    this.groups.forEach((group, at) => {
      group.querySelector("legend span").textContent = t("alternative", { n: at + 1 });
      group.previousElementSibling.textContent = at ? t("or") : t("anyOf");
    });
  }

  /** The texts of a group's conditions; null where one lacks its value, which gets the focus. */
  texts(group) {
    const found = [];
    for (const row of group.querySelectorAll(".filter-row")) {
      const text = row.dataset.text ?? textOf(row);
      if (text === null) return null;
      found.push(text);
    }
    return found;
  }

  apply(event) {
    event.preventDefault();
    const [all, ...any] = [this.top, ...this.groups].map((group) => this.texts(group));
    if (all === null || any.includes(null)) return announce(t("valueMissing"));
    this.load(all, any.filter((group) => group.length));
  }

  /** The conditions of an alternative as one text. */
  joined(group) {
    return group.map((text) => text.replace(/\\(?=[\\;]|$)|;/g, "\\$&")).join(";");
  }

  load(all, any) {
    const url = this.list.state;
    for (const name of ["filter", "any"]) url.searchParams.delete(name);
    for (const text of all) url.searchParams.append("filter", text);
    for (const group of any) url.searchParams.append("any", this.joined(group));
    this.element.hidePopover();
    this.list.load(url);
  }
}

function textOf(row) {
  const [field, operator] = row.querySelectorAll("select");
  const values = valuesOf(row);
  if (values.length < wantedOf(operator.value)) {
    row.querySelector(".filter-value :is(input:not([type=hidden]), select)")?.focus();
    return null;
  }
  return `${field.value}:${operator.value}:${isComplete(operator.value) ? "" : values.join("|")}`;
}

const plain = (label) => el("button", { type: "button", className: "btn btn-ghost btn-small" }, icon("plus", "s"), el("span", {}, label));
