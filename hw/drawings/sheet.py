"""What all drawings share: the pins from the settings, the look, and how a drawing becomes a file."""

import itertools
from pathlib import Path

import schemdraw
import schemdraw.elements as elm

from appliance.drivers.wiring import PinSettings, Wiring
from appliance.settings import load_settings
from appliance.status.wiring import StatusSettings

HW = Path(__file__).parents[1]

# The place of each GPIO on the 40-pin header (raspberrypi.com, GPIO and the 40-pin header).
HEADER = {
    2: 3, 3: 5, 4: 7, 5: 29, 6: 31, 7: 26, 8: 24, 9: 21, 10: 19, 11: 23, 12: 32, 13: 33, 14: 8, 15: 10,
    16: 36, 17: 11, 18: 12, 19: 35, 20: 38, 21: 40, 22: 15, 23: 16, 24: 18, 25: 22, 26: 37, 27: 13,
}  # fmt: skip

SMALL, NORMAL, TITLE = 10, 12, 16
_LABEL = 0.2  # units
GREY, RED, BLUE = "#666666", "#b02020", "#1f4fa0"


def pins_of(settings: str) -> PinSettings:
    """The [pins] of a settings file beside this folder."""
    return load_settings(HW / settings).room("pins", PinSettings)


def motor_of(settings: str) -> Wiring:
    """The wiring of the only motor in it."""
    (wiring,) = pins_of(settings).motors.values()
    return wiring


def status_of(settings: str) -> StatusSettings:
    """Its [status]."""
    return load_settings(HW / settings).room("status", StatusSettings)


def gpio(number: int) -> str:
    """How a line is labelled: its number, and its place on the header."""
    return f"GPIO {number} (pin {HEADER[number]})"


def sheet(title: str, at: tuple[float, float]) -> schemdraw.Drawing:
    """An empty sheet with its title."""
    schemdraw.use("svg")
    drawing = schemdraw.Drawing(show=False)
    drawing.config(fontsize=NORMAL, font="sans-serif", lw=1.5, bgcolor="white", margin=0.6)
    write(drawing, at, title, TITLE)
    return drawing


def write(
    drawing: schemdraw.Drawing,
    at: tuple[float, float],
    words: str,
    size: int = SMALL,
    colour: str = "black",
    side: str = "left",
) -> None:
    """Words whose middle is at a height; schemdraw puts a label a little above its place."""
    x, y = at
    drawing.add(
        elm.Label()
        .theta(0)
        .at((x, y - _LABEL))
        .label(words, fontsize=size, color=colour, halign=side, valign="center", loc="center")
    )


def wire(drawing: schemdraw.Drawing, *points: tuple[float, float], colour: str = "black", width: float = 1.5) -> None:
    """A wire through these points."""
    for start, end in itertools.pairwise(points):
        drawing.add(elm.Line().at(start).to(end).color(colour).linewidth(width))


def box(
    drawing: schemdraw.Drawing,
    corner: tuple[float, float],
    size: tuple[float, float],
    name: str,
    colour: str = "#f4f4f4",
) -> None:
    """A part as a box, by its lower left corner, with its name at the top."""
    x, y = corner
    wide, high = size
    drawing.add(elm.Rect(corner1=(0, 0), corner2=(wide, high), fill=colour).theta(0).at(corner))
    write(drawing, (x + wide / 2, y + high - 0.35), name, NORMAL, side="center")


def dot(drawing: schemdraw.Drawing, at: tuple[float, float]) -> None:
    """Wires that meet."""
    drawing.add(elm.Dot().at(at))


def part(
    drawing: schemdraw.Drawing, element: elm.Element2Term, start: tuple[float, float], end: tuple[float, float]
) -> None:
    """A part with two ends."""
    drawing.add(element.endpoints(start, end))


def ground(drawing: schemdraw.Drawing, at: tuple[float, float]) -> None:
    """To the star point."""
    drawing.add(elm.Ground().theta(0).at(at))


def as_svg(drawing: schemdraw.Drawing) -> str:
    """The drawing as a file's text."""
    return bytes(drawing.get_imagedata("svg")).decode("utf-8").rstrip() + "\n"
