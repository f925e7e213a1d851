// Requests of our own modules: same origin, CSRF token, marked as partial for the server.
import { t } from "./words.js";
import { showToast } from "./controllers/toasts.js";

const token = () => document.querySelector("meta[name=csrf-token]")?.content ?? "";

/** Answers the Response with its whole body, or null after telling the user what went wrong. */
export async function send(url, { method = "GET", body, signal, accept = "text/html", quiet = false } = {}) {
  try {
    const response = await fetch(url, { method, body, signal, headers: { "X-CSRFToken": token(), "HX-Request": "true", Accept: accept } });
    if (response.status === 401) location.reload();
    if (response.ok || [409, 422].includes(response.status)) return await complete(response);
    if (!quiet) explain(response.status, await response.text());
  } catch (error) {
    if (error.name !== "AbortError" && !quiet) explain(0);
  }
  return null;
}

/** The response once its body has come: whoever reads it then is not cut off by a lost connection or a page that is left. */
async function complete(response) {
  const body = await response.text();
  return Object.assign(response, { text: async () => body, json: async () => JSON.parse(body) });
}

export async function getJson(url, signal) {
  const response = await send(url, { signal, accept: "application/json", quiet: true });
  return response ? response.json() : null;
}

/** Follows what the server decided: a redirect header, or a page it sent us to. True if we are leaving. */
export function followed(response) {
  const url = response.headers.get("HX-Redirect") ?? response.headers.get("HX-Location") ?? (response.redirected ? response.url : "");
  if (url) location.assign(url);
  else if (response.headers.get("HX-Refresh") === "true" || response.status === 204) location.reload();
  else return false;
  return true;
}

/** Says what went wrong, in the words of the error page that came, if one came. */
export function explain(status, html = "") {
  const page = html ? new DOMParser().parseFromString(html, "text/html").querySelector("[data-error]") : null;
  const key = { 0: "offline", 403: "forbidden", 404: "gone", 429: "busy" }[status] ?? "failed";
  showToast({ text: page?.dataset.error || t(key), tone: "negative" });
}
