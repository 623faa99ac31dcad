// The drum kit that sounds in the browser: each voice is made once, and played at an instant of the page's clock.
import { VOICES } from "./voices.js";

const CHOKES = { closed_hi_hat: ["open_hi_hat"] }; // as General MIDI's exclusive classes have it
const CHOKE = 0.03; // s in which a choked voice falls silent
const RATE = 44_100; // Hz of the voices; the audio device may have another

/** `now` is the page's clock (s); `context` makes an AudioContext, when a person first asks for sound. */
export class Kit {
  constructor(now, context = () => new AudioContext({ latencyHint: "interactive" })) {
    this._now = now;
    this._make = context;
    this._context = null;
    this._voices = new Map();
    this._waves = new Map();
    this._sounding = new Map();
    this.volume = 0.8;
    this.on = true;
    this.played = 0; // strokes that were handed to the audio device
  }

  /** Make the voices one by one, with air between them, so that the first hit finds them made. */
  async prepare() {
    for (const drum of Object.keys(VOICES)) {
      await new Promise((next) => setTimeout(next, 30));
      this._samples(drum);
    }
  }

  /** A browser lets a page sound only from a person's own gesture: call it in one. */
  wake() {
    if (!this._context) this._open();
    if (this._context.state === "suspended") this._context.resume().catch(() => {});
  }

  get awake() {
    return this._context !== null && this._context.state === "running";
  }

  loudness(volume) {
    this.volume = volume;
    if (this._out) this._out.gain.value = volume;
  }

  /** Sound a drum, at once or at `when` (s of the page's clock); what is more than a beat late is left out. */
  strike(drum, velocity, when = null) {
    if (!this.on || !this._context || !Object.hasOwn(VOICES, drum)) return false;
    const late = when === null ? 0 : when - this._now();
    if (late < -0.1) return false;
    const at = this._context.currentTime + Math.max(0, late);
    for (const other of CHOKES[drum] ?? []) this._choke(other, at);
    this._play(drum, velocity / 127, at);
    this.played += 1;
    return true;
  }

  /** Panic: whatever sounds or would sound, falls silent. */
  hush() {
    if (!this._context) return;
    for (const drum of this._sounding.keys()) this._choke(drum, this._context.currentTime);
  }

  _open() {
    this._context = this._make();
    this._out = this._context.createGain();
    this._out.gain.value = this.volume;
    const limit = this._context.createDynamicsCompressor();
    this._out.connect(limit).connect(this._context.destination);
  }

  _samples(drum) {
    if (!this._voices.has(drum)) this._voices.set(drum, VOICES[drum](RATE));
    return this._voices.get(drum);
  }

  _wave(drum) {
    if (!this._waves.has(drum)) {
      const samples = this._samples(drum);
      const buffer = this._context.createBuffer(1, samples.length, RATE);
      buffer.copyToChannel(samples, 0);
      this._waves.set(drum, buffer);
    }
    return this._waves.get(drum);
  }

  _play(drum, share, at) {
    const source = this._context.createBufferSource();
    source.buffer = this._wave(drum);
    const gain = this._context.createGain();
    gain.gain.value = share ** 1.5;
    const dull = this._context.createBiquadFilter(); // a soft stroke is a duller one
    dull.frequency.value = 2200 * 8 ** share;
    source.connect(dull).connect(gain).connect(this._out);
    source.start(at);
    const voices = this._sounding.get(drum) ?? new Set();
    const voice = { gain, source };
    voices.add(voice);
    this._sounding.set(drum, voices);
    source.onended = () => voices.delete(voice);
  }

  _choke(drum, at) {
    for (const { gain, source } of this._sounding.get(drum) ?? []) {
      gain.gain.setTargetAtTime(0, at, CHOKE / 3);
      source.stop(at + CHOKE * 2);
    }
  }
}
