// Calls that the page plays by itself, for who wants to hear an answer before touching anything.

// Two bars each, a row a drum, sixteenths: X an accent, x a hit, o a soft one.
const CALLS = [
  {
    name: "rock",
    rows: {
      closed_hi_hat: "x.x.x.x.x.x.x.x. x.x.x.x.x.x.x.x.",
      snare: "....X.......X... ....X.......X..o",
      kick: "X.........X..... X.......x.X.....",
    },
  },
  {
    name: "shuffle",
    rows: {
      ride: "x..xx..xx..xx..x x..xx..xx..xx..x",
      snare: "....X..o....X... ....X..o....X.oo",
      kick: "X.......X......x X.......X.......",
    },
  },
  {
    name: "toms",
    rows: {
      low_tom: "X..x..x.....x... X..x..x.........",
      mid_tom: "........x.x..... ........x.x.x...",
      high_tom: "..............x. .............xXX",
      kick: "X.......X....... X.......X.......",
    },
  },
];
const VELOCITIES = { X: 118, x: 92, o: 48 };
const STEPS = 4; // a quarter
const SAID = 28; // the step on which the box is told that the call ends with its second bar: in time, whatever the network

/** The hits of a call at a tempo (quarters a minute): [seconds, drum, velocity]. */
export function hitsOf({ rows }, qpm) {
  const step = 60 / qpm / STEPS;
  const row = ([drum, text]) =>
    [...text.replaceAll(" ", "")].flatMap((letter, place) => (letter in VELOCITIES ? [[place * step, drum, VELOCITIES[letter]]] : []));
  return Object.entries(rows).flatMap(row);
}

export class Story {
  /** `hit(drum, velocity)` is called at each hit's instant, `ends` before its last beat; `number` chooses the call. */
  constructor(number, qpm, hit, ends) {
    const call = CALLS[number % CALLS.length];
    this.name = call.name;
    this._timers = hitsOf(call, qpm).map(([seconds, drum, velocity]) => setTimeout(() => hit(drum, velocity), seconds * 1000));
    this._timers.push(setTimeout(ends, (SAID * 60000) / qpm / STEPS));
  }

  stop() {
    for (const timer of this._timers) clearTimeout(timer);
  }
}
