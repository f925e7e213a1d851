// Translated words for scripts, from the data block of the page.
let words;

export function t(key, values = {}) {
  words ??= JSON.parse(document.getElementById("i18n")?.textContent || "{}");
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Says it to screen readers. */
export function announce(text) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
}
