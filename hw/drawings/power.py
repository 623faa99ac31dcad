"""Where the power comes from, how it is fused, and where all grounds meet."""

import schemdraw
import schemdraw.elements as elm

from hw.drawings.sheet import GREY, RED, SMALL, box, dot, part, pins_of, sheet, wire, write

_NOTES = (
    "All grounds meet at one bar and nowhere else: the current of a motor must not run through the ground of a line.",
    "The Pi has a supply of its own: on the motors' supply it would be reset by every hard stroke.",
    "The mushroom switch cuts the motors alone; the Pi stays awake and its lamp says what is wrong.",
    "Thick lines carry motor current: 1.5 mm² to the bar, 0.75 mm² to a motor of up to 1.5 m, both wires twisted.",
)
_STEP = 1.5
_SUPPLY, _BUS, _MODULE, _STAR = 0.0, 8.2, 12.6, 18.4


def draw() -> schemdraw.Drawing:
    """Two supplies, a switch, a fuse for each module, the star."""
    motors = pins_of("eight_drums.toml").motors
    drawing = sheet("Power and star ground", (0, 2.4))
    high = -_STEP * (len(motors) - 1)
    box(drawing, (_SUPPLY, -0.8), (3.0, 2.4), "12 V supply")
    write(drawing, (_SUPPLY + 2.8, 0), "+12 V", SMALL, RED, "right")
    write(drawing, (_SUPPLY + 1.5, -0.5), "0 V", SMALL, side="center")
    part(drawing, elm.Fuse().label("15 A", fontsize=9).color(RED), (3.0, 0), (5.0, 0))
    part(drawing, elm.Button(nc=True).label("mushroom switch", fontsize=9).color(RED), (5.0, 0), (_BUS, 0))
    wire(drawing, (_BUS, 0), (_BUS, high), colour=RED, width=3)
    for number, name in enumerate(motors):
        _module(drawing, -_STEP * number, f"{number + 1}  {name.replace('_', '-')}")
    wire(drawing, (_STAR, 0.6), (_STAR, high - 4.2), width=6)
    write(drawing, (_STAR, 1.0), "ground bar", side="center")
    bottom = high - 1.9
    _pi(drawing, bottom)
    wire(drawing, (_SUPPLY + 1.5, -0.8), (_SUPPLY + 1.5, high - 1.3), (_STAR, high - 1.3), width=3)
    dot(drawing, (_STAR, high - 1.3))
    for number, note in enumerate(_NOTES):
        write(drawing, (0, high - 5.2 - 0.5 * number), note, SMALL, GREY)
    return drawing


def _module(drawing: schemdraw.Drawing, y: float, name: str) -> None:
    dot(drawing, (_BUS, y))
    part(drawing, elm.Fuse().scale(0.8).label("5 A", fontsize=9).color(RED), (_BUS, y), (_MODULE, y))
    box(drawing, (_MODULE, y - 0.6), (3.6, 1.2), "", "#fdf3e4")
    write(drawing, (_MODULE + 0.3, y), name)
    wire(drawing, (_MODULE + 3.6, y), (_STAR, y), width=2)
    dot(drawing, (_STAR, y))


def _pi(drawing: schemdraw.Drawing, top: float) -> None:
    y = top - 1.2
    box(drawing, (_SUPPLY, y - 0.7), (3.0, 1.4), "")
    write(drawing, (_SUPPLY + 1.5, y + 0.25), "5.1 V supply", side="center")
    write(drawing, (_SUPPLY + 1.5, y - 0.25), "of the Pi", side="center")
    box(drawing, (_BUS, y - 0.7), (3.6, 1.4), "", "#eef6ee")
    write(drawing, (_BUS + 1.8, y), "Raspberry Pi", side="center")
    wire(drawing, (3.0, y), (_BUS, y))
    write(drawing, ((3.0 + _BUS) / 2, y + 0.3), "USB-C", SMALL, GREY, "center")
    wire(drawing, (_BUS + 3.6, y), (_STAR, y))
    write(drawing, (_BUS + 6.4, y + 0.3), "GND (pins 6, 9, 14), with the lines", SMALL, GREY, "center")
    dot(drawing, (_STAR, y))


DRAWINGS = {"power": draw}
