// The lamp, blinking as the box's own does: each notice in its turn, lit and dark for as long as its pattern says.
import { make } from "/open/element.js";

const COLOURS = ["red", "amber", "green", "cyan", "blue", "white"];
const TURN = 3; // s at least that a notice is shown before the next

export class Lamp {
  constructor() {
    this.element = make("span.led", { "aria-hidden": "true" });
    this._notices = [];
    this._seen = "";
  }

  stand(notices) {
    const seen = JSON.stringify(notices.map(({ code, motor }) => [code, motor]));
    this._notices = notices.filter(({ flashes }) => flashes?.length);
    if (seen !== this._seen) this._began = performance.now() / 1000;
    this._seen = seen;
  }

  /** Put the light as it is at a time of the page's clock (s). */
  shine(now) {
    const { notice, lit } = this._at(now - (this._began ?? now));
    for (const colour of COLOURS) this.element.classList.toggle(colour, notice?.colour === colour);
    this.element.classList.toggle("lit", lit);
  }

  _at(passed) {
    if (!this._notices.length) return { notice: null, lit: false };
    const shown = this._notices.map((notice) => {
      const once = notice.flashes.reduce((sum, [on, off]) => sum + on + off, 0);
      return { notice, once, lasts: once * Math.max(1, Math.ceil(TURN / once)) };
    });
    let left = passed % shown.reduce((sum, { lasts }) => sum + lasts, 0);
    for (const { notice, once, lasts } of shown) {
      if (left < lasts) return { notice, lit: litAt(notice.flashes, left % once) };
      left -= lasts;
    }
    return { notice: shown[0].notice, lit: false };
  }
}

function litAt(flashes, into) {
  let left = into;
  for (const [on, off] of flashes) {
    if (left < on) return true;
    if (left < on + off) return false;
    left -= on + off;
  }
  return false;
}
