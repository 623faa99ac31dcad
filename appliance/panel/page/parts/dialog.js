// A question that must be answered before something is lost.
import { make } from "/open/element.js";
import { words } from "/open/words/words.js";

/** Ask; a promise of true when the person says so. */
export function confirmed(question, yes) {
  return new Promise((resolve) => {
    const answer = (said) => {
      resolve(said);
      box.close();
    };
    const no = make("button.button.main", { type: "button", text: words("dialog.no"), onclick: () => answer(false) });
    const box = make("dialog", { "aria-label": question, onclose: () => box.remove(), oncancel: () => resolve(false) },
      make("p.question", { text: question }),
      make("div.row", {}, no, make("button.button.danger", { type: "button", text: yes, onclick: () => answer(true) })));
    document.body.append(box);
    box.showModal();
    no.focus();
  });
}
