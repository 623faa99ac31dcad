// The drum: where each stands, what beats it, how its motor was calibrated, and what its motor bears.
import { keyed, make, mark, say } from "/open/element.js";
import { number, wordFor, words } from "/open/words/words.js";
import { calibrationCard } from "../parts/calibration.js";
import { curve } from "../parts/curve.js";
import { kitMap } from "../parts/kit_map.js";
import { push } from "../parts/switches.js";

export function drum(panel) {
  let kit = { drums: [], motors: [] };
  let state = {};
  let chosen = "snare";
  const map = kitMap((name) => {
    chosen = name;
    show();
  });
  const title = make("h2");
  const keys = make("p.soft");
  const buzz = push(words("drum.buzz"), () => buzzed());
  const motors = make("div.motor-cards");
  const table = make("tbody");
  const card = make("section.card", { "aria-live": "polite" }, make("header", {}, title, buzz), keys, make("p.soft.small", { text: words("drum.buzz.hint") }), motors);

  const calibration = calibrationCard(panel, () => read());

  async function read() {
    const all = await panel.attempt(() => panel.api.get("drums"));
    if (!all) return;
    kit = { ...all, read: Date.now() };
    show();
  }

  async function buzzed() {
    const done = await panel.attempt(() => panel.api.post(`drums/${chosen}/buzz`));
    if (done) panel.house.tell(words("drum.buzzed", { strokes: done.strokes, drum: words(`drum.${chosen}`) }));
  }

  function show() {
    const drumOf = kit.drums.find(({ drum: name }) => name === chosen) ?? state.drums?.find(({ drum: name }) => name === chosen);
    map.stand(chosen, (name) => motorsOf(name).length > 0);
    say(title, words(`drum.${chosen}`));
    say(keys, drumOf ? words("drum.keys", { keys: (drumOf.keys ?? [drumOf.key]).join(", ") }) : "");
    buzz.disabled = !motorsOf(chosen).length;
    const shown = kit.motors.filter(({ name }) => motorsOf(chosen).includes(name));
    keyed(motors, shown, ({ name }) => `${name} ${kit.read}`, motorCard);
    if (!shown.length) motors.replaceChildren(make("p", { text: words("drum.no_motor"), data: { key: "none" } }));
    calibration.stand(motorsOf(chosen), earsOf(), state.calibration ?? null);
    keyed(table, Object.entries(state.motors ?? {}), ([name]) => name, motorRow, motorFigures);
  }

  const motorsOf = (name) =>
    (kit.drums.find(({ drum: one }) => one === name) ?? state.drums?.find(({ drum: one }) => one === name))?.motors ?? [];

  // In a demo the box imagines an ear; else a pad that is plugged in hears the stick.
  const earsOf = () =>
    state.box?.demo ? kit.ears ?? [] : Object.entries(state.pads ?? {}).filter(([name, { port }]) => port && name !== "panel").map(([name]) => name);

  read();
  return {
    element: make("div.view", {},
      make("header", {}, make("h1", { text: words("view.drum") }), make("p", { text: words("drum.how") })),
      make("div.two", {}, make("div.stack", {}, make("section.card", {}, make("h2", { text: words("drum.map") }), map.element), calibration.element), card),
      make("section.card", {}, make("h2", { text: words("drum.counters") }), make("div.scroll", { tabindex: "0", role: "region", "aria-label": words("drum.counters") },
        make("table", {}, make("thead", {}, make("tr", {}, ["motor", "strokes", "left", "heat"].map((name) =>
          make(name === "strokes" ? "th.number" : "th", { scope: "col", text: words(`drum.col.${name}`) })))), table)))),
    show(news) {
      state = news;
      show();
    },
    frame: (now) => calibration.frame(now),
  };
}

function motorCard(motor) {
  const ms = (value) => `${number(value * 1000)} ms`;
  const points = motor.points ?? [];
  const of = (place) => points.map((point) => [point[0], point[place]]);
  return make("div.motor", {},
    make("h3", { text: words("drum.motor", { name: motor.name, number: motor.number }) }),
    make("p.row", {},
      make(`span.tag.${motor.calibrated ? "good" : "plain"}`, { text: words(motor.calibrated ? "drum.calibrated" : "drum.uncalibrated") }),
      make(`span.tag.${motor.wired ? "good" : "plain"}`, { text: motor.wired ? motor.wiring : words("drum.unwired") })),
    points.length > 1 && make("figure", {}, make("figcaption.soft.small", { text: words("drum.lead") }),
      curve({ lines: [of(2)], name: words("drum.lead.name", { from: ms(points[0][2]), to: ms(points.at(-1)[2]) }), y: ms, x: (value) => number(value) })),
    points.length > 1 && make("figure", {}, make("figcaption.soft.small", { text: words("drum.duty") }),
      curve({ lines: [of(1)], low: 0, high: 1, name: words("drum.duty.name", { from: number(points[0][1] * 100), to: number(points.at(-1)[1] * 100) }), y: (value) => `${number(value * 100)} %`, x: (value) => number(value) })),
    make("p.soft.small", { text: words("drum.budget", { on: number(motor.budget.on, 1), window: number(motor.budget.window, 1) }) }));
}

function motorRow([name]) {
  return make("tr", {}, make("th", { scope: "row", text: name }), make("td.number"), make("td"),
    make("td", {}, make("div.meter", { role: "meter", "aria-label": words("drum.heat", { name }), "aria-valuemin": 0, "aria-valuemax": 100 }, make("i")), make("span.small.number")));
}

function motorFigures(row, [, motor]) {
  const left = Object.entries(motor.left_out ?? {}).map(([reason, count]) => `${wordFor("reason", reason)} ${count}`);
  const heat = Math.round((motor.heat ?? 0) * 100);
  say(row.children[1], number(motor.strokes));
  say(row.children[2], left.join(", ") || "–");
  const meter = row.children[3].firstElementChild;
  mark(meter, "aria-valuenow", heat);
  meter.classList.toggle("high", heat > 80);
  meter.firstElementChild.style.width = `${Math.min(100, heat)}%`;
  say(row.children[3].lastElementChild, `${heat} %`);
}
