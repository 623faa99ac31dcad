"""Takes the pictures of the panel's views, into docs/panel: `python -m docs.make_panel_pictures` (make screenshots).

They show the evening that the page's tests were written with (tests/panel_page/recorded.py), so that the same pictures
can be made anywhere; the answer on the roll is under way while its picture is taken.
"""

import sys
import time
from pathlib import Path
from typing import Any

from appliance.calibration.bench import calibrate
from appliance.calibration.told import SeriesTold
from appliance.calibration.watched import series_told
from appliance.panel.calibrating import Calibrating
from tests.calibration.bench import SETTINGS, simulated
from tests.panel_page.box import Box
from tests.panel_page.browser import Browser, browser, missing
from tests.panel_page.conftest import VIEWS, enter, settle

FOLDER = Path(__file__).parent / "panel"
LAPTOP, PHONE = (1280, 800), (390, 844)
_TIMES = """
const answer = [...ghostnote.marks.all.values()].filter(({ kind }) => kind === "answer");
return answer.map(({ time }) => time - ghostnote.clock.now());
"""
_COMING = 5  # strokes of the answer that are still to come in a picture, at least
_SOUNDED = 8  # and that have sounded


def _play(page: Browser) -> None:
    """A call by hand, and its answer so far that some of it has sounded and some is to come."""
    for letter in "adsdadsfa":
        page.press(letter)

    def under_way() -> bool:
        ahead = page.run(_TIMES)
        return sum(time > 0 for time in ahead) > _COMING and sum(time < 0 for time in ahead) > _SOUNDED

    page.until(under_way, "an answer under way")


def _take(page: Browser, name: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.png").write_bytes(page.driver.get_screenshot_as_png())
    print(f"docs/panel/{name}.png")


def _take_view(page: Browser, view: str, name: str) -> None:
    settle(page, view)
    if view == "stage":
        _play(page)
    _take(page, name)


def _calibrated() -> dict[str, Any]:
    """What a page sees of a simulated drum's calibration, near its end."""
    seen: list[SeriesTold] = []
    snare = SETTINGS.motors[1]
    calibrate(snare, SETTINGS, simulated(1), see=lambda *series: seen.append(series_told(snare, *series)))
    course = Calibrating(snare.name, "pad", time.monotonic() - 50.0)
    for series in seen[:-1]:
        course.hear(series.dots)
    return course.tree


def main() -> int:
    """All of them. Gives 1 where there is no browser."""
    if missing():
        print(missing(), file=sys.stderr)
        return 1
    box = Box()
    with browser(box.address, LAPTOP) as page:
        page.go("/login")
        page.find("#password")
        _take(page, "login")
        enter(page)
        for view in VIEWS:
            _take_view(page, view, view)
        box.do(box.change, {"calibration": _calibrated()})
        settle(page, "drum")
        page.run("document.querySelector('.calibration').scrollIntoView()")
        page.until(lambda: page.all(".calibration .dot"), "the dots")
        _take(page, "calibration")
        page.run("localStorage.setItem('ghostnote.theme', 'light'); localStorage.setItem('ghostnote.language', 'et')")
        page.go("/login")
        page.until(lambda: page.run("return globalThis.ghostnote?.store.state.duets"), "the stage by day")
        _take_view(page, "stage", "stage_light_estonian")
    with browser(box.address, PHONE, scale=1.5) as page:
        enter(page)
        _take_view(page, "stage", "stage_phone")
        _take_view(page, "knobs", "knobs_phone")
    box.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
