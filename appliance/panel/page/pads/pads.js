// Nine pads on the page: hit with a mouse, many fingers, a pen, or the keyboard.
import { make, say } from "/open/element.js";
import { DRUMS, PLACE } from "../kit_order.js";

const SHINES = 110; // ms
const SOFT = 40; // velocity at a pad's upper edge; at its lower edge it is 127
const PLAIN = 96;
const ACCENT = 124;

/** `hit(drum, velocity, instant)` is called at once; `instant` is the event's, in ms of performance.now(). */
export class Pads {
  constructor(words, hit) {
    this._hit = hit;
    this._words = words;
    this._lit = new Map();
    this.keys = true; // whether letters play
    this.element = make("div.pads", { role: "group" }, DRUMS.map((drum) => this._pad(drum)));
    this.named();
  }

  /** Put the names in the language in force. */
  named() {
    this.element.setAttribute("aria-label", this._words("pads.name"));
    for (const [place, pad] of [...this.element.children].entries()) {
      const { name, letter } = DRUMS[place];
      say(pad.firstElementChild, this._words(innerWidth < 760 ? `drum.short.${name}` : `drum.${name}`));
      // A name may have a soft hyphen, for the eye alone.
      const spoken = this._words(`drum.${name}`).replaceAll("\u00AD", "");
      pad.setAttribute("aria-label", this._words("pads.pad", { drum: spoken, key: letter }));
    }
  }

  /** A stroke of the answer sounds on this drum. */
  struck(drum) {
    this._shine(this.element.children[PLACE.get(drum)], "struck");
  }

  /** A key of the keyboard went down; true when it is a pad's. */
  pressed(event) {
    if (!this.keys || event.ctrlKey || event.altKey || event.metaKey) return false;
    const place = DRUMS.findIndex((drum) => drum.code === event.code);
    if (place < 0) return false;
    if (!event.repeat) this._struck(place, event.shiftKey ? ACCENT : PLAIN, event.timeStamp);
    return true;
  }

  /** A hit that came from elsewhere on this page, such as Web MIDI. */
  play(drum, velocity, instant) {
    this._struck(PLACE.get(drum), velocity, instant);
  }

  _pad({ letter }) {
    return make("button.pad", { type: "button", onpointerdown: (event) => this._touched(event), onclick: (event) => this._clicked(event) },
      make("span"), make("kbd", { text: letter, "aria-hidden": "true" }));
  }

  _touched(event) {
    if (event.button > 0) return;
    const pad = event.currentTarget;
    if (pad.hasPointerCapture?.(event.pointerId)) pad.releasePointerCapture(event.pointerId);
    const box = pad.getBoundingClientRect();
    const depth = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
    this._struck([...this.element.children].indexOf(pad), Math.round(SOFT + (127 - SOFT) * depth), event.timeStamp);
  }

  // A click without a pointer is the Enter key's or a screen reader's; one of a pointer was heard when it went down.
  _clicked(event) {
    if (event.detail === 0) this._struck([...this.element.children].indexOf(event.currentTarget), PLAIN, event.timeStamp);
  }

  _struck(place, velocity, instant) {
    this._hit(DRUMS[place].name, velocity, instant);
    this._shine(this.element.children[place], "hit");
  }

  _shine(pad, how) {
    if (!pad) return;
    pad.classList.add(how);
    clearTimeout(this._lit.get(pad));
    this._lit.set(pad, setTimeout(() => pad.classList.remove("hit", "struck"), SHINES));
  }
}
