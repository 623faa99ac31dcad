// Below the roll: what a newcomer needs to play on this page without any hardware.
import { make } from "/open/element.js";
import { words } from "/open/words/words.js";
import { DRUM_OF_KEY } from "../kit_order.js";
import { hasWebMidi, hearWebMidi, noteOn } from "../pads/web_midi.js";
import { Story } from "../pads/story.js";
import { Switch, push } from "./switches.js";

export function hands(panel) {
  const sound = new Switch((on) => {
    panel.kit.on = on;
    if (on) panel.kit.wake();
    else panel.kit.hush();
    sound.stand(on);
  });
  sound.named(words("hands.sound"), words("hands.sound.hint"));
  sound.stand(panel.kit.on);
  const keys = new Switch((on) => {
    panel.house.pads.keys = on;
    keys.stand(on);
  });
  keys.named(words("hands.keys"), words("hands.keys.hint"));
  keys.stand(panel.house.pads.keys);
  const volume = make("input", { type: "range", min: 0, max: 1, step: 0.05, value: panel.kit.volume, "aria-label": words("hands.volume"), oninput: (event) => panel.kit.loudness(event.target.valueAsNumber) });
  return make("div.hands", {},
    push(words("hands.story"), () => playStory(panel), ".main"),
    sound.element, make("div.slider.volume", {}, volume), keys.element,
    hasWebMidi() && push(words("hands.midi"), () => useMidi(panel)));
}

const ENDED = ["answer", "echo"]; // in the other modes a call ends otherwise

function playStory(panel) {
  panel.kit.wake();
  panel.story?.stop();
  panel.stories = (panel.stories ?? -1) + 1;
  const tempo = panel.store.state.tempo?.qpm ?? 120;
  // The answer comes on the beat behind the call, where else a bar of silence would say that the call is over.
  const ends = () => Object.entries(panel.store.state.duets ?? {}).forEach(([name, { values, turn }]) =>
    ENDED.includes(values?.mode) && turn === "listening" && panel.turn("end_call", null, name));
  panel.story = new Story(panel.stories, tempo, (drum, velocity) => panel.house.pads.play(drum, velocity), ends);
  panel.house.tell(words("hands.story.told", { name: words(`story.${panel.story.name}`), tempo: Math.round(tempo) }));
}

async function useMidi(panel) {
  panel.kit.wake();
  const heard = (message) => {
    const note = noteOn(message);
    const drum = note && DRUM_OF_KEY.get(note.key);
    if (drum) panel.sounding.hit(drum, note.velocity);
    panel.live.send({ t: "midi", message });
  };
  const ports = (names) => panel.house.tell(names.length ? words("hands.midi.told", { ports: names.join(", ") }) : words("hands.midi.none"));
  await hearWebMidi(heard, ports).catch(() => panel.house.tell(words("hands.midi.refused"), "refused"));
}
