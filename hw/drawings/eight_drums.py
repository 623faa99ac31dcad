"""A kit of eight: which line of the header goes to which module."""

import schemdraw

from appliance.strike.bridge_wiring import InIn
from hw.drawings.sheet import BLUE, GREY, SMALL, box, dot, gpio, pins_of, sheet, wire, write

_NOTES = (
    "Each module as in one_drum_bts7960: pull-downs of 10 kΩ on RPWM and LPWM, snubber at the motor, fuse, capacitor.",
    "R_EN and L_EN of all modules hang on one line, with one pull-down of 10 kΩ: it lets all motors go at once.",
    "Power and ground: power.svg. Settings: eight_drums.toml. Numbers on the lamp (3-n, 4-n) are the numbers here.",
)
_STEP = 1.5
_LEFT, _MODULE, _MOTOR = 4.0, 9.4, 15.0


def draw() -> schemdraw.Drawing:
    """The lines of every motor, in the order of the lamp's numbers."""
    drawing = sheet("A kit of eight on BTS7960 modules", (0, 2.0))
    pins = pins_of("eight_drums.toml")
    low = -_STEP * len(pins.motors) - 0.9
    box(drawing, (0, low), (_LEFT, 1.2 - low), "Raspberry Pi", "#eef6ee")
    for number, (name, wiring) in enumerate(pins.motors.items(), 1):
        assert isinstance(wiring, InIn), "eight_drums.toml has bridges with two PWM inputs"
        _module(drawing, -_STEP * (number - 1), f"{number}  {name.replace('_', '-')}", wiring)
    _enable(drawing, -_STEP * len(pins.motors) - 0.1, gpio(pins.enable), len(pins.motors))
    for number, note in enumerate(_NOTES):
        write(drawing, (0, low - 0.7 - 0.5 * number), note, SMALL, GREY)
    return drawing


def _module(drawing: schemdraw.Drawing, y: float, name: str, wiring: InIn) -> None:
    box(drawing, (_MODULE, y - 0.9), (3.6, 1.25), "")
    for line, label, at in ((wiring.in1, "RPWM", y), (wiring.in2, "LPWM", y - 0.55)):
        write(drawing, (_LEFT - 0.2, at), gpio(line), SMALL, side="right")
        wire(drawing, (_LEFT, at), (_MODULE, at), colour=BLUE)
        write(drawing, (_MODULE + 0.2, at), label, SMALL)
    write(drawing, (_MODULE + 3.4, y), "M+", SMALL, side="right")
    write(drawing, (_MODULE + 3.4, y - 0.55), "M-", SMALL, side="right")
    box(drawing, (_MOTOR, y - 0.9), (3.2, 1.25), "", "#fdf3e4")
    write(drawing, (_MOTOR + 0.3, y - 0.27), name)
    for at in (y, y - 0.55):
        wire(drawing, (_MODULE + 3.6, at), (_MOTOR, at))


def _enable(drawing: schemdraw.Drawing, y: float, line: str, modules: int) -> None:
    bus = _MODULE - 0.9
    write(drawing, (_LEFT - 0.2, y), line, SMALL, side="right")
    wire(drawing, (_LEFT, y), (bus, y), (bus, -0.8), colour="#7a4fa0")
    write(drawing, (bus + 0.3, y), "R_EN + L_EN of every module", SMALL, "#7a4fa0")
    for number in range(modules):
        at = (bus, -_STEP * number - 0.8)
        wire(drawing, at, (_MODULE, at[1]), colour="#7a4fa0")
        dot(drawing, at)


DRAWINGS = {"eight_drums": draw}
