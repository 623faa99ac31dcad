// A curve: a small drawing with its axes' ends, and its numbers as a text for who cannot see it.
import { make } from "/open/element.js";

const WIDTH = 320;
const EDGE = { left: 44, right: 8, top: 10, bottom: 24 };

/**
 * `lines`: lists of [x, y]; `points`: more of them, a dot each; `name` says what is seen. `low` and `high` fix the ends of y, where they are known.
 * `x` and `y` make texts of the ends.
 */
export function curve({ lines, name, x = String, y = String, low, high, height = 130, dots = false, points: alone = [] }) {
  const points = [...lines.flat(), ...alone];
  const drawing = make("svg.curve", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": name });
  if (!points.length) return drawing;
  const ends = endsOf(points, low, high);
  const at = placer(ends, height);
  const [left, bottom] = [EDGE.left, height - EDGE.bottom];
  drawing.append(
    make("line.axis", { x1: left, x2: WIDTH - EDGE.right, y1: bottom, y2: bottom }),
    make("line.axis", { x1: left, x2: left, y1: EDGE.top, y2: bottom }),
    make("text", { x: left - 6, y: EDGE.top + 6, "text-anchor": "end", text: y(ends.high) }),
    make("text", { x: left - 6, y: bottom, "text-anchor": "end", text: y(ends.low) }),
    make("text", { x: left, y: height - 6, text: x(ends.first) }),
    make("text", { x: WIDTH - EDGE.right, y: height - 6, "text-anchor": "end", text: x(ends.last) }),
  );
  drawing.append(...alone.map((point) => dotAt(at(point), 2)));
  lines.filter((line) => line.length).forEach((line, place) => drawing.append(...traced(line, at, place, dots)));
  return drawing;
}

function endsOf(points, low, high) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const ends = { first: Math.min(...xs), last: Math.max(...xs), low: low ?? Math.min(...ys), high: high ?? Math.max(...ys) };
  if (ends.high - ends.low < 1e-9) [ends.low, ends.high] = [low ?? ends.low - 0.5, high ?? ends.high + 0.5];
  return ends;
}

function placer(ends, height) {
  const wide = Math.max(1e-9, ends.last - ends.first);
  return ([x, y]) => [
    EDGE.left + ((x - ends.first) / wide) * (WIDTH - EDGE.left - EDGE.right),
    EDGE.top + ((ends.high - y) / (ends.high - ends.low)) * (height - EDGE.top - EDGE.bottom),
  ];
}

function traced(line, at, place, dots) {
  const points = line.map((point) => at(point).map((value) => value.toFixed(1)));
  const traces = [make(place ? "polyline.line.second" : "polyline.line", { points: points.map((point) => point.join(",")).join(" ") })];
  if (dots || line.length === 1) traces.push(...line.map((point) => dotAt(at(point), 3)));
  return traces;
}

const dotAt = ([cx, cy], r) => make("circle.dot", { cx: cx.toFixed(1), cy: cy.toFixed(1), r });
