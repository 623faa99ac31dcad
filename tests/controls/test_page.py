"""The page about controls says what the tables say."""

import re
from pathlib import Path

from appliance.controls.control import Control
from appliance.controls.limits import SPANS

PAGE = (Path(__file__).parents[2] / "docs/pads_and_controls.md").read_text()
ROWS = [row.strip("|").split("|") for row in re.findall(r"^\| `.*$", PAGE, re.MULTILINE)]


def test_every_control_has_its_row():
    named = [name for row in ROWS for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted(Control)


def test_a_knob_goes_as_far_as_the_page_has_it():
    for row in ROWS:
        for name in re.findall(r"`(\w+)`", row[0]):
            span = SPANS.get(Control(name))
            if span is not None:
                assert row[2].split() == [f"{span.left:g}", "to", f"{span.right:g}"]
