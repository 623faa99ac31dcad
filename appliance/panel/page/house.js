// The house around the views: the bar with lamp and beat, the rail, panic, what is told, and the keys of the keyboard.
import { make, mark, say } from "/open/element.js";
import { words } from "/open/words/words.js";
import { iconOf } from "./parts/icons.js";
import { Lamp } from "./parts/lamp.js";
import { Place } from "./parts/place.js";
import { noticeWords } from "./parts/faults.js";
import { Pads } from "./pads/pads.js";
import { concerts } from "./views/concerts.js";
import { drum } from "./views/drum.js";
import { duets } from "./views/duets.js";
import { knobs } from "./views/knobs.js";
import { models } from "./views/models.js";
import { setup } from "./views/setup.js";
import { stage } from "./views/stage.js";

const VIEWS = { stage, knobs, duets, drum, models, concerts, setup };
const TOLD_FOR = 7000; // ms that a sentence is shown
const TYPING = "input:not([type=range]):not([type=file]), textarea, select, [contenteditable]";

export class House {
  constructor(panel) {
    this._panel = panel;
    this._root = document.getElementById("panel");
    this._ended = () => {};
    this.pads = new Pads(words, (drum, velocity) => panel.hit(drum, velocity));
  }

  /** Begin to show, and to hear the keyboard. */
  open() {
    const panel = this._panel;
    this.build();
    addEventListener("hashchange", () => this._show(true));
    addEventListener("keydown", (event) => this._pressed(event), true);
    addEventListener("keyup", (event) => this._released(event), true);
    addEventListener("pointerdown", () => panel.kit.wake(), true);
    panel.store.watch((state) => this._stand(state));
    const frame = (ms) => {
      this._frame(ms / 1000);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** Make everything anew, in the language in force. */
  build() {
    this.pads.named();
    this._lamp = new Lamp();
    this._place = new Place();
    this._words = make("span.lamp-words", { role: "status" });
    this._away = make("div.away", { role: "alert", text: words("link.away"), hidden: true });
    this._toast = make("div.toast", { role: "status", hidden: true });
    this._loud = make("div.unseen", { "aria-live": "assertive" });
    this._panic = make("button.panic", { type: "button", onpointerdown: () => this._panel.panic(), onclick: (event) => event.detail === 0 && this._panel.panic(), "aria-keyshortcuts": "Space" },
      words("panic.name"), make("small", { text: words("panic.key") }));
    this._links = Object.keys(VIEWS).map((name) => make("a", { href: `#${name}` }, iconOf(name), make("span", { text: words(`view.${name}`) })));
    this._main = make("main", { tabindex: "-1", id: "main" });
    this._root.replaceChildren(
      make("a.skip", { href: "#main", text: words("skip"), onclick: (event) => this._skip(event) }),
      make("div.house", {},
        make("header.bar", {}, make("span.name", { text: "Ghostnote" }), make("div.lamp", {}, this._lamp.element, this._words), this._place.element),
        make("nav.rail", { "aria-label": words("rail") }, make("ul", {}, this._links.map((link) => make("li", {}, link))), this._panic),
        this._main),
      this._away, this._toast, this._loud);
    this._show(false);
    this._stand(this._panel.store.state);
  }

  /** Say a sentence for some seconds. */
  tell(text, kind = "news") {
    say(this._toast, text);
    this._toast.hidden = false;
    this._toast.classList.toggle("refused", kind !== "news");
    clearTimeout(this._told);
    this._told = setTimeout(() => (this._toast.hidden = true), TOLD_FOR);
  }

  connected(here) {
    this._away.hidden = here;
  }

  panicked(sent) {
    say(this._loud, "");
    this.tell(sent ? words("panic.done") : words("panic.unsent"), sent ? "news" : "refused");
    say(this._loud, sent ? words("panic.done") : words("panic.unsent"));
    this._panic.classList.add("down");
    setTimeout(() => this._panic.classList.remove("down"), 250);
  }

  _show(focus) {
    const asked = location.hash.slice(1);
    const name = Object.hasOwn(VIEWS, asked) ? asked : "stage";
    this._ended();
    this._view = VIEWS[name](this._panel);
    this._main.replaceChildren(this._view.element);
    this._main.scrollTop = 0;
    for (const link of this._links) {
      if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = `${words(`view.${name}`)} – Ghostnote`;
    const watching = this._panel.store.watch((state) => this._view.show?.(state));
    this._ended = () => {
      watching();
      this._view.end?.();
    };
    if (focus) this._main.focus();
  }

  _skip(event) {
    event.preventDefault();
    this._main.focus();
  }

  _stand(state) {
    this._lamp.stand(state.lamp?.shown ?? []);
    const notice = state.lamp?.shown?.find(({ urgency }) => urgency !== "state") ?? state.lamp?.shown?.[0];
    say(this._words, notice ? noticeWords(notice).means : words("link.waiting"));
    mark(this._words, "title", notice ? noticeWords(notice).do : "");
    this._place.stand(state);
  }

  _frame(now) {
    this._lamp.shine(now);
    this._place.show(this._panel.clock.now());
    this._view.frame?.(this._panel.clock.now());
  }

  _pressed(event) {
    const typing = event.target instanceof Element && event.target.closest(TYPING);
    if (event.code === "Space" && !typing) {
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) this._panel.panic();
    } else if (!typing && this.pads.pressed(event)) {
      event.preventDefault();
    }
  }

  // The space key would press the button that has the focus, when it comes up: it is panic's alone.
  _released(event) {
    const typing = event.target instanceof Element && event.target.closest(TYPING);
    if (event.code === "Space" && !typing) event.preventDefault();
  }
}
