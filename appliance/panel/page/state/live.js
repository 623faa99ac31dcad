// The connection to the box: it comes back by itself, asks what time it is there, and knows what became of each request.

const PATIENCE = [0.25, 0.5, 1, 2, 4]; // s before the next try
const CLOCK_FIRST = [0, 100, 250, 500, 1000]; // ms behind the opening
const CLOCK_AGAIN = 10_000; // ms
const SILENCE = 25_000; // ms without a word after which a connection is taken for dead
const GONE = 4401;

export class Live {
  /** `told` has a function for each kind of message, and `opened`, `closed`, `ended` (the session is over). */
  constructor(address, clock, told) {
    this._address = address;
    this._clock = clock;
    this._told = told;
    this._asked = new Map();
    this._id = 0;
    this._tries = 0;
    this._timers = [];
    this.here = false;
    this._connect();
  }

  /** Send what needs no answer; false where there is no connection: nothing is kept for later, music goes on. */
  send(message) {
    if (!this.here || this._socket.readyState !== WebSocket.OPEN) return false;
    this._socket.send(JSON.stringify(message));
    return true;
  }

  /** Send, and promise the answer: it rejects with an Error that has the box's sentence and `code`. */
  ask(message) {
    this._id += 1;
    const id = this._id;
    return new Promise((resolve, reject) => {
      if (!this.send({ ...message, id })) {
        reject(Object.assign(new Error("not connected"), { code: "unavailable" }));
        return;
      }
      this._asked.set(id, { resolve, reject });
    });
  }

  close() {
    this._ended = true;
    this._socket.close();
  }

  _connect() {
    const socket = new WebSocket(this._address);
    this._socket = socket;
    socket.onopen = () => this._opened();
    socket.onmessage = ({ data }) => this._heard(JSON.parse(data));
    socket.onclose = ({ code }) => this._closed(code);
  }

  _opened() {
    this.here = true;
    this._clock.forget();
    const ask = () => this.send({ t: "time", client: performance.now() / 1000 });
    this._timers = [...CLOCK_FIRST.map((wait) => setTimeout(ask, wait)), setInterval(ask, CLOCK_AGAIN), setInterval(() => this._listened(), 5000)];
    this._last = performance.now();
    this._told.opened?.();
  }

  _listened() {
    if (performance.now() - this._last > SILENCE) this._socket.close();
  }

  _heard(message) {
    this._last = performance.now();
    this._tries = 0;
    if (message.t === "time") this._clock.answered(message.client, message.server);
    if (message.t === "snapshot" || message.t === "diff") this._clock.guess(message.now);
    const asked = this._asked.get(message.id);
    if (asked) {
      this._asked.delete(message.id);
      if (message.t === "ok") asked.resolve(message);
      else asked.reject(Object.assign(new Error(message.text), { code: message.error }));
      return;
    }
    this._told[message.t]?.(message);
  }

  _closed(code) {
    const was = this.here;
    this.here = false;
    for (const timer of this._timers) clearInterval(timer);
    for (const { reject } of this._asked.values()) reject(Object.assign(new Error("not connected"), { code: "unavailable" }));
    this._asked.clear();
    if (code === GONE) this._told.ended?.();
    else if (!this._ended) {
      if (was) this._told.closed?.();
      setTimeout(() => this._connect(), 1000 * PATIENCE[Math.min(this._tries, PATIENCE.length - 1)]);
      this._tries += 1;
    }
  }
}
