// Updates: a signed release is brought, installed between two songs, and taken back when it does not play.
import { keyed, make, say } from "/open/element.js";
import { words, wordFor } from "/open/words/words.js";
import { confirmed } from "./dialog.js";
import { restartRow } from "./restart.js";
import { push } from "./switches.js";

const AGAIN = 3000; // ms between two looks while something is under way
const SHOWN = 6; // updates

export function updatesCard(panel) {
  const file = make("input", { type: "file", id: "release-file", accept: ".release" });
  const send = make("button.button.main", { type: "submit", text: words("update.go") });
  const status = make("p", { role: "status" });
  const why = make("p.soft");
  const backs = make("div.row");
  const told = make("ul.facts-list");
  let later = null;

  async function read() {
    clearTimeout(later);
    const all = await panel.attempt(() => panel.api.get("update"));
    if (!all || !element.isConnected) return;
    send.disabled = file.disabled = !all.able;
    say(why, all.able ? words("update.how") : words(panel.session.demo ? "update.demo" : "update.none"));
    const kinds = Object.entries(all.kinds);
    keyed(backs, all.able ? kinds.filter(([, { others }]) => others.length) : [], ([kind, { others }]) => `${kind} ${others.at(-1)}`, ([kind, { others }]) =>
      push(words("update.back", { kind: wordFor("kind", kind), version: others.at(-1) }), () => back(kind), ".slim"));
    const updates = kinds.flatMap(([, { updates: some }]) => some).sort((one, other) => other.at.localeCompare(one.at)).slice(0, SHOWN);
    keyed(told, updates, (one) => `${one.kind} ${one.version} ${one.at} ${one.outcome}`, updateRow);
    const trying = updates.some(({ outcome }) => outcome === "trying");
    if (all.waiting.length || all.working || trying) {
      say(status, words(trying ? "update.trying" : "update.waits"));
      later = setTimeout(read, AGAIN);
    } else if (status.dataset.waits) {
      delete status.dataset.waits;
      say(status, words("update.over"));
    }
  }

  async function back(kind) {
    if (!(await confirmed(words("update.back.sure"), words("update.back.go")))) return;
    await asked(() => panel.api.post("update/rollback", { kind }));
  }

  async function asked(deed) {
    status.className = "";
    try {
      await deed();
      status.dataset.waits = "yes";
      await read();
    } catch (error) {
      say(status, error.message);
      status.className = "refusal";
    }
  }

  const sent = async (event) => {
    event.preventDefault();
    if (!file.files[0]) {
      say(status, words("update.first"));
      return;
    }
    say(status, words("update.sending"));
    await asked(() => panel.api.put("update", file.files[0]));
    event.target.reset();
  };

  const element = make("form.card", { onsubmit: sent }, make("h2", { text: words("update.name") }), why,
    make("div.field", {}, make("label", { for: file.id, text: words("update.file") }), file),
    make("div.row", {}, send), backs, status, told, restartRow(panel));
  queueMicrotask(read);
  return { element, end: () => clearTimeout(later) };
}

function updateRow({ kind, version, before, at, outcome, reason }) {
  const good = outcome === "confirmed" ? "good" : outcome === "trying" ? "look" : "bad";
  return make("li", {}, make(`span.tag.${good}`, { text: wordFor("outcome", outcome.replace(" ", "_")) }), " ",
    make("b", { text: `${wordFor("kind", kind)} ${version}` }), " ", make("span.soft.small", { text: [before && words("update.after", { before }), at.slice(0, 16).replace("T", " ")].filter(Boolean).join(" · ") }),
    reason && make("p.soft", { text: reason }));
}
