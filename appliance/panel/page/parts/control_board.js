// Each control as what it is: a number slides, a choice is chosen, a switch is thrown. Ranges come from the box itself.
import { make } from "/open/element.js";
import { number, wordFor, words } from "/open/words/words.js";
import { Slider } from "./slider.js";
import { Choice, Switch } from "./switches.js";
import { XyPad } from "./xy_pad.js";

// How far a slider goes and by how much, until the box has said it; decimals are of what is shown.
const SLIDES = {
  temperature: { low: 0, high: 2, step: 0.05, decimals: 2 },
  density: { low: -1, high: 1, step: 0.05, decimals: 2 },
  top_k: { low: 0, high: 64, step: 1, zero: true },
  call_bars: { low: 0, high: 8, step: 1, zero: true },
  silence_beats: { low: 1, high: 16, step: 1 },
  answer_bars: { low: 0, high: 8, step: 1, zero: true },
  min_bars: { low: 0, high: 8, step: 1, zero: true },
  max_bars: { low: 1, high: 32, step: 1 },
  similarity: { low: 0, high: 1, step: 0.05, decimals: 2 },
  tempo: { low: 40, high: 240, step: 1 },
};
const CHOICES = {
  mode: ["answer", "trade", "accompany", "echo"],
  start: ["step", "beat", "bar"],
  way: ["continue", "tap", "humanise", "hi_hat", "similar", "blend", "interpolate", "endless"],
  meter: ["2/4", "3/4", "4/4", "5/4", "6/8", "7/8", "9/8", "12/8"],
  model: [],
};
const PLACES = { blend: ["blend_x", "blend_y"] }; // two controls that are one place
const OF_THE_BOX = { tempo: "qpm", metronome: "metronome", meter: "meter" }; // where in state.tempo they stand

export class ControlBoard {
  constructor(turn) {
    this._turn = turn;
    this._parts = new Map();
  }

  /** The elements of some controls, switches in a row of their own. */
  parts(controls) {
    const switches = controls.filter((control) => ![SLIDES, CHOICES, PLACES].some((kind) => control in kind));
    return [
      ...controls.filter((control) => !switches.includes(control)).map((control) => this._part(control)),
      switches.length ? make("div.switches", {}, switches.map((control) => this._part(control))) : null,
    ];
  }

  stand(state, duet) {
    for (const [control, part] of this._parts) {
      if (control in CHOICES) part.named(words(`control.${control}`), this._options(control, state, duet));
      if (control in PLACES) part.stand(...PLACES[control].map((one) => duet?.values?.[one]));
      else part.stand(OF_THE_BOX[control] ? state.tempo?.[OF_THE_BOX[control]] : duet?.values?.[control]);
    }
  }

  _options(control, state, duet) {
    if (control === "model") return (duet?.models ?? []).map((name) => [name, name.replaceAll("_", " ")]);
    const choices = state.controls?.[control]?.choices ?? CHOICES[control];
    // A meter can be any that was said by name: then it stands here beside the others.
    const more = control === "meter" && state.tempo?.meter && !choices.includes(state.tempo.meter) ? [state.tempo.meter] : [];
    return [...choices, ...more].map((value) => [value, wordFor(control, value)]);
  }

  _part(control) {
    const part = this._made(control);
    part.element.dataset.control = control;
    this._parts.set(control, part);
    return part.element;
  }

  _made(control) {
    const turn = (value) => this._turn(control, value);
    const hint = words(`control.${control}.hint`);
    if (control in CHOICES) {
      const choice = new Choice(turn, { tall: control === "model" });
      choice.element.title = hint;
      return choice;
    }
    if (control in PLACES) {
      // What has moved alone is sent: the other may be under another hand.
      let last = [];
      const pad = new XyPad((...at) => {
        PLACES[control].forEach((one, place) => at[place] !== last[place] && this._turn(one, at[place]));
        last = at;
      });
      pad.named(words(`control.${control}`), hint);
      return pad;
    }
    if (!(control in SLIDES)) {
      const thrown = new Switch(turn);
      thrown.named(words(`control.${control}`), hint);
      return thrown;
    }
    const { low, high, step, decimals = 0, zero = false } = SLIDES[control];
    const shown = (value) => (zero && value === 0 ? words(`control.${control}.zero`) : number(value, decimals));
    const slider = new Slider({ id: `knob-${control}`, low, high, step, shown, turn });
    slider.named(words(`control.${control}`), words(`control.${control}.left`), words(`control.${control}.right`), hint);
    return slider;
  }
}
