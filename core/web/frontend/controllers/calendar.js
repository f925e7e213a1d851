// A calendar: entries are dragged to another day or moved by a dialog; a click on the free part of a day makes a new one.
import htmx from "htmx.org";
import { Controller } from "../registry.js";
import { openDialog } from "../dialogs.js";
import { isPhone } from "../dom.js";
import { send } from "../http.js";
import { showToast } from "./toasts.js";
import { announce } from "../words.js";

export class Calendar extends Controller {
  async connect() {
    this.on(this.element, "click", (event) => this.clicked(event));
    if (!this.element.dataset.moveUrl || isPhone()) return;
    const { default: Sortable } = await import("sortablejs");
    if (this.ending.signal.aborted) return;
    this.sortables = this.all("[data-cal-entries]").map((list) => Sortable.create(list, this.options()));
  }

  disconnect() {
    this.sortables?.forEach((sortable) => sortable.destroy());
  }

  options() {
    return {
      group: "calendar",
      draggable: "[data-movable]",
      filter: "button",
      preventOnFilter: false,
      sort: false,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      delay: 200,
      delayOnTouchOnly: true,
      ghostClass: "board-ghost",
      onEnd: (event) => this.dropped(event),
    };
  }

  clicked(event) {
    const mover = event.target.closest("[data-cal-move]");
    if (mover) return this.ask(mover.closest(".cal-entry"));
    const day = event.target.closest(".cal-day");
    if (!day?.dataset.new || isPhone() || event.target.closest("a, button, .cal-entry")) return;
    location.assign(day.dataset.new);
  }

  ask(entry) {
    const query = new URLSearchParams({ id: entry.dataset.id, by: this.element.dataset.by, back: location.pathname + location.search });
    openDialog(`${this.element.dataset.moveUrl}?${query}`);
  }

  async dropped({ item, from, to, oldIndex }) {
    if (from === to) return;
    const undo = () => from.insertBefore(item, from.children[oldIndex] ?? null);
    const body = new FormData();
    for (const [name, value] of Object.entries({ id: item.dataset.id, by: this.element.dataset.by, day: to.closest(".cal-day").dataset.day })) body.append(name, value);
    item.ariaBusy = "true";
    const response = await send(this.element.dataset.moveUrl, { method: "POST", body, accept: "application/json" });
    item.ariaBusy = null;
    if (!response) return undo();
    const { text } = await response.json();
    if (!response.ok) {
      undo();
      return showToast({ text, tone: "negative" });
    }
    announce(text);
    this.refresh(item.id);
  }

  async refresh(id) {
    const target = `#${this.element.id}`;
    // htmx carries attributes over to what has the same id, and a style attribute is refused by our policy.
    this.all("[style]").forEach((element) => element.removeAttribute("style"));
    await htmx.ajax("GET", location.pathname + location.search, { source: this.element, target, select: target, swap: "outerHTML show:none" });
    document.getElementById(id)?.querySelector("a")?.focus({ preventScroll: true });
  }
}
