// The box's clock, as this page knows it: the answer that came back soonest says best what the box's time is.

const KEPT = 8;

export class BoxClock {
  /** `page()` is the page's own clock in s. */
  constructor(page = () => performance.now() / 1000) {
    this._page = page;
    this._offset = 0;
    this._answers = [];
    this.known = false;
    this.roundTrip = null;
  }

  /** A first guess, from a message that has the box's time in it: late by the way here. */
  guess(server) {
    if (!this.known) this._offset = server - this._page();
  }

  /** `client` (s) is when the question was sent, `server` the box's time when it was answered. */
  answered(client, server) {
    const now = this._page();
    this._answers = [...this._answers, { trip: now - client, offset: server - (now + client) / 2 }].slice(-KEPT);
    const best = this._answers.reduce((a, b) => (b.trip < a.trip ? b : a));
    [this._offset, this.roundTrip, this.known] = [best.offset, best.trip, true];
  }

  /** What was measured no longer counts: the connection is another, or the box was started again. */
  forget() {
    this._answers = [];
    this.known = false;
  }

  now() {
    return this._page() + this._offset;
  }

  /** The page's time (s) of a box's instant. */
  pageTime(instant) {
    return instant - this._offset;
  }
}
