// A phrase of a concert, or a model's answer to compare, played in this browser and nowhere else.
import { DRUM_OF_KEY } from "../kit_order.js";

const LEAD = 0.1; // s

export class PhrasePlayer {
  constructor(kit) {
    this._kit = kit;
    this._timers = [];
  }

  /** Play one phrase behind the other; `done` is called at the end. */
  play(phrases, done = () => {}) {
    this.stop();
    this._kit.wake();
    let start = performance.now() / 1000 + LEAD;
    for (const phrase of phrases) {
      for (const [step, key, velocity] of phrase.notes) this._note(start + step * phrase.step_seconds, key, velocity);
      start += phrase.steps * phrase.step_seconds;
    }
    this._done = done;
    this._timers.push(setTimeout(() => this.stop(), start * 1000 - performance.now()));
  }

  stop() {
    for (const timer of this._timers) clearTimeout(timer);
    this._timers = [];
    const done = this._done;
    this._done = null;
    done?.();
  }

  get playing() {
    return this._timers.length > 0;
  }

  _note(at, key, velocity) {
    const drum = DRUM_OF_KEY.get(key);
    if (drum) this._timers.push(setTimeout(() => this._kit.strike(drum, velocity, at), Math.max(0, at * 1000 - performance.now() - 60)));
  }
}
