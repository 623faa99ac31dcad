// The box learns: which key each pad sends, and which knob turns what.
import { keyed, make, say } from "/open/element.js";
import { wordFor, words } from "/open/words/words.js";
import { push } from "./switches.js";

const select = (id) => make("select", { id });
const labelled = (id, key, field) => make("div.field", {}, make("label", { for: id, text: words(key) }), field);

export function lessonCard(panel) {
  const pad = select("lesson-pad");
  const says = make("p", { "aria-live": "assertive" });
  says.classList.add("lesson");
  const begin = push(words("lesson.begin"), () => panel.ask({ t: "learn_pads", pad: pad.value, drums: [] }), ".main");
  const stop = push(words("lesson.stop"), () => panel.ask({ t: "learn_pads", pad: null }));
  const skip = push(words("lesson.skip"), () => panel.ask({ t: "skip_drum" }));
  const list = make("ul.facts-list");
  return {
    element: make("section.card", {}, make("h2", { text: words("lesson.name") }), list, make("p.soft", { text: words("lesson.how") }),
      labelled("lesson-pad", "lesson.pad", pad), says, make("div.row", {}, begin, skip, stop)),
    show({ pads = {}, lesson = null }) {
      keyed(list, Object.entries(pads), ([name]) => name, ([name]) => make("li", {}, make("b", { text: wordFor("node", name) }), " ", make("span")),
        (item, [, { port, text }]) => say(item.lastElementChild, port ?? text ?? words("pads.away")));
      keyed(pad, Object.keys(pads), String, (name) => make("option", { value: name, text: wordFor("node", name) }));
      begin.disabled = Boolean(lesson) || !Object.keys(pads).length;
      stop.hidden = skip.hidden = !lesson;
      says.hidden = !lesson;
      say(says, lesson ? lessonWords(lesson) : "");
    },
  };
}

const lessonWords = (lesson) => words("lesson.hit", { drum: words(`drum.${lesson.drum}`), left: lesson.left });

export function bindingsCard(panel) {
  const control = select("learn-control");
  const duet = select("learn-duet");
  const says = make("p", { "aria-live": "polite" });
  const rows = make("tbody");
  const learn = push(words("learn.begin"), () => panel.ask({ t: "learn", control: control.value, duet: duet.value }), ".main");
  learn.dataset.does = "learn";
  const stop = push(words("lesson.stop"), () => panel.ask({ t: "learn", control: null }));
  const keep = push(words("learn.keep"), async () => {
    if (await panel.ask({ t: "keep_bindings" })) panel.house.tell(words("learn.kept"));
  });
  return {
    element: make("section.card", {}, make("h2", { text: words("learn.name") }), make("p.soft", { text: words("learn.how") }),
      labelled("learn-control", "learn.control", control), labelled("learn-duet", "learn.duet", duet),
      says, make("div.row", {}, learn, stop, keep),
      make("div.scroll", { tabindex: "0", role: "region", "aria-label": words("learn.table") },
        make("table", {}, make("thead", {}, make("tr", {}, ["control", "by", "where"].map((name) => make("th", { scope: "col", text: words(`learn.col.${name}`) })))), rows))),
    show({ controls = {}, duets = {}, bindings = [], learning = null }) {
      keyed(control, Object.keys(controls), String, (name) => make("option", { value: name, text: words(`control.${name}`) }));
      keyed(duet, ["", ...Object.keys(duets)], (name) => `duet ${name}`, (name) => make("option", { value: name, text: name || words("knobs.all") }));
      say(says, learning?.control ? words("learn.turn", { control: words(`control.${learning.control}`) }) : "");
      stop.hidden = !learning?.control;
      keyed(rows, bindings, (row) => JSON.stringify(row), (row) => make("tr", {}, make("th", { scope: "row", text: wordFor("control", row.control) }), make("td", { text: row.by }),
        make("td", { text: [row.port, row.channel ? words("learn.channel", { channel: row.channel }) : "", row.duet].filter(Boolean).join(" · ") || words("learn.anywhere") })));
    },
  };
}
