// Where the beats are: of the song that runs, else of the call or answer under way.

function running(tempo) {
  if (!tempo?.running || !tempo.bar) return null;
  const [count, unit] = tempo.meter.split("/").map(Number);
  const seconds = (60 / tempo.qpm) * ((count * 4) / unit / tempo.beats);
  return { origin: tempo.bar.time - tempo.bar.beat * seconds, seconds, beats: tempo.beats, bar: tempo.bar.bar, from: -Infinity };
}

function played(duets) {
  const phrases = Object.values(duets ?? {}).flatMap((duet) => [duet.answer, duet.call]).filter(Boolean);
  if (!phrases.length) return null;
  const phrase = phrases.reduce((a, b) => (b.origin > a.origin ? b : a));
  const beats = Math.max(1, Math.round(phrase.steps_per_bar / phrase.steps_per_beat));
  return { origin: phrase.origin, seconds: phrase.step_seconds * phrase.steps_per_beat, beats, bar: 0, from: phrase.origin };
}

/** { origin, seconds a beat, beats a bar, bar: the number of the one that begins at origin, from: where it begins }, or null. */
export const gridOf = (state) => running(state.tempo) ?? played(state.duets);

/** Bar and beat at an instant, both from 0. */
export function positionAt(grid, instant) {
  const passed = Math.floor((instant - grid.origin) / grid.seconds + 1e-6);
  return { bar: grid.bar + Math.floor(passed / grid.beats), beat: ((passed % grid.beats) + grid.beats) % grid.beats };
}

/** Every beat between two instants: { time, bar, beat }. */
export function beatsBetween(grid, from, to) {
  if (!grid || !(grid.seconds > 0.05)) return [];
  const beats = [];
  const last = Math.floor((to - grid.origin) / grid.seconds);
  for (let n = Math.ceil((from - grid.origin) / grid.seconds); n <= last; n += 1) {
    const bar = grid.bar + Math.floor(n / grid.beats);
    beats.push({ time: grid.origin + n * grid.seconds, bar, beat: ((n % grid.beats) + grid.beats) % grid.beats });
  }
  return beats;
}
