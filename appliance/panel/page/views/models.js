// The models: a card for each, one more by upload, and how several of them answer the same call.
import { keyed, make, say } from "/open/element.js";
import { number, size, words } from "/open/words/words.js";
import { confirmed } from "../parts/dialog.js";
import { phrasePicture } from "../parts/phrase_picture.js";
import { push } from "../parts/switches.js";
import { PhrasePlayer } from "../sound/phrase_player.js";

const MOST = 4; // models that are compared at once

export function models(panel) {
  const player = new PhrasePlayer(panel.kit);
  const cards = make("div.cards");
  const compare = compared(panel, player);
  const upload = uploading(panel, () => read());

  async function read() {
    const all = await panel.attempt(() => panel.api.get("models"));
    if (!all) return;
    keyed(cards, all.models, (model) => JSON.stringify(model), (model) => cardOf(panel, model, read, compare.picked));
    compare.among(all.models);
  }

  read();
  return {
    element: make("div.view", {},
      make("header", {}, make("h1", { text: words("view.models") }), make("p", { text: words("models.how") })),
      cards, compare.element, upload),
    end: () => player.stop(),
  };
}

function cardOf(panel, model, read, picked) {
  const answers = model.answers !== false;
  const facts = [
    ["family", model.family && `${model.family} · ${model.config}`],
    ["layers", (model.layer_sizes ?? []).join(" × ")],
    ["quantization", model.quantization],
    ["bytes", size(model.bytes ?? 0)],
    ["likelihood", model.likelihood && words("models.likelihood.value", { nats: number(model.likelihood.nats_per_step, 2), data: model.likelihood.data })],
    ["licence", model.licence],
    ["credit", model.credit],
  ].filter(([, value]) => value);
  const remove = async () => {
    if (!(await confirmed(words("models.delete.sure", { name: model.name }), words("models.delete")))) return;
    await panel.attempt(() => panel.api.remove(`models/${encodeURIComponent(model.id)}`));
    read();
  };
  const pick = push(words("models.compare.pick"), () => {
    pick.setAttribute("aria-pressed", String(picked(model.id)));
  }, ".slim");
  pick.setAttribute("aria-pressed", "false");
  return make("article.card", {},
    make("header", {}, make("h2", { text: model.name || model.id }), tagOf(model)),
    model.fault ? make("p.refusal", { text: model.fault }) : make("p", { text: model.description }),
    make("dl.facts", {}, facts.map(([name, value]) => make("div", {}, make("dt", { text: words(`models.${name}`) }), make("dd", { text: value })))),
    make("div.row", {},
      // One of [groove] stands behind an answer: it is given none to make, nor compared.
      answers && push(words("models.choose"), () => panel.turn("model", model.control), ".slim.main"), answers && pick,
      !model.shipped && push(words("models.delete"), remove, ".slim.danger")));
}

function tagOf(model) {
  if (model.used_by?.length) return make("span.tag.good", { text: words("models.used", { duets: model.used_by.join(", ") }) });
  return make("span.tag", { text: words(model.shipped ? "models.shipped" : "models.own") });
}

function compared(panel, player) {
  let ids = [];
  const call = make("select", { id: "compare-call" });
  const results = make("div.cards");
  const status = make("p.soft", { role: "status" });
  const go = push(words("models.compare.go"), () => run(), ".main");
  const shown = () => {
    say(status, ids.length < 2 ? words("models.compare.few") : words("models.compare.ready", { models: ids.join(", ") }));
    go.disabled = ids.length < 2;
  };

  async function run() {
    go.disabled = true;
    say(status, words("models.compare.running"));
    const done = await panel.attempt(() => panel.api.post("models/compare", { models: ids, call: call.value }));
    shown();
    if (!done) return;
    results.replaceChildren(...done.answers.map((answer) => answerCard(answer, done.call, player)));
  }

  panel.attempt(() => panel.api.get("stories")).then((all) =>
    call.replaceChildren(...(all?.stories ?? []).map((name) => make("option", { value: name, text: name.replaceAll("_", " ") }))));
  shown();
  return {
    element: make("section.card.wide", {}, make("h2", { text: words("models.compare") }), status,
      make("div.row", {}, make("div.field", {}, make("label", { for: "compare-call", text: words("models.compare.call") }), call), go), results),
    among(all) {
      ids = ids.filter((id) => all.some((model) => model.id === id));
      shown();
    },
    picked(id) {
      ids = ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id].slice(-MOST);
      shown();
      return ids.includes(id);
    },
  };
}

function answerCard({ model, phrase, nats_per_step: nats, ms_per_step: ms, fault }, call, player) {
  return make("article.answer-card", {}, make("h3", { text: model }),
    fault ? make("p.refusal", { text: fault }) : phrasePicture(phrase, words("concerts.answer.picture", { number: model })),
    make("p.number", { text: words("models.compare.figures", { nats: number(nats, 2), ms: number(ms, 2) }) }),
    !fault && push(words("models.compare.hear"), () => player.play([call, phrase]), ".slim"));
}

function uploading(panel, read) {
  const file = make("input", { type: "file", id: "model-file", accept: ".tflite" });
  const name = make("input", { id: "model-name", maxlength: 64, pattern: "[A-Za-z0-9_\\-]{1,64}", autocomplete: "off", spellcheck: "false" });
  const status = make("p", { role: "status" });
  file.addEventListener("change", () => {
    if (file.files[0] && !name.value) name.value = file.files[0].name.replace(/\.tflite$/, "").replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64);
  });
  const sent = async (event) => {
    event.preventDefault();
    if (!file.files[0] || !name.value) {
      say(status, words("models.upload.first"));
      return;
    }
    say(status, words("models.upload.running"));
    status.className = "";
    try {
      const card = await panel.api.put(`models/${encodeURIComponent(name.value)}`, file.files[0]);
      say(status, words("models.upload.done", { name: card.name, ms: number(card.check?.ms_per_step, 2) }));
      event.target.reset();
      read();
    } catch (error) {
      say(status, error.message);
      status.className = "refusal";
    }
  };
  return make("form.card.wide", { onsubmit: sent }, make("h2", { text: words("models.upload") }), make("p.soft", { text: words("models.upload.hint") }),
    make("div.cards", {},
      make("div.field", {}, make("label", { for: "model-file", text: words("models.upload.file") }), file),
      make("div.field", {}, make("label", { for: "model-name", text: words("models.upload.name") }), name)),
    make("div.row", {}, make("button.button.main", { type: "submit", text: words("models.upload.go") }), status));
}
