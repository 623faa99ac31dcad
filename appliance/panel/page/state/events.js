// From what the box tells to marks on the roll, sounds, and flashes of the pads.

const SAME = 0.003; // s: a stroke that was struck so near to its place is that one

/** Reads events; `heard` has `stroke(mark)`, `thru(event)`, `hit(mark)`, `off(duet, from)`, `hush()`, `said(event)`, ... */
export class Events {
  constructor(marks, heard) {
    this._marks = marks;
    this._heard = heard;
    this._hues = new Map();
    this._hits = 0;
    this.beats = [];
  }

  /** A snapshot has all that matters: what was known before it is known no more. */
  begin() {
    this._marks.clear();
    this.beats = [];
  }

  read(events, again = false) {
    for (const event of events ?? []) this[`_${event.e}`]?.(event, again);
  }

  /** Which of the colours of answers is a duet's. */
  hue(duet) {
    if (!this._hues.has(duet)) this._hues.set(duet, this._hues.size);
    return this._hues.get(duet);
  }

  _hit(event) {
    this._hits += 1;
    const mark = { id: `hit ${this._hits}`, kind: "call", duet: event.duet, drum: event.drum, time: event.time, velocity: event.velocity };
    // Two duets that hear one pad hear one hit.
    for (const other of this._marks.all.values()) {
      if (other.kind === "call" && other.drum === mark.drum && other.time === mark.time) return;
    }
    this._marks.put(mark);
    this._heard.hit?.(mark);
  }

  _stroke(event) {
    const id = `${event.duet} ${event.answer} ${event.time.toFixed(4)} ${event.key}`;
    const mark = { id, kind: "answer", duet: event.duet, hue: this.hue(event.duet), drum: event.drum, time: event.time, velocity: event.velocity, muted: Boolean(event.muted) };
    this._marks.put(mark);
    if (!mark.muted) this._heard.stroke?.(mark);
  }

  _off(event) {
    if (event.muted) this._marks.mute(event.duet, event.from);
    else this._marks.takeBack(event.duet, event.from);
    this._heard.off?.(event.duet, event.from);
  }

  _thru(event, again) {
    if (!again) this._heard.thru?.(event);
  }

  _struck(event) {
    this._fate(event, "struck");
  }

  _left_out(event) {
    this._fate(event, "left out");
    this._heard.leftOut?.(event);
  }

  _fate(event, fate) {
    for (const mark of this._marks.all.values()) {
      if (mark.kind === "answer" && mark.drum === event.drum && Math.abs(mark.time - event.time) < SAME) mark.fate = fate;
    }
  }

  _beat(event) {
    this.beats = [...this.beats.filter((beat) => beat.time > event.time - 20 && beat.time !== event.time), event];
    this._heard.beat?.(event);
  }

  _call(event) {
    this._marks.span("call", event.duet, 0, event.origin, event.origin + event.steps * event.step_seconds);
    this._heard.call?.(event);
  }

  _answer(event) {
    const end = event.steps > 0 ? event.origin + event.steps * event.step_seconds : null;
    this._marks.cut(event.duet, event.origin);
    this._marks.span("answer", event.duet, this.hue(event.duet), event.origin, end);
    this._heard.answer?.(event);
  }

  _over(event) {
    this._marks.cut(event.duet, event.time);
    this._heard.over?.(event);
  }

  _silence(event) {
    this._marks.takeBack("", event.time);
    this._marks.cut("", event.time);
    this._heard.hush?.(event);
  }

  _kept(event) {
    this._heard.kept?.(event);
  }

  _bound(event) {
    this._heard.bound?.(event);
  }

  _learnt(event) {
    this._heard.learnt?.(event);
  }

  _said(event, again) {
    if (!again) this._heard.said?.(event);
  }
}
