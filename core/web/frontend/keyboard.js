// Keys that work on every page. Never while something is typed or composed, nor behind an open dialog.
import { isTyping } from "./dom.js";
import { controllerOf } from "./registry.js";

export function listenForKeys() {
  document.addEventListener("keydown", pressed);
  if (/Mac|iPhone|iPad/.test(navigator.platform)) document.querySelectorAll("kbd").forEach((key) => (key.textContent = key.textContent.replace("Ctrl", "⌘")));
}

function pressed(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.isComposing) {
    event.preventDefault();
    return document.querySelector("[data-palette]")?.click();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const done = keys[key] ? keys[key](event) : /^[a-z]$/.test(key) ? press(key) : undefined;
  if (done !== undefined) event.preventDefault();
}

const list = () => {
  const element = document.querySelector("[data-controller~=list]");
  return element && controllerOf(element, "list");
};

const press = (key) => {
  const element = document.querySelector(`[data-shortcut="${key}"]`);
  element?.click();
  return element ?? undefined;
};

const keys = {
  "/": () => {
    const input = document.querySelector("[data-list-search] input[type=search]");
    input ? input.select() : document.querySelector("[data-palette]")?.click();
    input?.focus();
    return true;
  },
  "?": () => document.getElementById("help")?.showModal() ?? true,
  j: () => list()?.move(1) ?? (list() ? true : undefined),
  k: () => list()?.move(-1) ?? (list() ? true : undefined),
  x: () => list()?.toggleCurrent() ?? (list() ? true : undefined),
  c: () => press("c"),
  f: () => press("f"),
  e: () => {
    const url = list()?.current?.dataset.edit;
    if (url) return location.assign(url) ?? true;
    return press("e");
  },
  Enter: (event) => {
    if (event.target !== document.body) return undefined;
    const link = list()?.current?.querySelector("td.lead a");
    return link ? link.click() ?? true : undefined;
  },
};
