// Dialogs: fetched forms, confirmations, sheets. All are <dialog>, so Esc, focus and the backdrop are the browser's.
import { fragment } from "./dom.js";
import { followed, send } from "./http.js";
import { showToast } from "./controllers/toasts.js";
import { t } from "./words.js";

export function listenForDialogs() {
  document.addEventListener("click", clicked);
  document.addEventListener("submit", submitted, true);
  document.getElementById("dialog")?.addEventListener("cancel", cancelled);
}

function clicked(event) {
  const target = event.target;
  const blocked = target.closest("[data-why]");
  // A tooltip is nothing for fingers.
  if (blocked) return showToast({ text: blocked.dataset.why, tone: "warning" });
  const opener = target.closest("[data-dialog-url]");
  if (opener && !event.ctrlKey && !event.metaKey) {
    // A link leads to the same for browsers without scripts.
    event.preventDefault();
    return openDialog(opener.dataset.dialogUrl);
  }
  const sheet = target.closest("[data-open]");
  if (sheet) return document.getElementById(sheet.dataset.open).showModal();
  if (target.closest("[data-help]")) return document.getElementById("help").showModal();
  if (target.closest("[data-close]") || target.matches("dialog[open]")) return closeDialog(target.closest("dialog"));
  if (target.closest("[data-back]")) return history.back();
  const link = target.closest("a[data-confirm]");
  if (link) confirmLink(event, link);
}

function cancelled(event) {
  event.preventDefault();
  closeDialog(event.currentTarget);
}

async function confirmLink(event, link) {
  event.preventDefault();
  if (await askFor(link)) location.assign(link.href);
}

async function submitted(event) {
  const form = event.target;
  if (form.matches("[data-dialog-form]")) return sendDialog(event, form);
  const source = event.submitter?.matches("[data-confirm]") ? event.submitter : form.matches("[data-confirm]") ? form : null;
  if (!source || "confirmed" in form.dataset) return delete form.dataset.confirmed;
  event.preventDefault();
  event.stopPropagation();
  if (!(await askFor(source))) return;
  form.dataset.confirmed = "";
  form.requestSubmit(event.submitter);
}

const askFor = (source) => ask(source.dataset.confirm, { yes: source.dataset.confirmLabel, tone: source.dataset.confirmTone });

/** Asks in our own dialog; answers true or false. */
export function ask(text, { yes = t("ok"), no = t("cancel"), tone = "accent" } = {}) {
  const dialog = document.getElementById("confirm");
  const button = dialog.querySelector("[data-confirm-yes]");
  dialog.querySelector("#confirm-text").textContent = text;
  button.textContent = yes;
  button.className = `btn btn-${tone === "negative" ? "negative btn-solid" : "accent"}`;
  dialog.querySelector("[data-confirm-no]").textContent = no;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

export async function openDialog(url) {
  const response = await send(url);
  if (!response || followed(response)) return;
  const dialog = document.getElementById("dialog");
  fill(dialog, await response.text());
  dialog.showModal();
  dialog.querySelector(".dialog-body :is(input:not([type=hidden]), select, textarea)")?.focus();
}

function fill(dialog, html) {
  dialog.querySelector("[data-dialog-content]").replaceChildren(fragment(html));
}

async function closeDialog(dialog) {
  const form = dialog?.querySelector("[data-dialog-form]");
  const typed = form && [...form.elements].some((each) => each.type !== "hidden" && "defaultValue" in each && each.value !== each.defaultValue);
  if (typed && !(await ask(t("unsaved"), { yes: t("leave"), no: t("stay") }))) return;
  dialog?.close();
}

async function sendDialog(event, form) {
  event.preventDefault();
  event.stopPropagation();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const response = await send(form.action, { method: "POST", body: new FormData(form, event.submitter) });
  form.ariaBusy = null;
  if (!response || followed(response)) return;
  // A dialog of several steps goes on in its place.
  if (response.ok && response.headers.get("X-Dialog") !== "again") return location.reload();
  fill(form.closest("dialog"), await response.text());
}
