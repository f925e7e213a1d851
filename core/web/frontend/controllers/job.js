// Follows a job until it is over: quickly at first, then every few seconds, and not at all while nobody looks.
import { Controller } from "../registry.js";
import { fragment } from "../dom.js";
import { send } from "../http.js";
import { announce } from "../words.js";

const FIRST = 700;
const LONGEST = 4000;
const SAY_EVERY = 10_000;

export class Job extends Controller {
  connect() {
    this.pause = FIRST;
    this.saidAt = Date.now();
    this.on(document, "visibilitychange", () => (document.hidden ? this.rest() : this.look()));
    if (!this.isOver) this.wait();
  }

  disconnect() {
    this.rest();
  }

  get live() {
    return this.find("[data-job-live]");
  }

  get isOver() {
    return "jobOver" in this.live.dataset;
  }

  wait() {
    this.rest();
    if (!document.hidden) this.timer = setTimeout(() => this.look(), this.pause);
    this.pause = Math.min(this.pause * 1.3, LONGEST);
  }

  rest() {
    clearTimeout(this.timer);
  }

  async look() {
    this.rest();
    if (this.isOver) return;
    const response = await send(this.element.dataset.jobUrl, { signal: this.ending.signal, quiet: true });
    if (response?.ok) this.show(await response.text());
    if (this.isOver) this.end();
    else this.wait();
  }

  show(html) {
    const fresh = fragment(html).querySelector("[data-job-live]");
    if (!fresh || fresh.outerHTML === this.live.outerHTML) return;
    const label = document.activeElement?.closest?.("[data-job-live]") && document.activeElement.textContent;
    this.live.replaceWith(fresh);
    if (label) ([...fresh.querySelectorAll("a, button")].find((each) => each.textContent === label) ?? fresh.querySelector("a, button"))?.focus();
    if (!this.isOver && Date.now() - this.saidAt > SAY_EVERY) this.say();
  }

  say() {
    this.saidAt = Date.now();
    announce(this.live.dataset.jobSaid);
  }

  /** Who has seen the end here need not be told of it once more. */
  async end() {
    this.say();
    const body = new FormData();
    body.set("url", this.element.dataset.jobUrl);
    await send("/notifications/read", { method: "POST", body, quiet: true });
    document.dispatchEvent(new CustomEvent("bell:count"));
    // A page that is about more than the job is drawn anew with what came of it.
    const { jobThen } = this.element.dataset;
    if (jobThen && this.element.isConnected) location.replace(jobThen);
  }
}
