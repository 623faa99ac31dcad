// The panel begins here: one connection, one state, one kit that sounds, and the house that shows them.
import { firstLanguage, speak, words } from "/open/words/words.js";
import { House } from "./house.js";
import { Api } from "./state/api.js";
import { BoxClock } from "./state/box_clock.js";
import { Events } from "./state/events.js";
import { Live } from "./state/live.js";
import { Marks } from "./state/marks.js";
import { Store } from "./state/store.js";
import { DRUMS } from "./kit_order.js";
import { Kit } from "./sound/kit.js";
import { Sounding } from "./sound/sounding.js";

const goToLogin = () => location.assign("/login");
const KEYS = new Map(DRUMS.map(({ name, key }) => [name, key]));

class Panel {
  constructor() {
    this.api = new Api(goToLogin);
    this.store = new Store();
    this.clock = new BoxClock();
    this.marks = new Marks();
    this.kit = new Kit(() => performance.now() / 1000);
    this.sounding = new Sounding(this.kit, this.clock, (drum) => this.house.pads.struck(drum));
    this.events = new Events(this.marks, this._heard());
    this.house = null;
    this.session = {};
    this.said = [];
  }

  async start() {
    this.session = await this.api.session().catch(() => ({}));
    this.house = new House(this);
    this.house.open();
    this.kit.prepare();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.live = new Live(`${scheme}://${location.host}/api/live`, this.clock, this._told());
  }

  /** Turn a control; what the box refuses is told in its words. */
  turn(control, value = null, duet = "") {
    const message = value === null ? { t: "turn", control, duet } : { t: "turn", control, value, duet };
    this.ask(message);
  }

  /** Ask the box for something; true when it is done. What it refuses is shown. */
  async ask(message) {
    try {
      await this.live.ask(message);
      return true;
    } catch (error) {
      this.house.tell(error.code === "unavailable" ? words("link.away") : error.message, "refused");
      return false;
    }
  }

  /** Do what may be refused; what goes wrong is shown. Returns what came of it, or undefined. */
  async attempt(deed) {
    try {
      return await deed();
    } catch (error) {
      this.house.tell(error.message, "refused");
      return undefined;
    }
  }

  /** A hit on this page. It sounds here at once. */
  hit(drum, velocity) {
    this.kit.wake();
    this.sounding.hit(drum, velocity);
    this.live.send({ t: "hit", key: KEYS.get(drum), velocity });
  }

  panic() {
    this.story?.stop();
    this.sounding.hush();
    this.marks.takeBack("", this.clock.now());
    const sent = this.live.send({ t: "panic" });
    this.house.panicked(sent);
  }

  _told() {
    return {
      opened: () => this.house.connected(true),
      closed: () => {
        this.sounding.hush();
        this.house.connected(false);
      },
      ended: goToLogin,
      snapshot: ({ state, events }) => {
        this.events.begin();
        this.sounding.off("", -Infinity);
        this.store.replace(state);
        this.events.read(events, true);
      },
      diff: ({ patch, events }) => {
        if (patch) this.store.patch(patch);
        this.events.read(events);
      },
      refused: ({ text }) => this.house.tell(text, "refused"),
    };
  }

  _heard() {
    return {
      stroke: (mark) => this.sounding.stroke(mark),
      thru: (event) => this.sounding.thru(event),
      off: (duet, from) => this.sounding.off(duet, from),
      hush: () => this.sounding.hush(),
      said: ({ text, do: remedy, kind }) => this.house.tell([text, remedy].filter(Boolean).join(" "), kind),
      kept: () => this.house.tell(words("told.kept")),
      bound: ({ control, by }) => this.house.tell(words("told.bound", { control: words(`control.${control}`), by })),
      learnt: ({ drum, key }) => this.house.tell(words("told.learnt", { drum: words(`drum.${drum}`), key })),
    };
  }
}

speak(firstLanguage());
const panel = new Panel();
globalThis.ghostnote = panel; // for tests and the curious: everything here can be done by hand, too
panel.start();
