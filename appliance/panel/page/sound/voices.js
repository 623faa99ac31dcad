// The nine drums of the kit that sounds in the browser, each as samples. Pitches and times were set by ear and spectrum.
import { fading, falling, filter, finished, made, metal, noise, plate } from "./wave.js";

function kick(rate) {
  const body = falling(rate, 170, 49, 0.022);
  const hiss = noise(11);
  const dull = filter("low", rate, 2600);
  return made(rate, 0.55, (t) => {
    const beater = dull(hiss()) * fading(t, 0.018) * 0.9;
    return Math.tanh(1.7 * body(t) * fading(t, 0.5)) + beater;
  });
}

function snare(rate) {
  const head = falling(rate, 260, 182, 0.012);
  const ring = falling(rate, 410, 331, 0.01);
  const hiss = noise(23);
  const wires = filter("high", rate, 1500);
  const sheen = filter("band", rate, 5200, 0.5);
  return made(rate, 0.34, (t) => {
    const rattle = hiss();
    const buzz = wires(rattle) * 0.5 * fading(t, 0.26) + sheen(rattle) * 0.8 * fading(t, 0.17);
    return head(t) * 0.75 * fading(t, 0.16) + ring(t) * 0.35 * fading(t, 0.1) + buzz;
  });
}

// Six squares without a common root, then only what is high of them: two plates that touch.
const HAT = [317, 463, 571, 739, 857, 1013];

function hat(rate, seconds, seed) {
  const plates = metal(HAT);
  const hiss = noise(seed);
  const bright = filter("high", rate, 7200);
  const body = filter("band", rate, 9400, 0.9);
  return made(rate, seconds, (t) => {
    const both = plates(t) * 0.9 + hiss() * 0.55;
    const tick = 1 + 1.4 * fading(t, 0.012);
    return (bright(both) + body(both) * 0.6) * fading(t, seconds * 0.95) * tick;
  });
}

function tom(rate, hz, seconds, seed) {
  const body = falling(rate, hz * 1.55, hz, 0.035);
  const over = falling(rate, hz * 2.6, hz * 1.68, 0.02);
  const hiss = noise(seed);
  const skin = filter("band", rate, hz * 9, 0.6);
  return made(rate, seconds, (t) => {
    const stick = skin(hiss()) * 0.8 * fading(t, 0.05);
    return body(t) * fading(t, seconds * 0.9) + over(t) * 0.3 * fading(t, seconds * 0.35) + stick;
  });
}

// A bronze plate has hundreds of tones; forty that are spread unevenly are taken for one.
function spread(seed, low, high, count) {
  const dice = noise(seed);
  return Array.from({ length: count }, (_, i) => low * (high / low) ** ((i + 0.45 * dice()) / count));
}

function crash(rate) {
  const bronze = plate(rate, spread(53, 420, 9800, 40));
  const hiss = noise(59);
  const wash = filter("high", rate, 4200);
  const roar = filter("band", rate, 2300, 0.5);
  return made(rate, 1.9, (t) => {
    const spray = hiss();
    const opening = 1 - 0.6 * fading(t, 0.08); // the plate needs a moment until all of it moves
    const high = wash(spray) * 0.8 * fading(t, 1.5) + roar(spray) * 0.5 * fading(t, 0.9);
    return opening * high + bronze() * 1.3 * fading(t, 1.7);
  });
}

function ride(rate) {
  const bell = plate(rate, [1290, 1907, 2683, 3391, 4703, 6037]);
  const bronze = plate(rate, spread(61, 700, 11000, 28));
  const hiss = noise(67);
  const wash = filter("high", rate, 6500);
  return made(rate, 1.3, (t) => {
    const ping = bell() * (fading(t, 0.5) + 0.4 * fading(t, 1.2));
    return ping + bronze() * 0.7 * fading(t, 1.1) + wash(hiss()) * (0.3 * fading(t, 0.05) + 0.12 * fading(t, 0.9));
  });
}

/** By a drum's name: its samples at a rate (Hz). */
export const VOICES = {
  kick: (rate) => finished(kick(rate), rate, 0.95),
  snare: (rate) => finished(snare(rate), rate, 0.8),
  closed_hi_hat: (rate) => finished(hat(rate, 0.09, 31), rate, 0.42),
  open_hi_hat: (rate) => finished(hat(rate, 0.62, 37), rate, 0.42),
  low_tom: (rate) => finished(tom(rate, 82, 0.6, 41), rate, 0.85),
  mid_tom: (rate) => finished(tom(rate, 117, 0.48, 43), rate, 0.8),
  high_tom: (rate) => finished(tom(rate, 163, 0.38, 47), rate, 0.75),
  crash: (rate) => finished(crash(rate), rate, 0.6),
  ride: (rate) => finished(ride(rate), rate, 0.45),
};
