// The stage: the roll with the pads in it, each duet, and what a crew looks for from two metres away.
import { keyed, make } from "/open/element.js";
import { words } from "/open/words/words.js";
import { DuetCard } from "../parts/duet_card.js";
import { Faults } from "../parts/faults.js";
import { Figures } from "../parts/figures.js";
import { hands } from "../parts/hands.js";
import { Roll, coloursOf } from "../roll/roll.js";
import { beatsBetween, gridOf } from "../state/grid.js";

export function stage(panel) {
  const canvas = make("canvas", { role: "img", "aria-label": words("roll.name") });
  const { pads } = panel.house;
  const hint = make("p.roll-hint", { text: words("roll.hint") });
  const rollBox = make("div.roll", {}, canvas, hint, make("div.pads-place", {}, pads.element));
  const faults = new Faults(panel);
  const figures = new Figures();
  const cards = make("div.duet-cards");
  const made = new Map();
  let grid = null;
  let live = [];
  const roll = new Roll(canvas, {
    marks: { get all() { return panel.marks.all; }, get spans() { return [...panel.marks.spans, ...live]; } },
    beats: (from, to) => beatsBetween(grid, from, to),
    gap: () => {
      const place = pads.element.parentElement;
      return { top: place.offsetTop, bottom: place.offsetTop + place.offsetHeight };
    },
    colours: coloursOf(document.documentElement),
    calm: matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  canvas.roll = roll;
  const element = make("div.stage", {},
    make("h1.unseen", { text: words("view.stage") }),
    make("section.stage-roll", { "aria-label": words("roll.section") }, rollBox, hands(panel)),
    make("section.stage-side", { "aria-label": words("stage.side") }, faults.element, cards, figures.element));
  return {
    element,
    show(state) {
      grid = gridOf(state);
      live = listening(state.duets, panel);
      hint.hidden = panel.marks.all.size > 0 || !quiet(state.duets);
      faults.stand(state.faults);
      figures.stand(state);
      keyed(cards, Object.entries(state.duets ?? {}), ([name]) => name, ([name]) => {
        const card = new DuetCard(panel, name);
        made.set(name, card);
        return card.element;
      }, (_, [name, duet]) => made.get(name).stand(duet, panel.events.hue(name)));
    },
    frame(now) {
      panel.marks.forget(now);
      roll.draw(now);
    },
  };
}

// Nobody has played here yet: then a newcomer is told how to begin.
const quiet = (duets = {}) => Object.values(duets).every((duet) => duet.turn === "idle" && !duet.likelihoods?.length);

// The call under way, which has no end yet.
function listening(duets = {}, panel) {
  return Object.entries(duets)
    .filter(([, duet]) => duet.call && (duet.turn === "listening" || duet.turn === "accompanying"))
    .map(([name, duet]) => ({ kind: "call", duet: name, hue: 0, from: duet.call.origin, to: panel.clock.now() }));
}
