// Bar, beat and tempo, large enough for who stands two metres away.
import { make, say } from "/open/element.js";
import { number, words } from "/open/words/words.js";
import { gridOf, positionAt } from "../state/grid.js";

const MOST = 12; // beats that have a dot each

export class Place {
  constructor() {
    this._bar = make("b");
    this._beat = make("b");
    this._tempo = make("b");
    this._dots = make("span.beats", { "aria-hidden": "true" });
    this.element = make("div.place", {},
      make("span.word", { text: words("place.bar") }), this._bar, make("span.word", { text: words("place.beat") }), this._beat, this._dots,
      this._tempo, make("span.tempo-word", { text: words("place.tempo") }));
  }

  stand(state) {
    this._grid = gridOf(state);
    this._beats = this._grid?.beats ?? state.tempo?.beats ?? 4;
    say(this._tempo, number(state.tempo?.qpm));
    const dots = Math.min(MOST, this._beats);
    while (this._dots.children.length < dots) this._dots.append(make("i"));
    while (this._dots.children.length > dots) this._dots.lastElementChild.remove();
  }

  /** Put the place in the song at an instant of the box. */
  show(instant) {
    const at = this._grid && instant >= this._grid.from ? positionAt(this._grid, instant) : null;
    say(this._bar, at ? at.bar + 1 : "–");
    say(this._beat, at ? at.beat + 1 : "–");
    [...this._dots.children].forEach((dot, place) => dot.classList.toggle("now", at?.beat === place));
  }
}
