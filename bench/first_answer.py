"""From `make run` to the first answer that sounds in the browser, on a tree that is set up, and where the time goes.

As a newcomer does it: the command, the printed address, the page, *Play a call for me* as soon as it can be pressed. A
headless Chromium was started before, as a person's browser is; the row "browser" says what starting it takes.
An answer is heard when its first stroke sounds, not when it is known.

    python -m bench.first_answer [--rounds 5]
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from appliance.views.figures import percentile
from bench.report import Row, options, publish

PROMISED = 10.0  # s, from the command to the answer's first sound
ROOT = Path(__file__).parents[1]
_PATIENCE = 90.0
_WATCH = """
const heard = ghostnote.sounding.stroke.bind(ghostnote.sounding);
ghostnote.sounding.stroke = (mark) => {
  globalThis.sounds ??= mark.time - ghostnote.clock.now();
  globalThis.known ??= performance.now();
  return heard(mark);
};
"""
_PRESSABLE = """
const state = globalThis.ghostnote?.store.state;
return Boolean(state?.player?.here && Object.values(state.duets ?? {}).some(({ models }) => models?.length));
"""
_PRESS = "[...document.querySelectorAll('button')].find((one) => one.innerText.startsWith('Play a call')).click()"
# When its first stroke sounds: s from now, where it is known.
_SOUNDS = "return globalThis.sounds === undefined ? null : sounds - (performance.now() - known) / 1000"
STAGES = ("address printed", "page has the box's state", "answer known", "answer heard")


def main() -> None:
    """Measure, and publish."""
    parser = options("from make run to the first answer heard in the browser", "first_answer")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    from tests.panel_page.browser import browser, missing

    if missing():
        raise SystemExit(missing())
    rounds, opened = [], []
    for _ in range(args.rounds):
        began = time.monotonic()
        with browser("") as page:
            page.driver.get("about:blank")
            opened.append(time.monotonic() - began)
            rounds.append(_round(page))
    rows = [_row(stage, [one[place] for one in rounds]) for place, stage in enumerate(STAGES)]
    rows.append(_row("browser, where none is open", opened))
    publish("From make run to the first answer", rows, _NOTES, args.json)


def _round(page: Any) -> list[float]:
    """Seconds from the command until each stage."""
    began = time.monotonic()
    words = ["make", "run", "ARGS=--no-browser --port 0"]
    stages: list[float] = []
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as demo:
        try:
            found = next(filter(None, (re.match(r"panel: (http://[^/]+)(/\S+)", line) for line in demo.stdout or ())))
            stages.append(time.monotonic() - began)
            page.address = found[1]
            page.go(found[2])
            page.until(lambda: page.run(_PRESSABLE), "a box that plays", _PATIENCE)
            stages.append(time.monotonic() - began)
            page.run(_WATCH)
            page.run(_PRESS)
            page.until(lambda: page.run(_SOUNDS) is not None, "an answer", _PATIENCE)
            now = time.monotonic() - began
            stages += [now, now + float(page.run(_SOUNDS))]
        finally:
            os.killpg(demo.pid, signal.SIGINT)
            demo.wait(30.0)
    return stages


def _row(what: str, seconds: list[float]) -> Row:
    promised = f"{PROMISED:g}" if what == STAGES[-1] else ""
    return {"what": what, "p50 s": percentile(seconds, 0.5), "worst s": max(seconds), "promised s": promised}


_NOTES = (
    "The call has two bars at 120 quarters a minute: four seconds, which no machine makes shorter.",
    "Each round starts all processes anew; the files are in the page cache behind the first.",
)


if __name__ == "__main__":
    main()
