// The table in which the parts of a record are typed: it works like a spreadsheet, by keyboard, mouse and touch.
import { Controller, controllerOf } from "../registry.js";
import { el } from "../dom.js";
import { announce, t } from "../words.js";
import { put, rowsOf } from "./lines_paste.js";
import { showToast } from "./toasts.js";

const CONTROL = "input:not([type=hidden]), select, textarea";

export class Lines extends Controller {
  connect() {
    this.body = this.find("[data-lines]");
    this.blank = this.find("[data-lines-blank]");
    if (!this.blank) return;
    this.last = Math.max(-1, ...this.rows.map((row) => Number(row.dataset.line)));
    this.rows.filter(isBlank).forEach((row) => row.remove());
    this.rows.filter((row) => row.querySelector("[name$=-remove]").checked).forEach((row) => this.strike(row));
    this.extend();
    this.on(this.body, "keydown", (event) => this.key(event), { capture: true });
    for (const type of ["input", "change"]) this.on(this.body, type, (event) => this.touched(event.target.closest("tr")));
    this.on(this.body, "paste", (event) => this.pasted(event));
    this.on(this.element, "click", (event) => this.clicked(event.target));
    this.drag();
  }

  disconnect() {
    this.sortable?.destroy();
  }

  async drag() {
    const { default: Sortable } = await import("sortablejs");
    if (this.ending.signal.aborted) return;
    const animation = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150;
    const onEnd = () => this.rearranged();
    this.sortable = Sortable.create(this.body, { handle: ".lines-mark", draggable: ".line:not(.is-blank)", animation, ghostClass: "is-dragged", onEnd });
  }

  get rows() {
    return [...this.body.querySelectorAll("tr")];
  }

  // Rows

  /** There is always one empty row to go on in, as long as there may be more. */
  extend() {
    const rows = this.rows.filter((row) => !isRemoved(row));
    if (rows.length < Number(this.element.dataset.most) && !(rows.length && isBlank(rows.at(-1)))) this.body.append(this.newRow());
    this.number();
  }

  newRow() {
    const holder = el("template", { innerHTML: this.blank.innerHTML.replaceAll("__row__", ++this.last) });
    const row = holder.content.querySelector("tr");
    row.classList.add("is-blank");
    return document.importNode(row, true);
  }

  number() {
    this.rows.filter((row) => !isRemoved(row)).forEach((row, index) => (row.querySelector("[data-line-number]").textContent = index + 1));
  }

  touched(row) {
    if (!row || !isBlank(row)) return;
    row.classList.remove("is-blank");
    this.extend();
  }

  /** Tells the form that something else than a value has changed. */
  rearranged() {
    this.number();
    this.body.dispatchEvent(new Event("change", { bubbles: true }));
  }

  move(row, step) {
    const rows = this.rows.filter((each) => !isBlank(each));
    const other = rows[rows.indexOf(row) + step];
    if (!other || isBlank(row)) return;
    // The other one moves, so that the focus stays.
    step < 0 ? row.after(other) : row.before(other);
    this.rearranged();
    announce(t("moved", { name: nameOf(row), place: this.rows.filter((each) => !isRemoved(each)).indexOf(row) + 1 }));
  }

  remove(row) {
    if (isBlank(row)) return row !== this.rows.at(-1) && this.leave(row);
    this.strike(row).focus();
    this.rearranged();
    this.extend();
  }

  leave(row) {
    (this.next(row) ?? this.rows.at(-1)).querySelector(CONTROL)?.focus();
    row.remove();
    this.number();
  }

  /** A row that is taken away stays where it was, as an offer to have it back. It is not sent. */
  strike(row) {
    const number = row.querySelector("[data-line-number]").textContent;
    const text = this.element.dataset.removed.replace("{n}", number);
    const undo = el("button", { type: "button", className: "btn btn-ghost", "data-line-undo": true }, t("undo"));
    const columns = row.cells.length - 1;
    row.append(el("td", { className: "lines-undo", colSpan: columns }, el("span", {}, text, undo)));
    row.classList.add("is-removed");
    controlsOf(row).forEach((control) => (control.disabled = true));
    announce(text);
    return undo;
  }

  restore(row) {
    row.classList.remove("is-removed");
    row.querySelector(".lines-undo").remove();
    row.querySelector("[name$=-remove]").checked = false;
    controlsOf(row).forEach((control) => (control.disabled = false));
    row.querySelector(CONTROL)?.focus();
    this.rearranged();
  }

  clicked(target) {
    const row = target.closest("tr");
    if (target.closest("[data-lines-add]")) this.rows.at(-1)?.querySelector(CONTROL)?.focus();
    else if (target.closest("[data-line-remove]")) this.remove(row);
    else if (target.closest("[data-line-undo]")) this.restore(row);
    else if (target.closest("[data-line-move]")) this.move(row, Number(target.closest("[data-line-move]").dataset.lineMove));
  }

  // Keys

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const row = event.target.closest("tr");
    const act = event.target.closest("[data-cell]") && this.meaning(event, row);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** What a key does; nothing where it belongs to the control itself. */
  meaning(event, row) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey) return null;
    if (event.altKey) return { ArrowUp: () => this.move(row, -1), ArrowDown: () => this.move(row, 1), Delete: () => this.remove(row) }[key];
    if (key === "Enter") return event.shiftKey ? null : () => this.onward(target, 1, true);
    if (key === "Tab") return this.neighbour(target, event.shiftKey ? -1 : 1) ? () => this.onward(target, event.shiftKey ? -1 : 1) : this.settle(target);
    const step = { ArrowUp: -1, ArrowDown: 1 }[key];
    return step && target.matches("input[type=text]:not([role=combobox])") ? () => this.vertical(target, step) : null;
  }

  /** What is typed into a look-up is decided on while the focus is further on already. */
  settle(target, isMeant) {
    const lookup = target.matches("[role=combobox]") && controllerOf(target.closest("[data-controller~=lookup]"), "lookup");
    if (lookup) lookup.settle(isMeant);
    return null;
  }

  onward(target, step, isMeant = false) {
    this.settle(target, isMeant);
    const row = target.closest("tr");
    const next = this.neighbour(target, step);
    if (next) return go(next);
    if (!isBlank(row)) this.extend();
    return go(this.neighbour(target, step) ?? this.find("[data-lines-add]"));
  }

  neighbour(target, step) {
    const cells = this.rows.filter((row) => !isRemoved(row)).flatMap(cellsOf);
    return cells[cells.indexOf(target) + step];
  }

  vertical(target, step) {
    const rows = this.rows.filter((row) => !isRemoved(row));
    const row = target.closest("tr");
    const other = rows[rows.indexOf(row) + step];
    if (other) go(cellsOf(other)[cellsOf(row).indexOf(target)]);
  }

  next(row) {
    const rows = this.rows.filter((each) => !isRemoved(each));
    return rows[rows.indexOf(row) + 1];
  }

  // Rows from a spreadsheet

  pasted(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const isTable = text.includes("\t") || (/\r?\n./.test(text) && !event.target.matches("textarea"));
    const cell = event.target.closest("[data-cell]");
    if (!isTable || !cell) return;
    event.preventDefault();
    const misfits = this.take(rowsOf(text), cell);
    if (misfits) showToast({ text: t("pasteMisfit", { n: misfits }), tone: "warning" });
  }

  /** The first of them goes into the row that it is pasted into, the others below it. How many values had no place. */
  take(found, cell) {
    const start = columnsOf(cell.parentElement).indexOf(cell);
    let row = cell.parentElement;
    let misfits = 0;
    found.forEach((values, index) => {
      if (index) row = this.rowBelow(row);
      if (!row) return (misfits += values.length);
      row.classList.remove("is-blank");
      const columns = columnsOf(row).slice(start);
      misfits += values.filter((value, at) => value && !(columns[at] && put(columns[at], value))).length;
    });
    this.extend();
    this.rearranged();
    return misfits;
  }

  rowBelow(row) {
    const next = this.next(row);
    if (next && isBlank(next)) return next;
    if (this.rows.filter((each) => !isRemoved(each)).length >= Number(this.element.dataset.most)) return null;
    const added = this.newRow();
    row.after(added);
    return added;
  }
}

const isBlank = (row) => row.classList.contains("is-blank");
const isRemoved = (row) => row.classList.contains("is-removed");
const columnsOf = (row) => [...row.querySelectorAll("[data-cell]")].filter((cell) => cell.querySelector(CONTROL));
const cellsOf = (row) => columnsOf(row).map((cell) => cell.querySelector(CONTROL));
const controlsOf = (row) => [...row.querySelectorAll("input, select, textarea")];

/** What a row is called: the first text in it. */
function nameOf(row) {
  const texts = cellsOf(row).map((control) => (control.matches("select, [type=checkbox]") ? "" : control.value.trim()));
  return texts.find(Boolean) ?? row.querySelector("[data-line-number]").textContent;
}

function go(control) {
  control?.focus();
  if (control?.matches("input[type=text]")) control.select();
}
