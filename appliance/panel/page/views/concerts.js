// The concerts: what was played, to be heard again here, replayed by the box's own rooms, kept and taken along.
import { keyed, make, say } from "/open/element.js";
import { moment, number, size, span, words } from "/open/words/words.js";
import { confirmed } from "../parts/dialog.js";
import { phrasePicture } from "../parts/phrase_picture.js";
import { push } from "../parts/switches.js";
import { PhrasePlayer } from "../sound/phrase_player.js";

export function concerts(panel) {
  const player = new PhrasePlayer(panel.kit);
  const list = make("div.concert-list");
  const open = make("section.card.wide", { hidden: true, tabindex: "-1" });
  const favourites = make("ul.favourites");
  const none = make("p.soft", { role: "status" });

  async function read() {
    const all = await panel.attempt(() => panel.api.get("concerts"));
    say(none, all && !all.concerts.length ? words(all.folder === false ? "concerts.no_folder" : "concerts.none") : "");
    keyed(list, all?.concerts ?? [], (one) => `${one.evening} ${one.answers} ${one.running}`, (one) => concertCard(one, show));
    const kept = await panel.attempt(() => panel.api.get("favourites"));
    keyed(favourites, kept?.favourites ?? [], ({ number: n }) => n, (one) => favouriteRow(panel, one, read));
    if (!kept?.favourites?.length) favourites.replaceChildren(make("li.soft", { text: words("favourites.none"), data: { key: "none" } }));
  }

  async function show(concert) {
    const { phrases } = (await panel.attempt(() => panel.api.get(`concerts/${concert.evening}`))) ?? {};
    if (!phrases) return;
    open.hidden = false;
    open.replaceChildren(...concertParts(panel, player, concert, phrases, read));
    open.focus();
    open.scrollIntoView({ block: "start" });
  }

  read();
  return {
    element: make("div.view", {},
      make("header", {}, make("h1", { text: words("view.concerts") }), make("p", { text: words("concerts.how") })),
      none, list, open, make("section.card", {}, make("h2", { text: words("favourites.name") }), favourites)),
    end: () => player.stop(),
  };
}

function concertCard(one, show) {
  const when = dateOf(one.wall);
  return make("article.card.concert", {},
    make("div", {}, make("h2", { text: words("concerts.evening", { number: one.evening }) }), make("p.soft", { text: when })),
    make("p.number", { text: words("concerts.figures", { calls: one.calls, answers: one.answers, time: span(one.seconds), size: size(one.bytes) }) }),
    make("div.row", {},
      one.running && make("span.tag.good", { text: words("concerts.running") }),
      push(words("concerts.open"), () => show(one), ".slim.main"),
      make("a.button.slim", { href: `/api/concerts/${one.evening}/midi`, download: "", text: words("concerts.midi") })));
}

const dateOf = (wall) => {
  const date = Date.parse(String(wall).replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isFinite(date) ? moment(date / 1000) : String(wall);
};

function concertParts(panel, player, { evening }, phrases, read) {
  const said = make("p.soft", { role: "status" });
  const turns = turnsOf(phrases);
  const hear = push(words("concerts.hear"), () => {
    if (player.playing) player.stop();
    else player.play(phrases, () => say(hear, words("concerts.hear")));
    say(hear, words(player.playing ? "concerts.stop" : "concerts.hear"));
  }, ".main");
  const replay = push(words("concerts.replay"), async () => {
    replay.disabled = true;
    say(said, words("concerts.replaying"));
    const done = await panel.attempt(() => panel.api.post(`concerts/${evening}/replay`));
    replay.disabled = false;
    say(said, done ? (done.same ? words("concerts.same") : words("concerts.differs", { text: done.text })) : "");
  });
  return [
    make("header", {}, make("h2", { text: words("concerts.evening", { number: evening }) }), make("div.row", {}, hear, replay)),
    said,
    turns.length ? make("ol.turns", {}, turns.map((turn) => turnRow(panel, player, evening, turn, read))) : make("p", { text: words("concerts.empty") }),
  ];
}

function turnsOf(phrases) {
  const turns = new Map();
  for (const phrase of phrases) {
    const key = `${phrase.number} ${phrase.duet}`;
    turns.set(key, { number: phrase.number, duet: phrase.duet, ...turns.get(key), [phrase.kind]: phrase });
  }
  return [...turns.values()];
}

function turnRow(panel, player, evening, { number: n, duet, call, answer }, read) {
  const keep = async () => {
    const kept = await panel.attempt(() => panel.api.post(`concerts/${evening}/phrases/${n}/keep`));
    if (kept) {
      panel.house.tell(words("told.kept"));
      read();
    }
  };
  const link = (kind) => make("a.button.slim", { href: `/api/concerts/${evening}/phrases/${n}/${kind}`, download: "", text: words(`concerts.${kind}.midi`) });
  return make("li.turn-row", {},
    make("p.number", {}, make("b", { text: `${n}` }), make("span.soft.small", { text: ` ${duet}` })),
    make("div.pictures", {}, [call, answer].filter(Boolean).map((phrase) => phrasePicture(phrase, words(`concerts.${phrase.kind}.picture`, { number: n })))),
    make("p.number.small", { text: answer && Number.isFinite(answer.log_likelihood) ? words("duet.likely", { total: number(answer.log_likelihood, 1) }) : "" }),
    make("div.row", {}, push(words("concerts.hear.one"), () => player.play([call, answer].filter(Boolean)), ".slim"),
      call && link("call"), answer && link("answer"), answer && push(words("control.keep"), keep, ".slim")));
}

function favouriteRow(panel, { number: n, bytes, wall, name }, read) {
  const remove = async () => {
    if (!(await confirmed(words("favourites.sure", { number: n }), words("favourites.delete")))) return;
    await panel.attempt(() => panel.api.remove(`favourites/${n}`));
    read();
  };
  return make("li.row", {}, make("b.number", { text: `${n}` }), make("span", { text: name || "" }), make("span.soft.small", { text: `${wall ? dateOf(wall) : ""} ${size(bytes)}` }),
    make("a.button.slim", { href: `/api/favourites/${n}`, download: "", text: words("concerts.midi") }),
    push(words("favourites.delete"), remove, ".slim.danger"));
}
