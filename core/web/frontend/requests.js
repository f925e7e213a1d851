// What htmx fetches: errors become a message instead of landing in the page, and a lost session goes to sign-in.
import { explain } from "./http.js";
import { showToast } from "./controllers/toasts.js";

export function listenForHtmx() {
  document.addEventListener("htmx:before:request", ({ detail }) => detail.ctx.target?.setAttribute?.("aria-busy", "true"));
  document.addEventListener("htmx:finally:request", ({ detail }) => detail.ctx.target?.removeAttribute?.("aria-busy"));
  document.addEventListener("htmx:before:response", answered);
  document.addEventListener("htmx:error", ({ detail }) => detail.ctx && explain(0));
  document.addEventListener("toast", ({ detail }) => showToast(detail));
}

function answered(event) {
  const { raw, status } = event.detail.ctx.response;
  if (status === 401 || new URL(raw.url).pathname.startsWith("/signin")) {
    event.preventDefault();
    location.reload();
  } else if (status >= 400 && ![409, 422].includes(status)) {
    event.preventDefault();
    raw.text().then((html) => explain(status, html));
  }
}
