// The piano roll: what is to come falls from above on the pads, what has sounded falls on below them.
import { DRUMS, PLACE } from "../kit_order.js";

const AHEAD = 4.0; // s from the upper edge to now
const BEHIND = 3.0; // s from now to the lower edge
const GUTTER = 34; // px for the numbers of the bars
const FLASH = 0.18; // s that a stroke shines

export class Roll {
  /** `beats(from, to)` gives the beats between two instants, `gap()` where now is: { top, bottom } in px. */
  constructor(canvas, { marks, beats, gap, colours, calm = false }) {
    this._canvas = canvas;
    this._pen = canvas.getContext("2d", { alpha: false });
    this._marks = marks;
    this._beats = beats;
    this._gap = gap;
    this._colours = colours;
    this._calm = calm;
    this.frames = 0;
  }

  /** Where an instant is, in px from above; `dt` is how far it lies ahead, in s. */
  place(dt) {
    const { top, bottom } = this._now;
    if (dt >= 0) return top - (dt / AHEAD) * top;
    return bottom - (dt / BEHIND) * (this._height - bottom);
  }

  draw(now) {
    this._measure();
    const pen = this._pen;
    pen.fillStyle = this._colours.roll;
    pen.fillRect(0, 0, this._width, this._height);
    this._drawSpans(now);
    this._drawGrid(now);
    for (const mark of this._marks.all.values()) this._drawMark(mark, mark.time - now);
    this.frames += 1;
  }

  colours(colours) {
    this._colours = colours;
  }

  _measure() {
    const scale = Math.min(2, globalThis.devicePixelRatio || 1);
    const { clientWidth, clientHeight } = this._canvas;
    const [width, height] = [Math.round(clientWidth * scale), Math.round(clientHeight * scale)];
    if (this._canvas.width !== width || this._canvas.height !== height) {
      this._canvas.width = width;
      this._canvas.height = height;
    }
    this._pen.setTransform(scale, 0, 0, scale, 0, 0);
    this._width = clientWidth;
    this._height = clientHeight;
    this._now = this._gap();
    this._lane = (clientWidth - GUTTER) / DRUMS.length;
  }

  _drawSpans(now) {
    for (const span of this._marks.spans) {
      const from = Math.min(this._height, this.place(span.from - now));
      const to = Math.max(0, this.place((span.to ?? Infinity) - now));
      if (from <= 0 || to >= this._height) continue;
      this._pen.fillStyle = this._colour(span);
      this._pen.globalAlpha = 0.09;
      this._pen.fillRect(GUTTER, to, this._width - GUTTER, from - to);
      this._pen.globalAlpha = 0.9;
      this._pen.fillRect(GUTTER - 4, to, 4, from - to);
    }
    this._pen.globalAlpha = 1;
  }

  _drawGrid(now) {
    const pen = this._pen;
    pen.fillStyle = this._colours.line;
    for (let lane = 0; lane <= DRUMS.length; lane += 1) {
      pen.globalAlpha = 0.55;
      pen.fillRect(GUTTER + lane * this._lane, 0, 1, this._height);
    }
    pen.globalAlpha = 1;
    pen.font = "600 13px system-ui, sans-serif";
    pen.textAlign = "center";
    for (const beat of this._beats(now - BEHIND, now + AHEAD)) {
      const y = Math.round(this.place(beat.time - now));
      const first = beat.beat === 0;
      pen.fillStyle = first ? this._colours.edge : this._colours.line;
      pen.fillRect(GUTTER, y, this._width - GUTTER, first ? 2 : 1);
      if (!first) continue;
      pen.fillStyle = this._colours.soft;
      pen.fillText(String(beat.bar + 1), GUTTER / 2 - 1, y + 5);
    }
  }

  _drawMark(mark, dt) {
    const lane = PLACE.get(mark.drum);
    if (lane === undefined || dt > AHEAD || dt < -BEHIND) return;
    const pen = this._pen;
    const share = mark.velocity / 127;
    const width = Math.max(8, (this._lane - 8) * (0.45 + 0.55 * share));
    const height = mark.kind === "call" ? 15 : 12;
    const x = GUTTER + (lane + 0.5) * this._lane - width / 2;
    const y = this.place(dt) - height / 2;
    pen.fillStyle = this._colour(mark);
    pen.strokeStyle = pen.fillStyle;
    if (mark.muted) pen.globalAlpha = 0.3;
    else pen.globalAlpha = dt < 0 ? Math.max(0.4, 1 + dt / (BEHIND * 1.3)) : 0.55 + 0.45 * share;
    pen.beginPath();
    // A hit of the player's is round, a stroke of the model's is square: colour is not all that tells them apart.
    pen.roundRect(x, y, width, height, mark.kind === "call" ? height / 2 : 3);
    if (mark.fate === "left out") this._hollow();
    else pen.fill();
    if (!this._calm && !mark.muted && dt <= 0 && dt > -FLASH && mark.fate !== "left out") this._flash(lane, 1 + dt / FLASH);
    pen.globalAlpha = 1;
  }

  _hollow() {
    this._pen.setLineDash([4, 3]);
    this._pen.lineWidth = 2;
    this._pen.stroke();
    this._pen.setLineDash([]);
  }

  _flash(lane, strength) {
    this._pen.globalAlpha = 0.35 * strength;
    this._pen.fillRect(GUTTER + lane * this._lane + 2, this._now.top - 26, this._lane - 4, 26);
  }

  _colour(of) {
    return of.kind === "call" ? this._colours.call : this._colours.answers[(of.hue ?? 0) % this._colours.answers.length];
  }
}

/** The colours of the theme in force, for a canvas, which knows no custom properties. */
export function coloursOf(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    roll: of("roll"),
    line: of("line"),
    edge: of("edge"),
    soft: of("soft"),
    call: of("call"),
    answers: [of("answer"), of("answer-2"), of("answer-3"), of("answer-4")],
  };
}
