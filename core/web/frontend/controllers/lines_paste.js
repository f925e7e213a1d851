// What a spreadsheet puts on the clipboard: rows of cells between tabs, in quotes where they hold more than a line.
import { controllerOf } from "../registry.js";

const YES = /^(1|x|y|yes|true|v|✓|✔|是|有)$/i;

/** The cells of each row. */
export function rowsOf(text) {
  const rows = [[]];
  const cells = /("(?:[^"]|"")*"(?=\t|\r?\n|$)|[^\t\n]*)(\t|\r?\n|$)/y;
  const whole = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  while (cells.lastIndex <= whole.length) {
    const [, cell, end] = cells.exec(whole);
    rows.at(-1).push(cell.startsWith('"') && cell.endsWith('"') && cell.length > 1 ? cell.slice(1, -1).replaceAll('""', '"') : cell.trim());
    if (!end) break;
    if (end !== "\t") rows.push([]);
  }
  return rows.filter((row) => row.some(Boolean));
}

/** Puts a text into the control of a cell, as if it were typed. False where it means nothing there. */
export function put(cell, text) {
  const lookup = cell.querySelector("[data-controller~=lookup]");
  if (lookup) return seek(lookup, text);
  const control = cell.querySelector("select, textarea, input:not([type=hidden])");
  if (control.matches("select")) return choose(control, text);
  if (control.matches("[type=checkbox]")) control.checked = YES.test(text);
  else if (control.matches("[type=date]")) control.value = dayOf(text);
  else control.value = text;
  control.dispatchEvent(new Event("input", { bubbles: true }));
  return !control.matches("[type=date]") || control.value !== "";
}

/** The server finds what the text means. The look-up of a row that was just made takes up what it finds there. */
function seek(lookup, text) {
  const controller = controllerOf(lookup, "lookup");
  if (controller) return controller.ask(text) ?? true;
  const [hidden, shown] = lookup.querySelectorAll("input");
  [hidden.value, shown.value] = [`?${text}`, text];
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function choose(select, text) {
  const wanted = text.toLowerCase();
  const option = [...select.options].find((each) => [each.value, each.text.trim()].some((known) => known.toLowerCase() === wanted));
  if (!option) return false;
  select.value = option.value;
  select.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

function dayOf(text) {
  const [, year, month, day] = text.match(/^(\d{4})\D(\d{1,2})\D(\d{1,2})\D?$/) ?? [];
  return year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : "";
}
