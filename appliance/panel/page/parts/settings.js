// The settings that a band changes most, written into the owner's file; they take effect with the player's next start.
import { make, say } from "/open/element.js";
import { words } from "/open/words/words.js";
import { restartRow } from "./restart.js";

// The key, how it is asked for, and what it may be.
const ASKED = [
  { key: "tempo.qpm", type: "number", min: 20, max: 400, step: 0.5 },
  { key: "tempo.meter", type: "text", pattern: "\\d+/\\d+" },
  { key: "tempo.source", choices: ["settings", "tap", "hits", "clock"] },
  { key: "call.silence_beats", type: "number", min: 1, max: 64, step: 1 },
  { key: "pad.threshold", type: "number", min: 1, max: 126, step: 1 },
  { key: "pad.debounce", type: "number", min: 0, max: 1, step: 0.001 },
];

export function settingsCard(panel) {
  const fields = new Map(ASKED.map((asked) => [asked.key, field(asked)]));
  const status = make("p", { role: "status" });
  let tables = {};
  const stand = () => {
    for (const [key, input] of fields) input.value = at(tables, key) ?? "";
  };
  const kept = async (event) => {
    event.preventDefault();
    const changes = Object.fromEntries([...fields].map(([key, input]) => [key, valueOf(input)]).filter(([key, value]) => value !== at(tables, key)));
    if (!Object.keys(changes).length) {
      say(status, words("settings.same"));
      return;
    }
    try {
      const done = await panel.api.patch("settings", { changes });
      tables = done.tables;
      say(status, words(done.restart ? "settings.restart" : "settings.done"));
      status.className = "";
    } catch (error) {
      say(status, error.message);
      status.className = "refusal";
    }
  };
  const button = make("button.button", { type: "submit", text: words("settings.keep") });
  panel.attempt(() => panel.api.get("settings")).then((all) => {
    if (!all) return;
    tables = all.tables;
    button.disabled = all.writable === false;
    if (all.writable === false) say(status, words("settings.fixed"));
    stand();
  });
  return {
    element: make("form.card", { onsubmit: kept }, make("h2", { text: words("settings.name") }),
      [...fields].map(([key, input]) => make("div.field", {}, make("label", { for: input.id, text: words(`settings.${key}`) }), input)), make("div.row", {}, button, status), restartRow(panel)),
  };
}

function field({ key, choices, ...attributes }) {
  const id = `setting-${key.replace(".", "-")}`;
  if (!choices) return make("input", { id, autocomplete: "off", ...attributes });
  return make("select", { id }, choices.map((value) => make("option", { value, text: words(`settings.${key}.${value}`) })));
}

const at = (tables, key) => key.split(".").reduce((table, name) => table?.[name], tables);

const valueOf = (input) => (input.type === "number" ? input.valueAsNumber : input.value.trim());
