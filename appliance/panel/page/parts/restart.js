// What counts from the next start: the services start again between two songs, where the box has somebody who may do so.
import { make, say } from "/open/element.js";
import { words } from "/open/words/words.js";
import { confirmed } from "./dialog.js";
import { push } from "./switches.js";

/** A button that says why it is off. */
export function restartRow(panel) {
  const status = make("span.soft.small", { role: "status" });
  const button = push(words("restart.go"), async () => {
    if (!(await confirmed(words("restart.sure"), words("restart.go")))) return;
    if (await panel.attempt(() => panel.api.post("restart"))) say(status, words("restart.asked"));
  });
  button.dataset.does = "restart";
  button.disabled = !panel.session.restarts;
  say(status, panel.session.restarts ? "" : words(panel.session.demo ? "restart.demo" : "restart.none"));
  return make("div.row", {}, button, status);
}
