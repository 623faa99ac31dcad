"""One drum on an H-bridge, three times: L298N, TB6612, BTS7960."""

import msgspec
import schemdraw
import schemdraw.elements as elm

from appliance.strike.bridge_wiring import InInEnable
from hw.drawings.sheet import BLUE, GREY, RED, SMALL, box, dot, gpio, ground, motor_of, part, sheet, wire, write


class Module(msgspec.Struct, frozen=True):
    """A bridge board: what its inputs are called, from the top, and what is to be known about it."""

    name: str
    inputs: tuple[tuple[str, str], ...]  # (its name on the board, what of [pins] goes there)
    logic: str
    supply: str
    fuse: str
    notes: tuple[str, ...]


L298N = Module(
    "L298N module",
    (("IN1", "in1"), ("IN2", "in2"), ("ENA", "enable")),
    "the 5 V of its own regulator",
    "12 V",
    "3 A",
    ("Take the jumper off ENA. 2 A continuous; it keeps 2 V for itself.", "Diodes are on the module."),
)
TB6612 = Module(
    "TB6612 module",
    (("AIN1", "in1"), ("AIN2", "in2"), ("PWMA", "enable"), ("STBY", "pins.enable")),
    "3.3 V (pin 1) on VCC",
    "VM: 12 V",
    "2 A",
    ("1.2 A continuous, 3.2 A for 10 ms: for small actuators only.", "STBY is the line `enable` of [pins]."),
)
BTS7960 = Module(
    "BTS7960 module",
    (("RPWM", "in1"), ("LPWM", "in2"), ("R_EN + L_EN", "pins.enable")),
    "3.3 V (pin 1) on VCC; on 5 V its buffer, a 74HC244, would want 3.5 V as high",
    "B+: 12 V",
    "5 A",
    (
        'kind = "in_in"; 43 A: the one for door-lock motors, which stall at several ampere.',
        "R_EN and L_EN are tied together: the line `enable` of [pins].",
    ),
)

_STEP = 2.0
_WIDE = 4.6
_NOTES = (
    "Pull-downs at the module, not at the Pi: when the Pi boots, or its cable is off, the motor coasts.",
    "Snubber and 100 nF sit on the motor's terminals. Lines and their ground run away from the motor's wires.",
)
_RIGHT = 8.5  # where the bridge begins
_ENABLE = 25  # the line common to all bridges, where there is one: as in eight_drums.toml


def draw(module: Module) -> schemdraw.Drawing:
    """The board's inputs with their pull-downs, the motor with its snubber, the supply with its fuse."""
    drawing = sheet(f"One drum: {module.name}", (0, 2.3))
    wiring = motor_of("one_drum.toml")
    assert isinstance(wiring, InInEnable), "one_drum.toml has a bridge with an enable input"
    lines = {"in1": wiring.in1, "in2": wiring.in2, "enable": wiring.enable or 0, "pins.enable": _ENABLE}
    high = _STEP * len(module.inputs) + 2.4
    box(drawing, (0, 1.4 - high), (3.4, high), "Raspberry Pi", "#eef6ee")
    box(drawing, (_RIGHT, 1.4 - high), (_WIDE, high), module.name)
    for number, (name, key) in enumerate(module.inputs):
        _input(drawing, -number * _STEP, name, gpio(lines[key]), 5.0 + 0.9 * number)
    bottom = -_STEP * len(module.inputs)
    wire(drawing, (3.4, bottom), (_RIGHT, bottom))
    write(drawing, (3.2, bottom), "GND (pin 6)", SMALL, side="right")
    write(drawing, (_RIGHT + 0.2, bottom), "GND", SMALL)
    _motor(drawing)
    _supply(drawing, 1.4 - high, module)
    for number, note in enumerate((*_NOTES, f"Its logic runs on {module.logic}.", *module.notes)):
        write(drawing, (0, -2.0 - high - 0.5 * number), note, SMALL, GREY)
    return drawing


def _input(drawing: schemdraw.Drawing, y: float, name: str, line: str, pull: float) -> None:
    wire(drawing, (3.4, y), (_RIGHT, y), colour=BLUE)
    write(drawing, (3.2, y), line, SMALL, side="right")
    write(drawing, (_RIGHT + 0.2, y), name, SMALL)
    dot(drawing, (pull, y))
    part(drawing, elm.Resistor().scale(0.55).label("10k", fontsize=9, loc="bottom"), (pull, y), (pull, y - 1.0))
    ground(drawing, (pull, y - 1.0))


def _motor(drawing: schemdraw.Drawing) -> None:
    left, right = _RIGHT + _WIDE, _RIGHT + _WIDE + 5.0
    wire(drawing, (left, 0.2), (right, 0.2), (right, -0.3))
    wire(drawing, (left, -2.2), (right, -2.2), (right, -1.7))
    write(drawing, (left - 0.2, 0.2), "OUT1", SMALL, side="right")
    write(drawing, (left - 0.2, -2.2), "OUT2", SMALL, side="right")
    part(
        drawing,
        elm.Motor().label("door-lock\nmotor", loc="bottom", ofst=0.3, fontsize=SMALL),
        (right, 0.2),
        (right, -2.2),
    )
    x = left + 1.2
    for at in ((x, 0.2), (x, -2.2), (x + 1.7, 0.2), (x + 1.7, -2.2)):
        dot(drawing, at)
    part(drawing, elm.Capacitor().scale(0.7).label("100n", fontsize=9, loc="bottom"), (x + 1.7, 0.2), (x + 1.7, -2.2))
    part(drawing, elm.Resistor().scale(0.55).label("10 Ω", fontsize=9, loc="bottom"), (x, 0.2), (x, -1.0))
    part(drawing, elm.Capacitor().scale(0.7).label("100n", fontsize=9, loc="bottom"), (x, -1.0), (x, -2.2))


def _supply(drawing: schemdraw.Drawing, bottom: float, module: Module) -> None:
    x, y = _RIGHT + 2.4, bottom - 1.0
    wire(drawing, (x, bottom), (x, y), (x + 1.2, y), colour=RED)
    write(drawing, (x, bottom + 0.35), module.supply, SMALL, side="center")
    wire(drawing, (x + 1.2, y), (x + 3.2, y), colour=RED)
    dot(drawing, (x + 2.2, y))
    cap = elm.Capacitor2().scale(0.7).label("2200 µ 25 V", fontsize=9, loc="bottom")
    part(drawing, cap, (x + 2.2, y), (x + 2.2, y - 1.3))
    ground(drawing, (x + 2.2, y - 1.3))
    fuse = elm.Fuse().scale(0.8).label(f"fuse {module.fuse}, slow", fontsize=9).color(RED)
    part(drawing, fuse, (x + 3.2, y), (x + 5.6, y))
    write(drawing, (x + 5.8, y), "+12 V", SMALL, RED)
    wire(drawing, (x - 1.6, bottom), (x - 1.6, bottom - 0.6))
    ground(drawing, (x - 1.6, bottom - 0.6))
    write(drawing, (x - 1.6, bottom + 0.35), "GND", SMALL, side="center")
    write(drawing, (x - 2.2, bottom - 0.8), "star point", SMALL, GREY, "right")


DRAWINGS = {
    "one_drum_l298n": lambda: draw(L298N),
    "one_drum_tb6612": lambda: draw(TB6612),
    "one_drum_bts7960": lambda: draw(BTS7960),
}
