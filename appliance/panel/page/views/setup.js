// Setting up: this screen, the pads, what knobs are bound, the ports, the box's health, its network, logs and password.
import { make } from "/open/element.js";
import { words } from "/open/words/words.js";
import { healthCard, logsCard, networkCard, portsCard } from "../parts/box_cards.js";
import { bindingsCard, lessonCard } from "../parts/learning.js";
import { passwordCard, screenCard } from "../parts/screen.js";
import { settingsCard } from "../parts/settings.js";
import { updatesCard } from "../parts/updates.js";

export function setup(panel) {
  const cards = [screenCard, lessonCard, bindingsCard, portsCard, settingsCard, healthCard, updatesCard, networkCard, passwordCard, logsCard].map((card) => card(panel));
  return {
    element: make("div.view.setup", {}, make("header", {}, make("h1", { text: words("view.setup") })),
      make("div.cards", {}, cards.map(({ element }) => element))),
    show(state) {
      for (const card of cards) card.show?.(state);
    },
    end() {
      for (const card of cards) card.end?.();
    },
  };
}
