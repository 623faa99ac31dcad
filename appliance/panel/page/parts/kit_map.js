// The kit from above, as it stands before a drummer; each drum is a button.
import { make, mark } from "/open/element.js";
import { words } from "/open/words/words.js";

// Where each stands, in a field of 400 x 300, and its radius.
const PLACES = {
  kick: [200, 150, 58],
  snare: [118, 208, 44],
  closed_hi_hat: [46, 176, 34],
  open_hi_hat: [46, 100, 34],
  low_tom: [300, 212, 48],
  mid_tom: [246, 66, 38],
  high_tom: [160, 62, 35],
  crash: [88, 38, 34],
  ride: [344, 112, 46],
};
const METAL = new Set(["closed_hi_hat", "open_hi_hat", "crash", "ride"]);

/** { element, stand(chosen, beaten) }: `choose(name)` is called when a drum is pressed. */
export function kitMap(choose) {
  const buttons = Object.entries(PLACES).map(([name, [x, y, radius]]) => {
    const button = make(`button.drum-place.${METAL.has(name) ? "metal" : "skin"}`, { type: "button", onclick: () => choose(name) }, make("span", { text: words(`drum.${name}`) }));
    Object.assign(button.style, {
      left: `${((x - radius) / 400) * 100}%`, top: `${((y - radius) / 270) * 100}%`, width: `${(radius / 200) * 100}%`, height: `${(radius / 135) * 100}%`,
    });
    return [name, button];
  });
  return {
    element: make("div.kit-map", { role: "group", "aria-label": words("drum.map") }, buttons.map(([, button]) => button)),
    stand(chosen, beaten) {
      for (const [name, button] of buttons) {
        mark(button, "aria-pressed", name === chosen);
        button.classList.toggle("beaten", beaten(name));
      }
    },
  };
}
