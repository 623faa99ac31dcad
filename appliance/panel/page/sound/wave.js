// What drum sounds are made of: samples in a Float32Array, from -1 to 1, one voice each. No audio device is needed.

/** Noise that is the same on every machine: xorshift32 (Marsaglia 2003). */
export function noise(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2147483648 - 1;
  };
}

/** So many seconds of samples, each made from its time in seconds. */
export function made(rate, seconds, sample) {
  const wave = new Float32Array(Math.ceil(rate * seconds));
  for (let i = 0; i < wave.length; i += 1) wave[i] = sample(i / rate);
  return wave;
}

/** What fades to 1/1000 (-60 dB) in so many seconds. */
export const fading = (time, seconds) => 10 ** ((-3 * time) / seconds);

/** A filter of two poles, as R. Bristow-Johnson's cookbook has it: kind is "low", "high" or "band"; hz its corner. */
export function filter(kind, rate, hz, q = 0.7) {
  const w = (2 * Math.PI * Math.min(hz, rate * 0.45)) / rate;
  const alpha = Math.sin(w) / (2 * q);
  const cosine = Math.cos(w);
  const edge = kind === "low" ? 1 - cosine : 1 + cosine;
  const [b0, b1, b2] = kind === "band" ? [alpha, 0, -alpha] : [edge / 2, kind === "low" ? edge : -edge, edge / 2];
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return (x) => {
    const y = (b0 * x + b1 * x1 + b2 * x2 + 2 * cosine * y1 - (1 - alpha) * y2) / (1 + alpha);
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  };
}

/** A tone that falls from one pitch to another (Hz) and is then steady; `bend` (s) is how long 63 % of the way takes. */
export function falling(rate, from, to, bend) {
  let phase = 0;
  return (time) => {
    phase += (to + (from - to) * Math.exp(-time / bend)) / rate;
    return Math.sin(2 * Math.PI * phase);
  };
}

/** Tones that have no common root, as a cymbal's, each a square of its own pitch (Hz). */
export function metal(pitches) {
  return (time) => {
    let sum = 0;
    for (const hz of pitches) sum += (hz * time) % 1 < 0.5 ? 1 : -1;
    return sum / pitches.length;
  };
}

/** The same of sines, a sample a call: each by its own recurrence, for a plate has forty of them. */
export function plate(rate, pitches) {
  const turns = Float64Array.from(pitches, (hz) => 2 * Math.cos((2 * Math.PI * hz) / rate));
  const before = Float64Array.from(pitches, (hz) => -Math.sin((2 * Math.PI * hz) / rate));
  const now = new Float64Array(pitches.length);
  return () => {
    let sum = 0;
    for (let i = 0; i < now.length; i += 1) {
      sum += now[i];
      const next = turns[i] * now[i] - before[i];
      before[i] = now[i];
      now[i] = next;
    }
    return sum / now.length;
  };
}

/** As loud as can be without being clipped, faded out in the last 5 ms and in over the first sample. */
export function finished(wave, rate, loudness = 0.9) {
  let peak = 1e-9;
  for (const x of wave) peak = Math.max(peak, Math.abs(x));
  const tail = Math.round(rate * 0.005);
  for (let i = 0; i < wave.length; i += 1) {
    wave[i] *= (loudness / peak) * Math.min(1, (wave.length - 1 - i) / tail);
  }
  return wave;
}
