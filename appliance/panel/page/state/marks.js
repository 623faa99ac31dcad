// The strokes and hits that the roll shows: all from a while behind now to what is known ahead.

const KEPT = 10; // s behind now

/**
 * A mark: { id, kind: "call" | "answer", duet, drum, time (s of the box), velocity, fate: "" | "struck" | "left out" }.
 * A span: { kind, duet, hue, from, to } (s; `to` is null where nobody knows the end).
 */
export class Marks {
  constructor() {
    this.all = new Map();
    this.spans = [];
  }

  put(mark) {
    this.all.set(mark.id, { fate: "", ...this.all.get(mark.id), ...mark });
  }

  /** What of a duet's answer was to sound from `time` on, and has not sounded, is taken back. */
  takeBack(duet, time) {
    for (const [id, mark] of this.all) {
      if (mark.kind === "answer" && mark.time >= time && mark.fate === "" && (duet === "" || mark.duet === duet)) {
        this.all.delete(id);
      }
    }
  }

  /** The drum is silent from `time` on; who listens to the duet goes on to hear it. */
  mute(duet, time) {
    for (const mark of this.all.values()) {
      if (mark.kind === "answer" && mark.duet === duet && mark.time >= time) mark.muted = true;
    }
  }

  span(kind, duet, hue, from, to) {
    if (!this.spans.some((span) => span.kind === kind && span.duet === duet && span.from === from)) {
      this.spans.push({ kind, duet, hue, from, to });
    }
  }

  /** What of a duet's answer is under way ends here. */
  cut(duet, to) {
    for (const span of this.spans) {
      if (span.kind === "answer" && (duet === "" || span.duet === duet) && (span.to === null || span.to > to)) {
        span.to = Math.max(to, span.from);
      }
    }
  }

  forget(now) {
    for (const [id, mark] of this.all) if (mark.time < now - KEPT) this.all.delete(id);
    this.spans = this.spans.filter((span) => span.to === null || span.to > now - KEPT);
  }

  clear() {
    this.all.clear();
    this.spans = [];
  }
}
