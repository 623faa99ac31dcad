// Strokes that are known ahead, until they are so near that the audio device is told: until then they can be taken back.

const NEAR = 0.12; // s ahead of its instant that a stroke is handed to the audio device
const HIDDEN = 1.6; // s, in a page that is not seen: browsers let its timers run once a second
const TICK = 25; // ms
const ECHO = 0.08; // s: what this page's own pads have sounded is not sounded again when the box beats it at once

export class Sounding {
  constructor(kit, clock, struck) {
    this._kit = kit;
    this._clock = clock;
    this._struck = struck;
    this._waiting = [];
    this._own = [];
    setInterval(() => this._tick(), TICK);
  }

  stroke(mark) {
    if (mark.time < this._clock.now() - 0.05) return;
    this._waiting.push(mark);
    this._tick();
  }

  off(duet, from) {
    this._waiting = this._waiting.filter((mark) => mark.time < from || (duet !== "" && mark.duet !== duet));
  }

  hush() {
    this._waiting = [];
    this._kit.hush();
  }

  /** A pad of this page was hit: it sounds here at once, before the box knows of it. */
  hit(drum, velocity) {
    this._own = [...this._own.filter((own) => own.time > performance.now() / 1000 - 1), { drum, time: performance.now() / 1000 }];
    this._kit.strike(drum, velocity);
  }

  /** The box beats a hit at once. */
  thru({ drum, velocity }) {
    const now = performance.now() / 1000;
    if (!this._own.some((own) => own.drum === drum && now - own.time < ECHO)) this._kit.strike(drum, velocity);
  }

  _tick() {
    const until = this._clock.now() + (document.hidden ? HIDDEN : NEAR);
    const due = this._waiting.filter((mark) => mark.time <= until);
    if (!due.length) return;
    this._waiting = this._waiting.filter((mark) => mark.time > until);
    for (const mark of due) {
      const at = this._clock.pageTime(mark.time);
      this._kit.strike(mark.drum, mark.velocity, at);
      setTimeout(() => this._struck(mark.drum), Math.max(0, at * 1000 - performance.now()));
    }
  }
}
