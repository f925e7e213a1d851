// A link to a record: an ARIA combobox over `<input type=hidden>` (the id) and `<input role=combobox>` (what is typed).
import { Controller } from "../registry.js";
import { debounce, el, icon } from "../dom.js";
import { getJson } from "../http.js";
import { announce, t } from "../words.js";

let count = 0;

export class Lookup extends Controller {
  connect() {
    this.hidden = this.find("input[type=hidden]");
    this.input = this.find("[role=combobox]");
    this.element.classList.add("lookup");
    this.shown = this.input.value;
    this.list = el("div", { className: "lookup-list", role: "listbox", id: `lookup-${++count}`, hidden: true });
    this.list.setAttribute("aria-label", this.input.getAttribute("aria-label") ?? this.input.labels?.[0]?.textContent.trim() ?? t("results"));
    this.element.append(this.list, this.clearButton());
    for (const [name, value] of Object.entries({ "aria-controls": this.list.id, "aria-expanded": "false", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false" })) this.input.setAttribute(name, value);
    this.search = debounce(() => this.load(), 150);
    this.on(this.input, "input", (event) => event.isComposing || this.search());
    this.on(this.input, "compositionend", this.search);
    this.on(this.input, "keydown", (event) => this.key(event));
    this.on(this.input, "click", () => this.list.hidden && this.load());
    this.on(this.element, "focusout", (event) => this.element.contains(event.relatedTarget) || this.leave());
    this.on(this.list, "pointerdown", (event) => event.preventDefault());
    this.on(this.list, "click", (event) => this.take(event.target.closest("[role=option]")));
  }

  clearButton() {
    this.clear = el("button", { type: "button", className: "lookup-clear", tabIndex: -1, "aria-label": t("clear"), hidden: !this.hidden.value || this.input.disabled }, icon("x", "s"));
    this.on(this.clear, "click", () => {
      this.set("", "");
      this.input.focus();
    });
    return this.clear;
  }

  async load() {
    this.loading?.abort();
    this.loading = new AbortController();
    const { signal } = this.loading;
    // A text that means several records, or none, is looked for again.
    const typed = this.input.value === this.shown && !this.hidden.value.startsWith("?") ? "" : this.input.value.trim();
    const url = new URL(this.element.dataset.lookupUrl, location.href);
    url.searchParams.set("q", typed);
    const options = await getJson(url, signal);
    if (signal.aborted || !this.element.contains(document.activeElement)) return;
    this.answered = typed;
    this.draw(options ?? []);
  }

  draw(options) {
    this.options = options;
    const nodes = options.map((option, index) =>
      el("div", { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false", className: "lookup-option" },
        el("span", {}, option.label), option.hint ? el("span", { className: "muted" }, option.hint) : null));
    this.list.replaceChildren(...(nodes.length ? nodes : [el("div", { className: "lookup-none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, t("nothing"))]));
    this.open(true);
    this.choose(nodes.length ? 0 : -1);
    announce(nodes.length ? t("results", { n: nodes.length }) : t("nothing"));
  }

  open(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.input.removeAttribute("aria-activedescendant");
    this.element.classList.toggle("is-above", open && this.input.getBoundingClientRect().bottom + 260 > innerHeight && this.input.getBoundingClientRect().top > 260);
  }

  choose(index) {
    const nodes = [...this.list.querySelectorAll(".lookup-option")];
    this.chosen = nodes.length ? (index + nodes.length) % nodes.length : -1;
    nodes.forEach((node, at) => node.setAttribute("aria-selected", String(at === this.chosen)));
    const node = nodes[this.chosen];
    node?.scrollIntoView({ block: "nearest" });
    if (node) this.input.setAttribute("aria-activedescendant", node.id);
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const open = !this.list.hidden;
    this.walked = open && event.key.startsWith("Arrow");
    if (event.key === "ArrowDown") open ? this.choose(this.chosen + 1) : this.load();
    else if (event.key === "ArrowUp" && open) this.choose(this.chosen - 1);
    else if (event.key === "Enter" && open) this.take(this.list.querySelectorAll(".lookup-option")[this.chosen]);
    else if (event.key === "Escape" && open) this.revert();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(node) {
    const option = this.options?.[[...this.list.querySelectorAll(".lookup-option")].indexOf(node)];
    if (option) this.set(option.id, option.label);
  }

  set(id, label) {
    this.hidden.value = id;
    this.input.value = this.shown = label;
    this.clear.hidden = !id;
    this.open(false);
    this.hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Shows a record that was chosen elsewhere, without a word to those who listen. */
  show(id, label) {
    this.hidden.value = id;
    this.input.value = this.shown = label;
    this.clear.hidden = !id;
  }

  /** Leaves it to the server to find what a text means. */
  ask(text) {
    this.set(text ? `?${text}` : "", text);
  }

  /**
   * Decides on what was typed, whether or not the list is there yet: what is chosen in it, else what the server finds.
   * Where nothing was typed, what stands out in the list is meant only by somebody who walked there, or `isMeant`.
   */
  settle(isMeant = false) {
    const typed = this.input.value.trim();
    const isTyped = this.input.value !== this.shown;
    const node = this.list.hidden || (isTyped && this.answered !== typed) ? null : this.list.querySelectorAll(".lookup-option")[this.chosen];
    this.loading?.abort();
    this.walked = this.walked && !this.list.hidden;
    if (node && (isTyped || this.walked || isMeant)) this.take(node);
    else if (isTyped) this.ask(typed);
    this.open(false);
  }

  /** Leaving with the text deleted clears; with text that is no choice, the last choice comes back. */
  leave() {
    this.loading?.abort();
    if (!this.input.value.trim() && this.hidden.value) this.set("", "");
    else this.revert();
  }

  revert() {
    this.input.value = this.shown;
    this.open(false);
  }
}
