// A control that is a number: a native slider, which mouse, finger, keyboard and screen reader know.
import { make, mark, say } from "/open/element.js";

const SETTLES = 400; // ms after the hand's last move in which what the box says does not move the slider

/**
 * `turn(value)` is called while it moves, at most once in `pace` ms, and with the last value for certain.
 * `low`, `high`, `step` are of the slider; `shown(value)` makes the text.
 */
export class Slider {
  constructor({ id, low, high, step, shown, turn, pace = 50 }) {
    this._turn = turn;
    this._shown = shown;
    this._pace = pace;
    this._touched = -Infinity;
    this._sent = -Infinity;
    this._later = null;
    this._label = make("label", { for: id });
    this._output = make("output", { for: id, "aria-hidden": "true" });
    this._input = make("input", { type: "range", id, min: low, max: high, step, oninput: () => this._moved() });
    this._ends = [make("span"), make("span")];
    this.element = make("div.slider", {}, this._label, this._output, this._input, make("div.ends", { "aria-hidden": "true" }, this._ends));
  }

  named(label, left = "", right = "", hint = "") {
    say(this._label, label);
    say(this._ends[0], left);
    say(this._ends[1], right);
    if (hint) this.element.title = hint;
    this._write(this._input.valueAsNumber);
  }

  /** The box says where it stands. */
  stand(value) {
    if (value === undefined || value === null) return;
    if (performance.now() - this._touched < SETTLES) return;
    this._input.value = value;
    this._write(value);
  }

  _moved() {
    const value = this._input.valueAsNumber;
    this._touched = performance.now();
    this._write(value);
    const wait = this._sent + this._pace - this._touched;
    clearTimeout(this._later);
    if (wait <= 0) this._send();
    else this._later = setTimeout(() => this._send(), wait);
  }

  _send() {
    this._sent = performance.now();
    this._turn(this._input.valueAsNumber);
  }

  _write(value) {
    const { min, max } = this._input;
    const share = Math.min(1, Math.max(0, (value - min) / (max - min)));
    this._input.style.setProperty("--share", `${(share * 100).toFixed(1)}%`);
    say(this._output, this._shown(value));
    this._output.classList.toggle("worded", !/\d/.test(this._shown(value)));
    mark(this._input, "aria-valuetext", this._shown(value));
  }
}
