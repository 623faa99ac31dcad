// The knobs: everything that can be turned while the music plays, for one duet or for all.
import { keyed, make, say } from "/open/element.js";
import { words } from "/open/words/words.js";
import { ControlBoard } from "../parts/control_board.js";
import { Choice, push } from "../parts/switches.js";

const GROUPS = [
  ["chance", ["temperature", "density", "top_k"]],
  ["turns", ["mode", "model", "loop", "mute", "thru", "overlap", "memory"]],
  ["length", ["call_bars", "silence_beats", "answer_bars", "min_bars", "max_bars", "start"]],
  ["time", ["tempo", "meter", "metronome"]],
  ["groove", ["way", "similarity", "blend", "humanise"]],
];
const PUSHES = ["mutate", "undo", "keep", "end_call", "count_in", "tap"];

export function knobs(panel) {
  let meant = "";
  let last = {};
  const choice = new Choice((duet) => {
    meant = duet;
    view.show(last);
  });
  const board = new ControlBoard((control, value) => panel.turn(control, value, meant));
  const scenes = make("div.row");
  const sceneCard = make("section.card.wide", {}, make("h2", { text: words("knobs.scenes") }), scenes);
  const note = make("p.soft");
  const pushes = make("section.card.wide", { "aria-label": words("knobs.pushes") },
    make("div.pushes", {}, PUSHES.map((control) => {
      const button = push(words(`control.${control}`), () => panel.turn(control, null, control === "tap" ? "" : meant));
      button.title = words(`control.${control}.hint`);
      return button;
    })));
  const groups = GROUPS.map(([name, controls]) => make("section.card", {}, make("h2", { text: words(`knobs.${name}`) }), board.parts(controls)));
  const view = {
    element: make("div.view.knobs", {},
      make("header", {}, make("h1", { text: words("view.knobs") }), choice.element, note),
      pushes, make("div.cards", {}, groups), sceneCard),
    show(state) {
      last = state;
      const duets = Object.keys(state.duets ?? {});
      if (meant && !duets.includes(meant)) meant = "";
      choice.named(words("knobs.whose"), [["", words("knobs.all")], ...duets.map((name) => [name, name])]);
      choice.stand(meant);
      choice.element.hidden = duets.length < 2;
      const duet = state.duets?.[meant || duets[0]];
      say(note, !meant && duets.length > 1 ? words("knobs.all.note", { name: duets[0] }) : "");
      board.stand(state, duet);
      sceneCard.hidden = !state.scenes?.length;
      keyed(scenes, state.scenes ?? [], String,
        (name) => push(name, () => panel.turn("scene", name)),
        (button, name) => button.setAttribute("aria-pressed", String(name === state.scene)));
    },
  };
  return view;
}
