// A list: search as one types, rows by J and K, selection with Shift, bulk actions, pencils in editable cells.
import htmx from "htmx.org";
import { Controller } from "../registry.js";
import { debounce, el, icon } from "../dom.js";
import { openDialog } from "../dialogs.js";
import { editInPlace, holdCall } from "./inline.js";
import { announce, t } from "../words.js";

export class List extends Controller {
  connect() {
    this.on(this.element, "change", (event) => this.ticked(event));
    this.on(this.element, "click", (event) => this.clicked(event));
    this.on(this.element, "dblclick", (event) => this.editCell(event.target.closest("td[data-name]"), event));
    this.on(this.element, "input", (event) => event.target.matches("[data-list-search] input") && !event.isComposing && this.search());
    this.on(this.element, "compositionend", (event) => event.target.matches("[data-list-search] input") && this.search());
    this.on(this.element, "submit", (event) => this.submitted(event));
    this.on(document, "htmx:after:swap", (event) => event.detail.ctx?.target?.id === this.element.dataset.list && this.swapped());
    this.search = debounce(() => this.searchNow(), 250);
    this.rememberScroll();
    this.fresh();
  }

  get body() {
    return document.getElementById(this.element.dataset.list);
  }

  get rows() {
    return this.all("tbody tr");
  }

  fresh() {
    this.lastTick = null;
    for (const row of this.all("tr[data-fields]")) row.querySelectorAll("td[data-name]").forEach((cell) => cell.append(pencil()));
    this.showBulk();
  }

  swapped() {
    this.fresh();
    announce(t("updated", { summary: this.find("[data-list-summary], .empty-title")?.textContent.trim() ?? "" }));
  }

  // Searching

  submitted(event) {
    if (!event.target.matches("[data-list-search]")) return;
    event.preventDefault();
    this.searchNow();
  }

  /** The address of what the list shows, with all that its saved view says. */
  get state() {
    return new URL(this.find("[data-list-state]").dataset.listState, location.href);
  }

  searchNow() {
    const url = this.state;
    const q = this.find("[data-list-search] input[type=search]").value.trim();
    if (q === (url.searchParams.get("q") ?? "")) return;
    if (q) url.searchParams.set("q", q);
    else url.searchParams.delete("q");
    this.load(url);
  }

  /** Shows the list at another URL: any page but the first makes no sense there. */
  load(url) {
    for (const name of ["after", "before", "at", "exact"]) url.searchParams.delete(name);
    const target = `#${this.element.dataset.list}`;
    const path = url.pathname + url.search;
    htmx.ajax("GET", path, { source: this.body, target, select: target, swap: "outerHTML show:none", push: path });
  }

  // Rows and selection

  move(step) {
    const rows = this.rows;
    const at = rows.findIndex((row) => row.classList.contains("is-current"));
    const row = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
    if (!row) return;
    rows[at]?.classList.remove("is-current");
    row.classList.add("is-current");
    row.querySelector("td.lead a, a")?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  get current() {
    return this.find("tr.is-current") ?? document.activeElement?.closest?.("tbody tr");
  }

  ticked(event) {
    const box = event.target;
    if (box.matches("[data-select-all]")) this.ticks.forEach((tick) => (tick.checked = box.checked));
    else if (!box.matches("tbody .tick input")) return;
    this.showBulk();
  }

  get ticks() {
    return this.all("tbody .tick input");
  }

  clicked(event) {
    const tick = event.target.closest("tbody .tick input");
    if (tick) return this.extend(tick, event.shiftKey);
    if (event.target.closest("[data-bulk-clear]")) return this.clear();
    const all = event.target.closest("[data-bulk-all]");
    if (all) return this.takeAll(all.getAttribute("aria-pressed") !== "true");
    const dialog = event.target.closest("[data-bulk-dialog]");
    if (dialog) return openDialog(withIds(dialog.dataset.bulkDialog, this.ticks, this.everything));
    if (event.target.closest("tr[data-fields] td[data-name]")) holdCall(event);
    const pencilButton = event.target.closest(".pencil");
    if (pencilButton) this.editCell(pencilButton.closest("td[data-name]"), event);
  }

  extend(tick, withShift) {
    const ticks = this.ticks;
    if (withShift && this.lastTick) {
      const [from, to] = [ticks.indexOf(this.lastTick), ticks.indexOf(tick)].sort((a, b) => a - b);
      ticks.slice(from, to + 1).forEach((each) => (each.checked = tick.checked));
    }
    this.lastTick = tick;
    this.showBulk();
  }

  toggleCurrent() {
    const tick = this.current?.querySelector(".tick input");
    if (tick) tick.click();
  }

  clear() {
    this.ticks.forEach((tick) => (tick.checked = false));
    this.showBulk();
    this.find("[data-select-all]")?.focus();
  }

  /** The field that stands for every row of the list, also those on other pages. */
  get everything() {
    return this.find(".bulk input[name=all]");
  }

  takeAll(taken) {
    if (!this.everything) return;
    this.everything.disabled = !taken;
    const button = this.find("[data-bulk-all]");
    button.setAttribute("aria-pressed", taken);
    if (taken) this.fitBulk(Infinity);
    if (taken) this.find("[data-bulk-count]").textContent = t("selected", { n: button.textContent.match(/[\d,]+/)?.[0] ?? "" });
    else this.showBulk();
  }

  showBulk() {
    const bar = this.find(".bulk");
    if (!bar) return;
    const ticks = this.ticks;
    const count = ticks.filter((tick) => tick.checked).length;
    bar.hidden = count === 0;
    this.find("[data-bulk-count]").textContent = t("selected", { n: count });
    this.fitBulk(count);
    const all = this.find("[data-select-all]");
    all.checked = count > 0 && count === ticks.length;
    all.indeterminate = count > 0 && count < ticks.length;
    const offer = this.find("[data-bulk-all]");
    if (!offer) return;
    offer.hidden = !all.checked;
    if (!all.checked || this.everything.disabled) {
      this.everything.disabled = true;
      offer.setAttribute("aria-pressed", "false");
    }
  }

  /** Actions that take so many rows and no more are there while so many are chosen. */
  fitBulk(count) {
    for (const button of this.all("[data-most]")) button.hidden = count < Number(button.dataset.least) || count > Number(button.dataset.most);
  }

  // Cells

  editCell(cell, event) {
    const row = cell?.closest("tr[data-fields]");
    if (!row || cell.querySelector("form")) return;
    event.preventDefault();
    editInPlace(cell, row.dataset.fields + cell.dataset.name);
  }

  /** The table scrolls in its own box, which browsers forget on the way back. */
  rememberScroll() {
    const key = `scroll:${location.pathname}${location.search}`;
    const wrap = () => this.find(".table-wrap");
    if (performance.getEntriesByType("navigation")[0]?.type === "back_forward" && wrap()) wrap().scrollTop = Number(sessionStorage.getItem(key) ?? 0);
    this.on(window, "pagehide", () => wrap() && sessionStorage.setItem(`scroll:${location.pathname}${location.search}`, wrap().scrollTop));
  }
}

function pencil() {
  return el("button", { type: "button", className: "pencil", tabIndex: -1, "aria-label": t("edit") }, icon("pencil", "s"));
}

function withIds(url, ticks, everything) {
  const whole = new URL(url, location.href);
  if (everything && !everything.disabled) {
    whole.searchParams.set("all", everything.value);
    return whole.pathname + whole.search;
  }
  ticks.filter((tick) => tick.checked).forEach((tick) => whole.searchParams.append("ids", tick.value));
  return whole.pathname + whole.search;
}
