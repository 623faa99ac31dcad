// The nine drums from left to right, on the roll and on the pads, and the key of a keyboard that plays each.
// `code` is the key's place, so it is the same under every layout; `key` is General MIDI's.
export const DRUMS = [
  { name: "kick", code: "KeyA", letter: "A", key: 36 },
  { name: "snare", code: "KeyS", letter: "S", key: 38 },
  { name: "closed_hi_hat", code: "KeyD", letter: "D", key: 42 },
  { name: "open_hi_hat", code: "KeyF", letter: "F", key: 46 },
  { name: "low_tom", code: "KeyG", letter: "G", key: 45 },
  { name: "mid_tom", code: "KeyH", letter: "H", key: 48 },
  { name: "high_tom", code: "KeyJ", letter: "J", key: 50 },
  { name: "crash", code: "KeyK", letter: "K", key: 49 },
  { name: "ride", code: "KeyL", letter: "L", key: 51 },
];

export const PLACE = new Map(DRUMS.map((drum, place) => [drum.name, place]));

// General MIDI's keys, and Roland's, as the box groups them (appliance/notation/drums.py; a test compares).
const KEYS = {
  kick: [36, 35],
  snare: [38, 27, 28, 31, 32, 33, 34, 37, 39, 40, 56, 65, 66, 75, 85],
  closed_hi_hat: [42, 44, 54, 68, 69, 70, 71, 73, 78, 80, 22],
  open_hi_hat: [46, 67, 72, 74, 79, 81, 26],
  low_tom: [45, 29, 41, 43, 61, 64, 84],
  mid_tom: [48, 47, 60, 63, 77, 86, 87],
  high_tom: [50, 30, 62, 76, 83],
  crash: [49, 52, 55, 57, 58],
  ride: [51, 53, 59, 82],
};

export const DRUM_OF_KEY = new Map(Object.entries(KEYS).flatMap(([drum, keys]) => keys.map((key) => [key, drum])));
