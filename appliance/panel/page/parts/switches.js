// Controls that are on or off, one of several, or a push. Enter works each; the space key is panic's.
import { make, mark, say } from "/open/element.js";

/** On or off. */
export class Switch {
  constructor(turn) {
    this._name = make("span");
    this.element = make("button.switch", { type: "button", role: "switch", "aria-checked": "false", onclick: () => turn(!this.on) }, this._name, make("i"));
  }

  get on() {
    return this.element.getAttribute("aria-checked") === "true";
  }

  named(label, hint = "") {
    say(this._name, label);
    if (hint) this.element.title = hint;
  }

  stand(on) {
    mark(this.element, "aria-checked", Boolean(on));
  }
}

/** One of several; `options` are [value, text] pairs, and may change. */
export class Choice {
  constructor(choose, { tall = false } = {}) {
    this._choose = choose;
    this._label = make("span.label");
    this._options = make("div.options", { role: "radiogroup", onkeydown: (event) => this._walked(event) });
    if (tall) this._options.classList.add("tall");
    this.element = make("div.choice", {}, this._label, this._options);
    this.value = null;
  }

  named(label, options) {
    say(this._label, label);
    mark(this._options, "aria-label", label);
    const before = JSON.stringify(options);
    if (before === this._before) return;
    this._before = before;
    this._options.replaceChildren(...options.map(([value, text]) =>
      make("button", { type: "button", role: "radio", text, data: { value }, onclick: () => this._choose(value) })));
    this.stand(this.value);
  }

  stand(value) {
    this.value = value;
    const buttons = [...this._options.children];
    const chosen = buttons.find((button) => button.dataset.value === String(value));
    for (const button of buttons) {
      mark(button, "aria-checked", button === chosen);
      button.tabIndex = button === (chosen ?? buttons[0]) ? 0 : -1;
    }
  }

  _walked(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...this._options.children];
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    next.focus();
    next.click();
  }
}

/** A push, such as mutate. */
export function push(text, act, kind = "") {
  return make(`button.button${kind}`, { type: "button", text, onclick: act });
}
