// Messages in the corner: they leave after 5 seconds, or 10 with undo, and stay while pointed at or focused.
import { Controller } from "../registry.js";
import { el, icon } from "../dom.js";
import { t } from "../words.js";

export class Toasts extends Controller {
  connect() {
    this.all(".toast").forEach((toast) => this.expire(toast));
    this.on(this.element, "click", (event) => event.target.closest("[data-toast-close]") && event.target.closest(".toast").remove());
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => node.matches?.(".toast") && this.expire(node)))).observe(this.element, { childList: true });
  }

  expire(toast) {
    let timer;
    const wait = () => (timer = setTimeout(() => toast.remove(), toast.querySelector(".toast-undo") ? 10_000 : 5_000));
    const stay = () => clearTimeout(timer);
    wait();
    for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, stay);
    for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, wait);
  }
}

const icons = { positive: "circle-check", warning: "alert-triangle", negative: "alert-circle" };

export function showToast({ text, tone = "positive", undo_url: undoUrl = "" }) {
  const close = el("button", { type: "button", className: "toast-close", "data-toast-close": "", "aria-label": t("close") }, icon("x", "s"));
  const toast = el("div", { className: `toast toast-${tone}`, role: tone === "negative" ? "alert" : "status" }, icon(icons[tone] ?? "info-circle"), el("p", {}, text));
  if (undoUrl) {
    const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
    toast.append(el("form", { method: "post", action: undoUrl, className: "contents" }, el("input", { type: "hidden", name: "csrf_token", value: token }), el("button", { className: "toast-undo" }, t("undo"))));
  }
  toast.append(close);
  document.getElementById("toasts")?.append(toast);
}
