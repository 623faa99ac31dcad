// Two controls as one place in a square: mouse, finger, or the arrow keys (with Shift by a little).
import { make, mark, say } from "/open/element.js";
import { number, words } from "/open/words/words.js";

const SETTLES = 400; // ms after the hand's last move in which what the box says does not move the place
const PACE = 50; // ms between two things that are sent
const [STRIDE, LITTLE] = [0.05, 0.01];
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const ENDS = { Home: 0, End: 1 };

export class XyPad {
  /** `turn(x, y)`: where the hand put it, each 0 to 1; y grows upwards. */
  constructor(turn) {
    this._turn = turn;
    [this.x, this.y] = [0.5, 0.5];
    this._touched = this._sent = -Infinity;
    this._thumb = make("i");
    this._name = make("span.label");
    this._output = make("output", { "aria-hidden": "true" });
    this._corners = [1, 2, 3, 4].map((corner) => make(`span.corner.c${corner}`, { "aria-hidden": "true", text: corner }));
    this._square = make("div.square", {
      role: "slider", tabindex: "0", "aria-valuemin": 0, "aria-valuemax": 100,
      onpointerdown: (event) => this._took(event), onpointermove: (event) => this._dragged(event),
      onpointerup: () => (this._held = false), onpointercancel: () => (this._held = false), onkeydown: (event) => this._pressed(event),
    }, this._corners, this._thumb);
    this.element = make("div.xy", {}, make("div.row", {}, this._name, this._output), this._square);
  }

  named(label, hint = "") {
    say(this._name, label);
    mark(this._square, "aria-label", label);
    mark(this._square, "aria-roledescription", words("xy.is"));
    if (hint) this.element.title = hint;
    this._write();
  }

  /** The box says where it stands. */
  stand(x, y) {
    if (performance.now() - this._touched < SETTLES) return;
    [this.x, this.y] = [x ?? this.x, y ?? this.y];
    this._write();
  }

  _took(event) {
    this._held = true;
    this._square.setPointerCapture?.(event.pointerId);
    this._dragged(event);
  }

  _dragged(event) {
    if (!this._held) return;
    const { left, top, width, height } = this._square.getBoundingClientRect();
    this._move((event.clientX - left) / width, 1 - (event.clientY - top) / height);
  }

  _pressed(event) {
    const stride = event.shiftKey ? LITTLE : STRIDE;
    if (event.key in STEPS) this._move(this.x + STEPS[event.key][0] * stride, this.y + STEPS[event.key][1] * stride);
    else if (event.key in ENDS) this._move(ENDS[event.key], ENDS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  _move(x, y) {
    const within = (value) => Math.round(Math.min(1, Math.max(0, value)) * 100) / 100;
    [this.x, this.y] = [within(x), within(y)];
    this._touched = performance.now();
    this._write();
    clearTimeout(this._later);
    const wait = this._sent + PACE - this._touched;
    if (wait <= 0) this._send();
    else this._later = setTimeout(() => this._send(), wait);
  }

  _send() {
    this._sent = performance.now();
    this._turn(this.x, this.y);
  }

  _write() {
    this._thumb.style.setProperty("left", `${this.x * 100}%`);
    this._thumb.style.setProperty("top", `${(1 - this.y) * 100}%`);
    const [x, y] = [number(this.x, 2), number(this.y, 2)];
    say(this._output, `${x} · ${y}`);
    mark(this._square, "aria-valuenow", Math.round(this.x * 100));
    mark(this._square, "aria-valuetext", words("xy.at", { x, y }));
  }
}
