// The box in figures: how late strokes are, how warm the board is, who is here.
import { make, mark, say } from "/open/element.js";
import { number, wordFor, words } from "/open/words/words.js";

const WARM = 0.9; // share of the board's limit from which its temperature is marked
const ABOVE = 2; // ms of lateness from which a stroke is left out: strike.tolerance as shipped

export class Figures {
  constructor() {
    this._figures = Object.fromEntries(["late", "worst", "warm", "out"].map((name) => [name, figure(name)]));
    this._who = make("p.soft.small");
    this.element = make("article.card.figures", { "aria-label": words("figures.name") },
      make("dl", {}, Object.values(this._figures).map(({ element }) => element)), this._who);
  }

  stand(state) {
    const { lateness, box } = state;
    const some = lateness?.strokes > 0;
    this._put("late", some ? `${number(lateness.p99 * 1000, 2)} ms` : "–", some && lateness.p99 * 1000 > ABOVE);
    this._put("worst", some ? `${number(lateness.worst * 1000, 2)} ms` : "–", some && lateness.worst * 1000 > ABOVE);
    this._put("warm", Number.isFinite(box?.temperature) ? `${number(box.temperature)} °C` : "–", box?.temperature > WARM * (box?.hot ?? 80));
    const left = Object.entries(lateness?.left_out ?? {});
    this._put("out", number(left.reduce((sum, [, count]) => sum + count, 0)), left.length > 0);
    const why = left.map(([reason, count]) => `${wordFor("reason", reason)} ${count}`).join(", ");
    say(this._who, [why, this._here(state)].filter(Boolean).join(" · "));
  }

  _here({ player, striker }) {
    if (!player) return "";
    if (!player.here) return words("figures.no_player");
    if (!striker?.here) return words("figures.no_striker");
    return striker.alone ? words("figures.alone") : words("figures.all");
  }

  _put(name, text, high) {
    say(this._figures[name].value, text);
    mark(this._figures[name].element, "class", high ? "figure high" : "figure");
  }
}

function figure(name) {
  const value = make("dd");
  return { value, element: make("div.figure", {}, make("dt", { text: words(`figures.${name}`) }), value) };
}
