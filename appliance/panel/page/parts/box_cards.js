// The box itself: what is plugged in, how it is, where it is found, and what it wrote down.
import { keyed, make, say } from "/open/element.js";
import { wordFor, words } from "/open/words/words.js";
import { Choice, push } from "./switches.js";

const UNITS = ["player", "striker", "out", "panel", "doctor", "spool"];

export function portsCard(panel) {
  const list = make("ul.facts-list");
  const read = async () => {
    const inputs = await panel.api.get("ports").then((all) => all.inputs, (error) => [{ port: error.message, name: null }]);
    keyed(list, inputs.length ? inputs : [{ port: words("ports.none"), name: null }], ({ port, name }) => `${port} ${name}`, ({ port, name }) =>
      make("li", {}, make("span", { text: port }), " ", name && make("span.tag.good", { text: words("ports.is", { name }) })));
  };
  read();
  return {
    element: make("section.card", {}, make("header", {}, make("h2", { text: words("ports.name") }), push(words("read.again"), read, ".slim")), list),
  };
}

export function healthCard(panel) {
  const told = make("p");
  const findings = make("ul.findings");
  const units = make("tbody");
  const status = make("p.soft", { role: "status" });
  const read = async () => {
    say(status, words("read.reading"));
    const all = await panel.attempt(() => panel.api.get("status"));
    say(status, "");
    if (!all) return;
    const version = all.version || panel.session.version || "–";
    say(told, words("health.version", { version, installed: (all.installed ?? []).join(", ") || version }));
    keyed(findings, all.findings ?? [], ({ name, found, verdict }) => `${name} ${found} ${verdict}`, finding);
    keyed(units, all.units ?? [], (unit) => JSON.stringify(unit), (unit) => make("tr", {}, make("th", { scope: "row", text: unit.name }), make("td", { text: `${unit.active} (${unit.sub})` }), make("td.number", { text: unit.starts ?? "–" })));
    units.parentElement.hidden = !all.units?.length;
  };
  read();
  return {
    element: make("section.card", {}, make("header", {}, make("h2", { text: words("health.name") }), push(words("read.again"), read, ".slim")), told, status, findings,
      make("table", {}, make("thead", {}, make("tr", {}, ["unit", "is", "starts"].map((name) => make("th", { scope: "col", text: words(`health.col.${name}`) })))), units)),
  };
}

function finding({ name, verdict, found, do: remedy }) {
  return make("li", {},
    make(`span.tag.${verdict === "ok" ? "good" : verdict === "bad" ? "bad" : "look"}`, { text: words(`verdict.${verdict}`) }),
    make("div", {}, make("b", { text: name }), make("p", { text: found }), remedy && verdict !== "ok" && make("p.soft", { text: remedy })));
}

export function networkCard(panel) {
  const list = make("dl.facts");
  panel.attempt(() => panel.api.get("network")).then((net) => {
    if (!net) return;
    const facts = [["hostname", net.hostname], ["addresses", (net.addresses ?? []).map(({ interface: name, family, address }) => `${address} (${name ?? family})`).join(", ")], ["listens", net.listens],
      ["tls", words(net.tls ? "yes" : "no")]];
    list.replaceChildren(...facts.map(([name, value]) => make("div", {}, make("dt", { text: words(`network.${name}`) }), make("dd", { text: value || "–" }))));
    list.after(make("p.soft.small", { text: words(net.loopback ? "network.loopback" : "network.open") }));
  });
  return { element: make("section.card", {}, make("h2", { text: words("network.name") }), list) };
}

export function logsCard(panel) {
  const text = make("pre.log.mono", { tabindex: "0", role: "region", "aria-label": words("logs.name") });
  const choice = new Choice((unit) => read(unit));
  choice.named(words("logs.whose"), UNITS.map((unit) => [unit, wordFor("unit", unit)]));
  const troubles = make("ul.facts-list");
  async function read(unit) {
    choice.stand(unit);
    const all = await panel.attempt(() => panel.api.get(`logs?unit=${unit}`));
    say(text, all?.lines?.length ? all.lines.join("\n") : words("logs.none"));
    text.scrollTop = text.scrollHeight;
  }
  read("player");
  return {
    element: make("section.card.wide", {}, make("header", {}, make("h2", { text: words("logs.name") }), push(words("read.again"), () => read(choice.value), ".slim")), choice.element, text,
      make("h3", { text: words("logs.troubles") }), troubles),
    show({ troubles: all = [] }) {
      const items = all.length ? all : [{ time: 0, text: words("logs.no_troubles"), do: "" }];
      keyed(troubles, [...items].reverse(), (one) => `${one.time} ${one.text}`, (one) => make("li", {}, make("p", { text: one.text }), one.do && make("p.soft", { text: one.do })));
    },
  };
}
