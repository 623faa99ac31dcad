// Who listens to whom: the graph, drawn by hand or by keyboard, and the same as a table of switches.
import { keyed, make } from "/open/element.js";
import { wordFor, words } from "/open/words/words.js";
import { Graph } from "../parts/graph.js";
import { nodesOf, rerouted } from "../parts/lines.js";
import { push } from "../parts/switches.js";

export function duets(panel) {
  let state = {};
  const change = async (duet, inputs, outputs) => {
    if (await panel.ask({ t: "route", duet, inputs, outputs })) panel.house.tell(words("duets.changed", { duet }));
  };
  const toggle = (from, to) => {
    const changed = rerouted(state, from, to);
    if (changed) change(...changed);
  };
  const graph = new Graph(toggle);
  const tables = make("div.cards");
  const name = make("input", { id: "new-duet", maxlength: 32, autocomplete: "off", pattern: "[A-Za-z][A-Za-z0-9_]*" });
  const form = make("form.card", { onsubmit: (event) => added(event) },
    make("h2", { text: words("duets.new") }), make("p.soft", { text: words("duets.new.hint") }),
    make("div.field", {}, make("label", { for: "new-duet", text: words("duets.new.name") }), name),
    make("div.row", {}, make("button.button", { type: "submit", text: words("duets.add") })));

  async function added(event) {
    event.preventDefault();
    const called = name.value.trim();
    if (!called) return;
    const done = await panel.attempt(() => panel.api.patch("settings", { changes: newDuet(state, called) }));
    if (done) {
      name.value = "";
      panel.house.tell(words("duets.added", { name: called }));
    }
  }

  return {
    element: make("div.view", {},
      make("header", {}, make("h1", { text: words("view.duets") }), push(words("duets.keep"), async () => {
        if (await panel.ask({ t: "keep_routes" })) panel.house.tell(words("duets.kept"));
      }), make("p", { text: words("duets.how") })),
      graph.element, tables, form),
    show(news) {
      state = news;
      graph.stand(news);
      keyed(tables, Object.keys(news.duets ?? {}), String, (duet) => table(duet, toggle), (card, duet) => stand(card, duet, news));
    },
  };
}

// The first duet of one's own takes the place of the one that there is without a word: so that one is written too.
function newDuet(state, called) {
  const changes = { [`duets.${called}.inputs`]: [...(state.sources ?? [])].slice(0, 1), [`duets.${called}.outputs`]: ["motors"] };
  for (const [name, duet] of Object.entries(state.duets ?? {})) {
    changes[`duets.${name}.inputs`] = duet.inputs;
    changes[`duets.${name}.outputs`] = duet.outputs;
  }
  return changes;
}

function table(duet, toggle) {
  const lines = (kind) => make("div.row", { role: "group", "aria-label": words(`duets.${kind}`, { duet }), data: { kind } });
  const card = make("section.card", {}, make("h2", { text: duet }),
    make("p.label", { text: words("duets.hears") }), lines("inputs"), make("p.label", { text: words("duets.beats") }), lines("outputs"));
  card.toggle = toggle;
  return card;
}

function stand(card, duet, state) {
  const { sources, outputs } = nodesOf(state);
  const names = { inputs: [...sources, ...Object.keys(state.duets)].filter((name) => name !== duet), outputs };
  for (const row of card.querySelectorAll("[data-kind]")) {
    const { kind } = row.dataset;
    keyed(row, names[kind], String,
      (name) => push(wordFor("node", name), () => (kind === "inputs" ? card.toggle(name, duet) : card.toggle(duet, name)), ".slim"),
      (button, name) => button.setAttribute("aria-pressed", String((state.duets[duet][kind] ?? []).includes(name))));
  }
}
