// A motor is calibrated: the ear that hears it, what was heard so far as dots, and what came of it.
import { keyed, make, mark, say } from "/open/element.js";
import { number, wordFor, words } from "/open/words/words.js";
import { curve } from "./curve.js";
import { push } from "./switches.js";

const ms = (value) => `${number(value * 1000)} ms`;
const share = (value) => `${number(value * 100)} %`;

/** `ended` is called when one has come to its end: the kit's curves may be others. */
export function calibrationCard(panel, ended) {
  const motor = make("select", { id: "calibration-motor" });
  const ear = make("select", { id: "calibration-ear" });
  const delay = make("input", { id: "calibration-delay", type: "number", min: 0, max: 100, step: 0.5, value: 0 });
  const begin = push(words("calibration.begin"), () => started(), ".main");
  const stop = push(words("calibration.stop"), () => panel.attempt(() => panel.api.remove("calibration")));
  const status = make("p", { role: "status" });
  const progress = make("progress", { max: 60, "aria-label": words("calibration.progress") });
  const drawn = make("div.curves");
  let course = null;
  let seen = "";

  async function started() {
    await panel.attempt(() => panel.api.post("calibration", { motor: motor.value, ear: ear.value, delay: (delay.valueAsNumber || 0) / 1000 }));
  }

  function shown(news) {
    const runs = news?.state === "runs";
    begin.disabled = runs || !ear.children.length || !motor.children.length;
    stop.hidden = !runs;
    progress.hidden = !runs;
    drawn.hidden = !news;
    const now = news ? `${news.began} ${news.state} ${news.dots.length}` : "";
    if (now === seen) return;
    seen = now;
    say(status, news ? courseWords(news) : "");
    status.className = ["runs", "steady"].includes(news?.state) ? "" : "refusal";
    drawn.replaceChildren(...(news ? curvesOf(news) : []));
    if (course?.state === "runs" && !runs) ended();
    course = news;
  }

  return {
    element: make("section.card.calibration", {}, make("h2", { text: words("calibration.name") }), make("p.soft", { text: words("calibration.how") }),
      make("div.cards", {},
        make("div.field", {}, make("label", { for: motor.id, text: words("calibration.motor") }), motor),
        make("div.field", {}, make("label", { for: ear.id, text: words("calibration.ear") }), ear),
        make("div.field", {}, make("label", { for: delay.id, text: words("calibration.delay") }), delay)),
      make("div.row", {}, begin, stop), status, progress, drawn),
    /** What the drum's motors are, the ears that there are, and how it stands. */
    stand(motors, ears, news) {
      keyed(motor, motors, String, (name) => make("option", { value: name, text: name }));
      keyed(ear, ears, String, (name) => make("option", { value: name, text: wordFor("ear", name) }));
      shown(news);
    },
    frame(now) {
      if (course?.state === "runs") mark(progress, "value", Math.min(course.lasts, Math.max(0, now - course.began)).toFixed(1));
    },
  };
}

function courseWords({ state, motor, kept, dots, texts }) {
  const heard = dots.filter(([, lead]) => lead !== null).length;
  const end = state === "steady" ? words(kept ? "calibration.kept" : "calibration.imagined") : texts.join(" ");
  return [words(`calibration.${state}`, { motor, strokes: dots.length, heard }), end].filter(Boolean).join(" ");
}

function curvesOf({ dots, points }) {
  const heard = dots.filter(([, lead]) => lead !== null);
  const leads = heard.map(([duty, lead]) => [duty, lead]);
  const loud = heard.map(([duty, , loudness]) => [duty, loudness]);
  const found = points.map(([, duty, lead]) => [duty, lead]);
  const figure = (name, drawing) => make("figure", {}, make("figcaption.soft.small", { text: words(name) }), drawing);
  return [
    figure("calibration.leads", curve({ lines: [found], points: leads, name: words("calibration.leads.name", { heard: heard.length }), x: share, y: ms })),
    figure("calibration.loud", curve({ lines: [], points: loud, name: words("calibration.loud.name", { heard: heard.length }), x: share, y: (value) => number(value) })),
  ];
}
