// One duet on the stage: whose turn it is, what plays, and how likely its answers were.
import { make, mark, say } from "/open/element.js";
import { number, wordFor, words } from "/open/words/words.js";
import { curve } from "./curve.js";
import { push } from "./switches.js";

export class DuetCard {
  constructor(panel, name) {
    this._name = make("h2", { text: name });
    this._turn = make("p.turn", { role: "status" });
    this._what = make("p.soft.small");
    this._likely = make("p.big");
    this._likelyWords = make("p.soft.small");
    this._course = make("figure");
    this._shown = "";
    const act = (control) => push(words(`stage.${control}`), () => panel.turn(control, null, name), ".slim");
    this.element = make("article.card.duet", { "aria-label": words("duet.name", { name }) },
      make("header", {}, this._name, this._what), this._turn,
      make("div.likely", {}, this._likely, this._likelyWords), this._course,
      make("div.acts", {}, act("end_call"), act("mutate"), act("keep")));
  }

  stand(duet, hue) {
    say(this._turn, words(`turn.${duet.turn}`));
    mark(this._turn, "data-turn", duet.turn);
    mark(this.element, "data-hue", hue % 4);
    say(this._what, `${duet.values?.model ?? ""} · ${wordFor("mode", duet.values?.mode ?? "answer")}`);
    this._likelihoods(duet.likelihoods ?? []);
  }

  _likelihoods(all) {
    const seen = JSON.stringify(all.at(-1) ?? null) + all.length;
    if (seen === this._shown) return;
    this._shown = seen;
    const answers = all.filter(({ steps }) => steps > 0);
    const perStep = answers.map(({ answer, log_likelihood, steps }) => [answer, log_likelihood / steps]);
    const last = answers.at(-1);
    say(this._likely, last ? number(last.log_likelihood / last.steps, 2) : "–");
    say(this._likelyWords, last ? words("duet.likely", { total: number(last.log_likelihood, 1) }) : words("duet.none"));
    const name = words("duet.course", { count: perStep.length });
    this._course.replaceChildren(...(perStep.length
      ? [curve({ lines: [perStep], name, y: (value) => number(value, 1), x: (value) => `#${value}`, height: 84, dots: perStep.length < 12 })]
      : []));
  }
}
