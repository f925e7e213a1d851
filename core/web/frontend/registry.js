// Connects classes to elements by `data-controller`, also to those that arrive later.
const kinds = new Map();
const connected = new WeakMap();
let started = false;

/** The base of all controllers: `connect()` when the element is there; what `on()` listens to ends with the element. */
export class Controller {
  constructor(element) {
    this.element = element;
    this.ending = new AbortController();
  }

  on(target, type, handle, options = {}) {
    target?.addEventListener(type, handle, { ...options, signal: this.ending.signal });
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  all(selector) {
    return [...this.element.querySelectorAll(selector)];
  }

  connect() {}

  disconnect() {}
}

/** Addons call this too: `ninekcrm.register("rating", class extends ninekcrm.Controller {…})`. */
export function register(name, kind) {
  kinds.set(name, kind);
  if (started) attach(document.body);
}

export function start() {
  started = true;
  // Before anything is attached: what a controller adds to the page is attached as well.
  new MutationObserver((changes) => {
    for (const change of changes) {
      change.removedNodes.forEach((node) => node.nodeType === 1 && !node.isConnected && detach(node));
      change.addedNodes.forEach((node) => node.nodeType === 1 && node.isConnected && attach(node));
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
  attach(document.body);
}

/** The controller of that name on an element, for the few that talk to each other. */
export function controllerOf(element, name) {
  return connected.get(element)?.get(name);
}

function attach(root) {
  eachControlled(root, (element) => {
    const own = connected.get(element) ?? new Map();
    connected.set(element, own);
    for (const name of element.dataset.controller.split(/\s+/)) {
      const Kind = kinds.get(name);
      if (!Kind || own.has(name)) continue;
      const controller = new Kind(element);
      own.set(name, controller);
      controller.connect();
    }
  });
}

function detach(root) {
  eachControlled(root, (element) => {
    for (const controller of connected.get(element)?.values() ?? []) {
      controller.ending.abort();
      controller.disconnect();
    }
    connected.delete(element);
  });
}

function eachControlled(root, act) {
  if (root.matches?.("[data-controller]")) act(root);
  root.querySelectorAll?.("[data-controller]").forEach(act);
}
