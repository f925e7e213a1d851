// The value of a condition in the filter panel: a control by the kind of its field.
import { el } from "../dom.js";
import { t } from "../words.js";

const LISTED = new Set(["in", "any"]);
/** Conditions that say it all; the server knows what they stand for. */
const COMPLETE = new Set(["empty", "notempty", "today", "this_week", "this_month", "overdue"]);
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const isComplete = (operator) => COMPLETE.has(operator);
export const wantedOf = (operator) => (isComplete(operator) ? 0 : operator === "between" ? 2 : 1);

/** What was typed or ticked in the row. A bar within a value would separate two. */
export function valuesOf(row) {
  const controls = [...row.querySelectorAll("[name=filter_value]")];
  const given = controls.filter((each) => each.type !== "checkbox" || each.checked);
  return given.map((each) => ("many" in each.dataset ? each.value.trim() : each.value.trim().replaceAll("|", "\\|"))).filter(Boolean);
}

/** The nodes for a value; `given` is a condition that has one. */
export function control(id, { kind, choices, lookup }, operator, given) {
  if (isComplete(operator)) return [];
  const values = given?.values ?? [];
  const isListed = LISTED.has(operator);
  const options = kind === "boolean" && !choices.length ? [["1", t("yes")], ["0", t("no")]] : choices;
  if (options.length) return [isListed ? ticks(options, values) : choice(id, options, values)];
  if (lookup && !isListed) return [lookUp(id, lookup, values, given?.shown ?? [])];
  // What means a span of days, such as "last_month", is no day that could be chosen.
  const type = kind === "date" && !isListed && values.every((value) => DAY.test(value)) ? "date" : "text";
  const mode = kind === "number" ? "decimal" : "text";
  if (operator === "between") return [pair(id, type, mode, values)];
  const found = input(id, type, mode, isListed ? values.join("|") : values[0]);
  if (isListed) found.dataset.many = "";
  return [found];
}

function input(id, type, inputMode, value = "", label = t("value")) {
  return el("input", { type, id, name: "filter_value", autocomplete: "off", inputMode, value, "aria-label": label });
}

function pair(id, type, mode, [from, to]) {
  return el("span", { className: "pair" }, input(id, type, mode, from), el("span", { className: "muted" }, t("to")), input(`${id}-to`, type, mode, to, t("to")));
}

function choice(id, options, [chosen]) {
  const select = el("select", { id, name: "filter_value", "aria-label": t("value") }, ...options.map(([value, text]) => el("option", { value }, text)));
  if (chosen !== undefined) select.value = chosen;
  return select;
}

function ticks(options, values) {
  const boxes = options.map(([value, text]) =>
    el("label", {}, el("input", { type: "checkbox", name: "filter_value", value, checked: values.includes(value) }), el("span", {}, text)));
  return el("div", { className: "checks", role: "group", "aria-label": t("value") }, ...boxes);
}

function lookUp(id, url, [value = ""], [shown = ""]) {
  const hidden = el("input", { type: "hidden", name: "filter_value", value });
  const typed = el("input", { type: "text", id, role: "combobox", autocomplete: "off", value: shown, "aria-label": t("value") });
  return el("span", { "data-controller": "lookup", "data-lookup-url": url }, hidden, typed);
}
