// Light or dark at once, then remembered by the server. "auto" follows the system.
import { Controller } from "../registry.js";
import { send } from "../http.js";
import { t } from "../words.js";

const system = matchMedia("(prefers-color-scheme: dark)");

export class Theme extends Controller {
  connect() {
    this.show();
    this.on(system, "change", () => this.show());
    this.on(this.element, "click", () => this.choose(this.isDark() ? "light" : "dark"));
  }

  isDark() {
    const { theme } = document.documentElement.dataset;
    return theme === "dark" || (theme === "auto" && system.matches);
  }

  choose(theme) {
    document.documentElement.dataset.theme = theme;
    this.show();
    const body = new FormData();
    body.set("theme", theme);
    send("/preferences/theme", { method: "POST", body, quiet: true });
  }

  show() {
    document.documentElement.dataset.bsTheme = this.isDark() ? "dark" : "light";
    this.element.setAttribute("aria-label", t(this.isDark() ? "light" : "dark"));
  }
}
