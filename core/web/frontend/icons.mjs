// Makes the sprite icons.svg from @tabler/icons: the names below and those named in Python and templates.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

/** For scripts, for partners' addons and as a stock to choose from. */
const NAMES = [
  "address-book", "adjustments-horizontal", "alert-circle", "alert-triangle", "archive", "arrow-back-up", "arrow-down", "arrow-left",
  "arrow-right", "arrow-up", "arrows-exchange", "arrows-sort", "arrows-split", "at", "bell", "bolt", "book", "bookmark", "box", "briefcase", "building",
  "building-factory-2", "building-store", "calendar", "calendar-event", "camera", "cash", "category", "chart-bar", "chart-funnel", "chart-line",
  "chart-pie", "check", "checklist", "chevron-down", "chevron-left", "chevron-right", "chevron-up", "circle", "circle-check", "circle-plus",
  "circle-x", "clipboard-list", "clock", "cloud-download", "coin", "columns", "copy", "credit-card", "currency-dollar", "dashboard",
  "database", "device-desktop", "dots", "download", "edit", "eye", "eye-off", "file", "file-alert", "file-description", "file-export",
  "file-import", "file-invoice", "file-text", "files", "filter", "filter-off", "filter-plus", "flag", "folder", "forms", "gauge", "git-merge",
  "grip-vertical", "hash", "headset", "heart-handshake", "help", "history", "home", "hourglass", "id-badge-2", "inbox", "info-circle", "key",
  "keyboard", "language", "layout-dashboard", "layout-kanban", "layout-sidebar", "link", "list", "list-details", "lock", "lock-open", "logout", "mail",
  "map-pin", "map-search", "menu-2", "message", "message-plus", "microphone", "minus", "moon", "note", "notes", "package", "palette", "paperclip", "pencil",
  "percentage", "phone", "phone-call", "photo", "pin", "pinned", "player-pause", "player-play", "player-stop", "plug", "plus", "presentation", "printer", "puzzle", "receipt", "receipt-2",
  "recycle", "refresh", "replace", "report-money", "reload", "rotate", "scale", "search", "send", "settings", "share", "shield", "shield-lock",
  "shopping-cart", "signature", "sitemap", "sparkles", "speakerphone", "square-check", "star", "stethoscope", "sun", "sun-moon", "switch-horizontal",
  "table", "tag", "tags", "target", "test-pipe", "tool", "trash", "trending-up", "trophy", "truck", "upload", "user", "user-check", "user-circle", "user-edit",
  "user-minus", "user-plus", "user-question", "user-share", "users", "users-group", "video", "walk", "wallet", "webhook", "world", "writing", "x", "zoom-question",
];

/** Writes icons.svg, icons.json (the names in it) and icon.svg (the favicon). Called by build.mjs. */
export default async function writeIcons(folder) {
  const source = path.dirname(createRequire(import.meta.url).resolve("@tabler/icons/outline/check.svg"));
  const wanted = [...new Set([...NAMES, ...(await namedInSources())])].sort();
  const symbols = new Map();
  for (const name of wanted) {
    const svg = await readFile(path.join(source, `${name}.svg`), "utf8").catch(() => null);
    if (svg) symbols.set(name, symbol(name, svg));
  }
  await writeFile(path.join(folder, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${[...symbols.values()].join("")}</svg>\n`);
  await writeFile(path.join(folder, "icons.json"), JSON.stringify([...symbols.keys()]) + "\n");
  await writeFile(path.join(folder, "icon.svg"), favicon());
}

function symbol(name, svg) {
  const inner = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  const shapes = inner.replace(/<path stroke="none"[^>]*\/>/g, "").replace(/\s+/g, " ").replace(/> </g, "><").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
}

/** `icon="phone"` in a declaration of an addon, `icon("phone")` in a template. */
async function namedInSources() {
  const names = [];
  for (const top of ["core", "addons"]) {
    for (const entry of await readdir(path.join(ROOT, top), { recursive: true, withFileTypes: true }).catch(() => [])) {
      if (!entry.isFile() || !/\.(py|html)$/.test(entry.name)) continue;
      const text = await readFile(path.join(entry.parentPath ?? entry.path, entry.name), "utf8");
      for (const match of text.matchAll(/\bicon(?:=|\()\s*["']([a-z0-9-]+)["']/g)) names.push(match[1]);
    }
  }
  return names;
}

function favicon() {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2f5fd0"/><path d="M21.5 13.2a5.5 5.5 0 1 0-11 0 5.5 5.5 0 0 0 11 0Zm0 0c0 5.4-2.6 9.4-7.6 11.3" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>\n`;
}
