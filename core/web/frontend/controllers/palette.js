// Ctrl/⌘ K: records, pages and commands, plus the actions of the page one is on.
import { Controller } from "../registry.js";
import { debounce, el, icon } from "../dom.js";
import { getJson } from "../http.js";
import { t } from "../words.js";

export class Palette extends Controller {
  connect() {
    this.input = this.find("input");
    this.results = this.find("[role=listbox]");
    this.search = debounce(() => this.load(), 120);
    this.on(this.input, "input", (event) => event.isComposing || this.search());
    this.on(this.input, "compositionend", this.search);
    this.on(this.input, "keydown", (event) => this.key(event));
    this.on(this.results, "click", (event) => this.open(event.target.closest("[role=option]")));
    this.on(this.element, "close", () => this.input.setAttribute("aria-expanded", "false"));
    this.on(document, "click", (event) => event.target.closest("[data-palette]") && this.show());
  }

  show() {
    if (this.element.open) return;
    this.input.value = "";
    this.element.showModal();
    this.input.focus();
    this.load();
  }

  async load() {
    this.loading?.abort();
    this.loading = new AbortController();
    const { signal } = this.loading;
    const query = this.input.value.trim();
    const answer = await getJson(`${this.element.dataset.paletteUrl}?q=${encodeURIComponent(query)}`, signal);
    if (signal.aborted) return;
    this.draw([...this.actionsHere(query), ...(answer?.groups ?? [])]);
  }

  actionsHere(query) {
    const buttons = [...document.querySelectorAll(".page-actions .btn:not(.btn-icon), .page-actions .menu-item")];
    const items = buttons
      .map((button) => ({ label: button.querySelector("span")?.textContent ?? button.textContent, icon: "bolt", button }))
      .filter((item) => item.label.toLowerCase().includes(query.toLowerCase()));
    return items.length ? [{ label: t("actions"), items }] : [];
  }

  draw(groups) {
    this.items = groups.flatMap((group) => group.items);
    let index = 0;
    const nodes = groups.filter((group) => group.items.length).map((group) => {
      const options = group.items.map((item) => this.option(item, index++));
      return el("div", { role: "group", "aria-label": group.label }, el("p", { className: "palette-group", role: "presentation" }, group.label), ...options);
    });
    if (!nodes.length) nodes.push(el("div", { className: "palette-none", role: "option", "aria-disabled": "true" }, t("nothing")));
    this.results.replaceChildren(...nodes);
    this.input.setAttribute("aria-expanded", String(this.items.length > 0));
    this.choose(0);
  }

  option(item, index) {
    const hint = item.masked ? t("masked") : item.hint;
    return el("div", { role: "option", id: `palette-${index}`, "aria-selected": "false", "aria-disabled": item.masked ? "true" : null, className: "palette-item" },
      icon(item.masked ? "lock" : item.icon), el("span", { className: "palette-label" }, item.label), hint ? el("span", { className: "muted" }, hint) : null);
  }

  choose(index) {
    const options = this.all(".palette-item");
    this.chosen = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.chosen)));
    const option = options[this.chosen];
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const act = { ArrowDown: () => this.choose(this.chosen + 1), ArrowUp: () => this.choose(this.chosen - 1), Enter: () => this.open(this.all(".palette-item")[this.chosen]) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  open(option) {
    const item = this.items?.[this.all(".palette-item").indexOf(option)];
    if (!item || item.masked) return;
    this.element.close();
    if (item.button) item.button.click();
    else location.assign(item.url);
  }
}
