// Who listens to whom: the graph, drawn by hand or by keyboard, and the same as a table of switches.
import { keyed, make } from "/open/element.js";
import { wordFor, words } from "/open/words/words.js";
import { confirmed } from "../parts/dialog.js";
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
    // It hears the first pad, and beats the drum, until other lines are drawn.
    if (!(await panel.ask({ t: "join", duet: called, inputs: (state.sources ?? []).slice(0, 1), outputs: ["motors"] }))) return;
    name.value = "";
    panel.house.tell(words("duets.added", { name: called }));
  }

  async function removed(duet) {
    if (await confirmed(words("duets.part.sure", { duet }), words("duets.part"))) await panel.ask({ t: "part", duet });
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
      keyed(tables, Object.keys(news.duets ?? {}), String, (duet) => table(duet, toggle, removed), (card, duet) => stand(card, duet, news));
    },
  };
}

function table(duet, toggle, removed) {
  const lines = (kind) => make("div.row", { role: "group", "aria-label": words(`duets.${kind}`, { duet }), data: { kind } });
  const card = make("section.card", {}, make("h2", { text: duet }),
    make("p.label", { text: words("duets.hears") }), lines("inputs"), make("p.label", { text: words("duets.beats") }), lines("outputs"),
    make("div.row.ends", {}, push(words("duets.part"), () => removed(duet), ".slim.danger")));
  card.toggle = toggle;
  return card;
}

function stand(card, duet, state) {
  const { sources, outputs } = nodesOf(state);
  const names = { inputs: [...sources, ...Object.keys(state.duets)].filter((name) => name !== duet), outputs };
  // The last one stays.
  card.querySelector(".danger").disabled = Object.keys(state.duets).length < 2;
  for (const row of card.querySelectorAll("[data-kind]")) {
    const { kind } = row.dataset;
    keyed(row, names[kind], String,
      (name) => push(wordFor("node", name), () => (kind === "inputs" ? card.toggle(name, duet) : card.toggle(duet, name)), ".slim"),
      (button, name) => button.setAttribute("aria-pressed", String((state.duets[duet][kind] ?? []).includes(name))));
  }
}
