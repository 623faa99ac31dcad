// The graph of pads, duets and outputs. A line is drawn from a node to another: by a drag, or by Enter on one, then the other.
import { keyed, make, mark, say } from "/open/element.js";
import { wordFor, words } from "/open/words/words.js";
import { linesOf, nodesOf } from "./lines.js";

const NODE = { width: 168, height: 68 };
const GAP = 30;

export class Graph {
  /** `toggle(from, to)`: the line between two nodes is wished, or wished away. */
  constructor(toggle) {
    this._toggle = toggle;
    this._places = new Map();
    this._from = null;
    this._wires = make("svg.wires", { "aria-hidden": "true" });
    this._nodes = make("div.nodes");
    this._said = make("p.soft", { role: "status", text: words("graph.how") });
    this.element = make("section.card.graph-card", { "aria-label": words("graph.name") },
      make("div.graph", { onpointermove: (event) => this._drawn(event), onpointerup: (event) => this._dropped(event), onkeydown: (event) => this._key(event) }, this._wires, this._nodes), this._said);
    new ResizeObserver(() => this._lay()).observe(this.element);
  }

  stand(state) {
    this._state = state;
    const { sources, duets, outputs } = nodesOf(state);
    const nodes = [...sources.map((name) => [name, "source"]), ...duets.map((name) => [name, "duet"]), ...outputs.map((name) => [name, "output"])];
    keyed(this._nodes, nodes, ([name, kind]) => `${kind} ${name}`, ([name, kind]) => this._born(name, kind), (node, [name, kind]) => {
      const turn = state.duets?.[name]?.turn;
      say(node.lastElementChild, kind === "duet" && turn ? words(`turn.${turn}`) : words(`graph.${kind}`));
      mark(node, "data-turn", turn ?? "");
    });
    this._lay();
  }

  _born(name, kind) {
    return make(`button.node.${kind}`, { type: "button", data: { name, kind }, onpointerdown: (event) => this._taken(event), onclick: (event) => event.detail === 0 && this._chosen(name) },
      make("b", { text: wordFor("node", name) }), make("small"));
  }

  _lay() {
    if (!this._state || !this.element.clientWidth) return;
    const width = this.element.clientWidth - 36;
    const columns = { source: [], duet: [], output: [] };
    for (const node of this._nodes.children) columns[node.dataset.kind].push(node);
    const rows = Math.max(1, ...Object.values(columns).map((nodes) => nodes.length));
    const narrow = Math.min(NODE.width, (width - 2 * GAP) / 3);
    const height = rows * (NODE.height + GAP) + GAP;
    Object.values(columns).forEach((nodes, place) => this._column(nodes, (place * (width - narrow)) / 2, narrow, height));
    this._nodes.parentElement.style.height = `${height}px`;
    mark(this._wires, "viewBox", `0 0 ${width} ${height}`);
    this._wire();
  }

  _column(nodes, left, width, height) {
    const step = (height - GAP) / Math.max(1, nodes.length);
    nodes.forEach((node, row) => {
      const top = GAP / 2 + step * (row + 0.5) - NODE.height / 2;
      Object.assign(node.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${NODE.height}px` });
      this._places.set(node.dataset.name, { left, right: left + width, middle: top + NODE.height / 2, bottom: top + NODE.height });
    });
  }

  _wire() {
    const lines = linesOf(this._state).filter(({ from, to }) => this._places.has(from) && this._places.has(to));
    const paths = lines.map(({ from, to }) => make("path.wire", { d: pathOf(this._places.get(from), this._places.get(to)), data: { line: `${from} ${to}` } }));
    if (this._from) this._loose = make("path.wire.loose");
    this._wires.replaceChildren(...paths, ...(this._from ? [this._loose] : []));
  }

  _taken(event) {
    if (event.button > 0) return;
    event.currentTarget.releasePointerCapture?.(event.pointerId);
    this._begin(event.currentTarget.dataset.name);
    this._start = { x: event.clientX, y: event.clientY };
  }

  _begin(name) {
    this._from = name;
    for (const node of this._nodes.children) node.classList.toggle("taken", node.dataset.name === name);
    say(this._said, words("graph.taken", { name: wordFor("node", name) }));
    this._wire();
  }

  _drawn(event) {
    if (!this._from || !this._start) return;
    const box = this._wires.getBoundingClientRect();
    const from = this._places.get(this._from);
    mark(this._loose, "d", curveTo(from.right, from.middle, event.clientX - box.left, event.clientY - box.top));
  }

  _dropped(event) {
    if (!this._start) return;
    const node = document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".node");
    const still = Math.hypot(event.clientX - this._start.x, event.clientY - this._start.y) < 6;
    this._start = null;
    if (still && node) {
      // A tap takes a node up, and the next tap sets the line down: for who cannot draw.
      if (this._waiting && this._waiting !== this._from) this._end(this._waiting, this._from);
      else this._waiting = this._waiting ? this._over() : this._from;
    } else if (node) this._end(this._from, node.dataset.name);
    else this._over();
  }

  _chosen(name) {
    if (this._waiting && this._waiting !== name) this._end(this._waiting, name);
    else if (this._waiting) this._over();
    else {
      this._begin(name);
      this._waiting = name;
    }
  }

  _key(event) {
    if (event.key === "Escape") this._over();
  }

  _end(from, to) {
    this._over();
    if (from !== to) this._toggle(from, to);
  }

  _over() {
    this._from = null;
    this._waiting = null;
    this._start = null;
    for (const node of this._nodes.children) node.classList.remove("taken");
    say(this._said, words("graph.how"));
    this._wire();
    return null;
  }
}

function curveTo(x1, y1, x2, y2) {
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

// To the right it is a bow; between two duets of one column it goes round below, so that a loop is seen as one.
function pathOf(from, to) {
  if (to.left > from.right) return curveTo(from.right, from.middle, to.left, to.middle);
  const out = from.right + 46;
  const back = to.left - 46;
  return `M${from.right} ${from.middle}C${out} ${from.middle} ${out} ${(from.middle + to.middle) / 2} ${(from.right + from.left) / 2} ${(from.middle + to.middle) / 2}S${back} ${to.middle} ${to.left} ${to.middle}`;
}
