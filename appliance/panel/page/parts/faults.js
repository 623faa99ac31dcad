// What is not in order, in words, with what to do.
import { keyed, make, say } from "/open/element.js";
import { hasWords, words } from "/open/words/words.js";

/** What a notice means and what to do, in the language in force; a code without a text has the box's own words. */
export function noticeWords(notice) {
  const key = `code.${notice.code}`;
  const motor = notice.motor || "n";
  return {
    means: hasWords(key) ? words(key, { motor }) : notice.means,
    do: hasWords(`${key}.do`) ? words(`${key}.do`, { motor }) : notice.do,
  };
}

export class Faults {
  constructor(panel) {
    this._list = make("ul", { "aria-label": words("faults.name") });
    this._list.classList.add("faults");
    this._seen = make("button.button.slim", { type: "button", text: words("faults.seen"), onclick: () => panel.live.send({ t: "seen" }) });
    this.element = make("section.faults-part", { "aria-live": "polite" }, this._list, this._seen);
  }

  stand(faults = []) {
    this.element.hidden = !faults.length;
    this._seen.hidden = !faults.some(({ seen }) => !seen);
    keyed(this._list, faults, ({ code, motor }) => `${code} ${motor}`, () => make("li.fault", {}, make("span.code.number"), make("strong"), make("span"), make("span.do")),
      (item, notice) => {
        const text = noticeWords(notice);
        item.classList.toggle("bad", notice.urgency === "bad");
        say(item.children[0], notice.label);
        say(item.children[1], text.means);
        say(item.children[2], notice.holds === false ? words("faults.over") : "");
        say(item.children[3], text.do);
      });
  }
}
