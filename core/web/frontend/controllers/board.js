// A board: cards are dragged with the mouse or a finger, or moved by their menu; the server has the last word.
import htmx from "htmx.org";
import { Controller } from "../registry.js";
import { el, isPhone } from "../dom.js";
import { ask, openDialog } from "../dialogs.js";
import { send } from "../http.js";
import { showToast } from "./toasts.js";
import { announce } from "../words.js";

export class Board extends Controller {
  async connect() {
    this.menu = this.find("#board-menu");
    this.on(this.element, "click", (event) => this.clicked(event));
    this.on(this.menu, "keydown", (event) => this.walk(event));
    this.on(this.menu, "toggle", (event) => this.opener?.setAttribute("aria-expanded", event.newState === "open"));
    const { default: Sortable } = await import("sortablejs");
    if (this.ending.signal.aborted) return;
    this.sortables = this.all("[data-board-cards]").map((list) => Sortable.create(list, this.options()));
  }

  disconnect() {
    this.sortables?.forEach((sortable) => sortable.destroy());
  }

  options() {
    return {
      group: { name: "board", put: (to, from) => targetsOf(from.el).includes(codeOf(to.el)) },
      draggable: "[data-movable]",
      filter: "button",
      preventOnFilter: false,
      sort: false,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      // A finger that scrolls is no finger that drags.
      delay: 200,
      delayOnTouchOnly: true,
      ghostClass: "board-ghost",
      onStart: ({ from }) => this.mark(targetsOf(from)),
      onEnd: (event) => this.dropped(event),
    };
  }

  /** Shows where the card may go. */
  mark(targets) {
    for (const column of this.all(".board-column")) {
      column.classList.toggle("is-target", Boolean(targets?.includes(column.dataset.code)));
    }
  }

  dropped({ item, from, to, oldIndex }) {
    this.mark(null);
    if (from === to) return;
    this.move(item, codeOf(from), codeOf(to), () => from.insertBefore(item, from.children[oldIndex] ?? null));
  }

  // By keyboard and by touch

  clicked(event) {
    const opener = event.target.closest("[data-move]");
    if (opener) return this.offer(opener);
    const to = event.target.closest("[data-to]")?.dataset.to;
    if (!to) return;
    this.menu.hidePopover();
    const card = this.opener.closest(".board-card");
    this.move(card, codeOf(card), to, () => this.opener.focus());
  }

  offer(opener) {
    this.opener = opener;
    const targets = targetsOf(opener);
    const columns = this.all(".board-column").filter((column) => targets.includes(column.dataset.code));
    this.menu.replaceChildren(...columns.map((column) => el("button", { type: "button", className: "menu-item", role: "menuitem", "data-to": column.dataset.code }, el("span", {}, column.dataset.label))));
    this.menu.showPopover();
    this.place(opener.getBoundingClientRect());
    this.menu.querySelector(".menu-item")?.focus({ preventScroll: true });
  }

  place(button) {
    if (isPhone()) return this.menu.removeAttribute("style");
    const { offsetWidth: width, offsetHeight: height } = this.menu;
    const isBelow = button.bottom + 4 + height < innerHeight;
    this.menu.style.left = `${Math.max(8, Math.min(button.left, innerWidth - width - 8))}px`;
    this.menu.style.top = `${isBelow ? button.bottom + 4 : button.top - height - 4}px`;
  }

  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...this.menu.querySelectorAll(".menu-item")];
    items[(items.indexOf(event.target) + step + items.length) % items.length]?.focus();
  }

  // Asking the server

  async move(card, was, to, undo, confirmed = "") {
    const body = new FormData();
    const back = location.pathname + location.search;
    for (const [name, value] of Object.entries({ id: card.dataset.id, was, to, confirmed, back })) body.append(name, value);
    card.ariaBusy = "true";
    const response = await send(this.element.dataset.moveUrl, { method: "POST", body, accept: "application/json" });
    card.ariaBusy = null;
    if (!response) return undo();
    const said = await response.json();
    if (!response.ok) return this.refused(said.text, undo);
    if (said.confirm) return (await ask(said.confirm)) ? this.move(card, was, to, undo, "1") : undo();
    if (said.asks) return this.asked(said.asks, undo);
    announce(said.text);
    this.refresh(card.id);
  }

  refused(text, undo) {
    undo();
    showToast({ text, tone: "negative" });
  }

  /** Closed without an answer, the dialog leaves the card where it was. */
  async asked(url, undo) {
    await openDialog(url);
    const dialog = document.getElementById("dialog");
    if (!dialog.open) return undo();
    dialog.addEventListener("close", undo, { once: true });
  }

  async refresh(id) {
    const target = `#${this.element.id}`;
    // htmx carries attributes over to what has the same id, and a style attribute is refused by our policy.
    this.all("[style]").forEach((element) => element.removeAttribute("style"));
    await htmx.ajax("GET", location.pathname + location.search, { source: this.element, target, select: target, swap: "outerHTML show:none" });
    const card = document.getElementById(id);
    (card?.querySelector("[data-move]") ?? card?.querySelector("a"))?.focus({ preventScroll: true });
  }
}

const columnOf = (element) => element.closest(".board-column");
const codeOf = (element) => columnOf(element).dataset.code;
const targetsOf = (element) => columnOf(element).dataset.targets.split("|").filter(Boolean);
