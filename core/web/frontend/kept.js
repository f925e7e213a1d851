// What was typed into a form and not saved yet, kept in the browser: for when there is no connection, or the page dies.
const PREFIX = "kept:";
const LONGEST = 7 * 24 * 3600 * 1000;

export class Kept {
  constructor(form, user) {
    this.form = form;
    this.key = `${PREFIX}${user}:${new URL(form.action).pathname}`;
  }

  /** Controls that hold something of the user's own. Files and hidden values cannot be brought back. */
  get controls() {
    return [...this.form.elements].filter((each) => each.name && !each.matches("[type=hidden], [type=file], button, fieldset"));
  }

  /** The key by which the server knows the form again, should it have stored it and the answer was lost. */
  get once() {
    return this.form.querySelector("input[name=once]");
  }

  write() {
    if (!this.controls.some(isChanged)) return this.forget();
    const held = this.controls.filter((each) => isChanged(each) || isMoment(each));
    const values = held.map((each) => [each.name, isTick(each) ? each.value : "", isTick(each) ? each.checked : each.value]);
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), once: this.once?.value, values }));
    } catch {
      // The browser keeps nothing, or has no room: the page still holds what was typed.
    }
  }

  /** Puts back what was kept. True if there was something. */
  read() {
    const kept = stored(this.key);
    if (!kept || Date.now() - kept.at > LONGEST) return this.forget();
    if (this.once && kept.once) this.once.value = kept.once;
    let found = false;
    for (const [name, value, held] of kept.values) {
      const control = this.controls.find((each) => each.name === name && (!isTick(each) || each.value === value));
      if (!control) continue;
      if (isTick(control)) control.checked = held;
      else control.value = held;
      control.dispatchEvent(new Event("input", { bubbles: true }));
      found = true;
    }
    return found;
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Nothing was kept where nothing may be.
    }
    return false;
  }
}

export function forgetKept() {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach((key) => localStorage.removeItem(key));
  } catch {
    // As above.
  }
}

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

const isTick = (control) => control.matches("[type=checkbox], [type=radio]");

/** What is sent at last did not happen only then: the moment that the form began with is kept along. */
const isMoment = (control) => control.matches("[type=datetime-local]");

function isChanged(control) {
  if (isTick(control)) return control.checked !== control.defaultChecked;
  if (control.matches("select")) return [...control.options].some((option) => option.selected !== option.defaultSelected);
  return control.value !== control.defaultValue;
}
