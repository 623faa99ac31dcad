// A call or answer as a small picture: time to the right, a row for each drum.
import { make } from "/open/element.js";
import { DRUM_OF_KEY, DRUMS, PLACE } from "../kit_order.js";

const ROW = 7;
const STEP = 7;

export function phrasePicture(phrase, name) {
  const [width, height] = [Math.max(1, phrase.steps) * STEP, DRUMS.length * ROW];
  const bars = Array.from({ length: Math.ceil(phrase.steps / phrase.steps_per_bar) }, (_, bar) => bar * phrase.steps_per_bar * STEP);
  const notes = phrase.notes.filter(([, key]) => DRUM_OF_KEY.has(key));
  return make(`svg.phrase.${phrase.kind}`, { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name, preserveAspectRatio: "none" },
    bars.map((x) => make("line.axis", { x1: x, x2: x, y1: 0, y2: height })),
    notes.map(([step, key, velocity]) => make("rect.note", {
      x: step * STEP + 1, y: (DRUMS.length - 1 - PLACE.get(DRUM_OF_KEY.get(key))) * ROW + 1, width: STEP - 2, height: ROW - 2, rx: 1, opacity: (0.35 + (0.65 * velocity) / 127).toFixed(2),
    })));
}
