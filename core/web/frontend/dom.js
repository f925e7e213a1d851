// Small things many modules need.

/** An element with properties and children; text goes in as text, so nothing can be injected. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(name, size = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", size ? `icon icon-${size}` : "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${spriteUrl()}#${name || "circle"}`);
  svg.append(use);
  return svg;
}

function spriteUrl() {
  return document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0] ?? "";
}

/** HTML that the server sent, as nodes. */
export function fragment(html) {
  return document.createRange().createContextualFragment(html);
}

/** True where keys belong to what is being typed. */
export function isTyping(event) {
  if (event.isComposing || event.keyCode === 229) return true;
  return Boolean(event.target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]"));
}

export const isPhone = () => matchMedia("(max-width: 700px)").matches;

export function debounce(act, wait) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), wait);
  };
}
