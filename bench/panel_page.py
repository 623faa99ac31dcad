"""How heavy the panel's page is, how soon it is seen, and how late a pad on it is heard: in headless Chromium.

The demo's own processes on this machine, loopback, dry motors. A hit's way goes from the page's handler to the instant
at which the player has it; the way back from there until it is on the roll. `python -m bench.panel_page`.
"""

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from appliance.views.figures import percentile
from bench.report import Row, options, publish

PAGE = Path(__file__).parents[1] / "appliance" / "panel" / "page"
WEIGHT, PAINT, HEARD, SHOWN = 300e3, 1.0, 0.015, 0.1  # bytes, s: what issue and page promise
HITS = 200
_APART = 120  # ms
_WATCH = """
globalThis.ways = [];
const sent = [];
const send = ghostnote.live.send.bind(ghostnote.live);
ghostnote.live.send = (message) => {
  if (message.t === "hit") sent.push(ghostnote.clock.now());
  return send(message);
};
const put = ghostnote.marks.put.bind(ghostnote.marks);
ghostnote.marks.put = (mark) => {
  if (mark.kind === "call" && sent.length) {
    const began = sent.shift();
    requestAnimationFrame(() => ways.push([mark.time - began, ghostnote.clock.now() - mark.time]));
  }
  return put(mark);
};
"""
_PLAY = """
const [count, apart] = arguments;
let played = 0;
const pads = document.querySelectorAll(".pad");
const beat = setInterval(() => {
  const pad = pads[played % 2];
  const { x, y, height } = pad.getBoundingClientRect();
  pad.dispatchEvent(new PointerEvent("pointerdown", { button: 0, clientX: x + 5, clientY: y + height / 2 }));
  played += 1;
  if (played >= count) clearInterval(beat);
}, apart);
"""
_SEEN = """
const paint = performance.getEntriesByName("first-contentful-paint")[0];
const files = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
return { paint: paint?.startTime, sent: files.reduce((sum, { transferSize }) => sum + transferSize, 0) };
"""


def main() -> None:
    """Measure, and publish."""
    parser = options("the panel's page: weight, first paint, a pad's way", "panel_page")
    parser.add_argument("--hits", type=int, default=HITS)
    args = parser.parse_args()
    from tests.panel_page.browser import browser, missing

    if missing():
        raise SystemExit(missing())
    command = [sys.executable, "-m", "appliance", "demo", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        try:
            found = next(filter(None, (re.match(r"panel: (http://[^/]+)(/\S+)", line) for line in demo.stdout or ())))
            with browser(found[1]) as page:
                page.go(found[2])
                page.until(lambda: page.run("return Boolean(globalThis.ghostnote?.store.state.duets)"), "the state", 60)
                seen = page.until(lambda: _painted(page), "the first paint", 60)
                page.run(_WATCH)
                page.run(_PLAY, args.hits, _APART)
                patience = 30 + args.hits * _APART / 1000
                page.until(lambda: len(page.run("return ways")) >= args.hits * 0.95, "the hits", patience)
                ways = page.run("return ways")
        finally:
            demo.send_signal(signal.SIGINT)
    publish("The panel's page", _rows(seen, ways), _NOTES, args.json)


def _painted(page: Any) -> dict[str, float] | None:
    seen: dict[str, float] = page.run(_SEEN)
    return seen if seen["paint"] else None


def _rows(seen: dict[str, float], ways: list[list[float]]) -> list[Row]:
    heard, shown = ([way[place] for way in ways] for place in (0, 1))
    weight = sum(file.stat().st_size for file in PAGE.rglob("*") if file.is_file())
    return [
        _row("all files of the page, kB", [weight / 1e3], WEIGHT / 1e3),
        _row("sent for the first view, kB", [seen["sent"] / 1e3], WEIGHT / 1e3),
        _row("first contentful paint, ms", [seen["paint"]], 1e3 * PAINT),
        _row("pad hit to player, ms", [1e3 * seconds for seconds in heard], 1e3 * HEARD),
        _row("player to roll, ms", [1e3 * seconds for seconds in shown], 1e3 * SHOWN),
    ]


def _row(what: str, figures: list[float], promised: float) -> Row:
    return {"what": what, "p50": percentile(figures, 0.5), "p95": percentile(figures, 0.95), "promised": promised}


_NOTES = (
    "The clocks of page and box are aligned by the page itself, within half of its best round trip.",
    "From the player to the stroke's command: bench.thru. A single paint is a single sample.",
)


if __name__ == "__main__":
    main()
