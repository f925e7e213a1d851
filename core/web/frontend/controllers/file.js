// A file input that shows what was chosen, takes what is dropped on it, and says at once what is too large.
import { Controller } from "../registry.js";
import { el, icon } from "../dom.js";
import { announce, t } from "../words.js";

export class FileInput extends Controller {
  connect() {
    this.input = this.find("input[type=file]");
    this.drop = this.find(".file-choose") ?? this.element;
    this.preview = this.element.appendChild(el("div", { className: "file-preview" }));
    this.on(this.input, "change", () => this.chosen());
    for (const type of ["dragenter", "dragover"]) this.on(this.drop, type, (event) => this.over(event));
    for (const type of ["dragleave", "drop"]) this.on(this.drop, type, () => this.drop.classList.remove("is-over"));
    this.on(this.drop, "drop", (event) => this.dropped(event));
    this.offerCamera();
    this.on(this.find("[data-file-held] input[type=checkbox]"), "change", () => this.mark());
  }

  disconnect() {
    this.forget();
  }

  /** A phone opens its camera at once; the input itself leaves the choice between camera and album. */
  offerCamera() {
    if (!this.input.accept.startsWith("image/") || !matchMedia("(pointer: coarse)").matches) return;
    const take = () => {
      this.input.capture = "environment";
      this.input.click();
      this.input.removeAttribute("capture");
    };
    this.drop.prepend(el("button", { type: "button", className: "btn btn-neutral", onclick: take }, icon("camera"), el("span", {}, t("takePhoto"))));
  }

  over(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.drop.classList.add("is-over");
  }

  dropped(event) {
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    event.preventDefault();
    const taken = new DataTransfer();
    for (const file of this.input.multiple ? files : [files[0]]) taken.items.add(file);
    this.input.files = taken.files;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  chosen() {
    this.forget();
    const limit = Number(this.element.dataset.limit) || Infinity;
    const isTooLarge = [...this.input.files].some((file) => file.size > limit);
    this.say(isTooLarge ? this.element.dataset.tooLarge : "");
    if (isTooLarge) this.input.value = "";
    this.preview.replaceChildren(...[...this.input.files].flatMap((file) => this.shown(file)));
    this.mark();
  }

  shown(file) {
    const name = el("span", {}, file.name);
    const other = el("button", { type: "button", className: "btn btn-ghost", onclick: () => this.unchoose() }, t("clear"));
    if (!file.type.startsWith("image/")) return [name, other];
    this.address = URL.createObjectURL(file);
    return [el("img", { src: this.address, alt: "" }), name, other];
  }

  unchoose() {
    this.input.value = "";
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.input.focus();
  }

  /** What is there already fades once something else takes its place. */
  mark() {
    const held = this.find("[data-file-held]");
    held?.classList.toggle("is-replaced", this.input.files.length > 0 || held.querySelector("input").checked);
  }

  say(message) {
    const place = document.getElementById(`${this.input.id}-error`);
    if (!place) return;
    place.replaceChildren(...(message ? [el("span", {}, message)] : []));
    this.input.removeAttribute("aria-invalid");
    if (!message) return;
    const told = new Set((this.input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)).add(place.id);
    this.input.setAttribute("aria-describedby", [...told].join(" "));
    this.input.setAttribute("aria-invalid", "true");
    announce(message);
  }

  forget() {
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = null;
  }
}
