// A call that the page plays by itself, for who wants to hear an answer before touching anything.
import { DRUM_OF_KEY } from "../kit_order.js";

export class Story {
  /** `hit(drum, velocity)` is called at each hit's instant. */
  constructor(phrase, hit) {
    const notes = phrase.hits?.length ? phrase.hits : phrase.notes.map(([step, key, velocity]) => [step * phrase.step_seconds, key, velocity]);
    this._timers = notes
      .filter(([, key]) => DRUM_OF_KEY.has(key))
      .map(([seconds, key, velocity]) => setTimeout(() => hit(DRUM_OF_KEY.get(key), velocity), seconds * 1000));
  }

  stop() {
    for (const timer of this._timers) clearTimeout(timer);
  }
}
