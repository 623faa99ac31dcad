"""One drum on a solenoid: a MOSFET pulls it, a diode takes the current when it lets go."""

import schemdraw
import schemdraw.elements as elm

from appliance.strike.bridge_wiring import Solenoid
from hw.drawings.sheet import BLUE, GREY, RED, SMALL, box, dot, gpio, ground, motor_of, part, sheet, wire, write

_NOTES = (
    "The MOSFET must open fully at 3.3 V: IRLZ44N or a module with one; not an IRF520.",
    "The 10 kΩ at the gate keeps it shut while the Pi boots. The diode takes the coil's current when it is cut.",
    "Without the 12 V Zener diode in series with it the plunger falls back slowly: it shortens the current's tail.",
    "One segment is all there is: back = { contact = 0.005, seconds = 0.030, duty = 0.0 } in [strike].",
)

_DRAIN = 9 + 11 / 30  # where the MOSFET of which the gate is at 8 has its drain and its source


def draw() -> schemdraw.Drawing:
    """Gate resistor, pull-down, MOSFET, coil with diodes, supply with fuse."""
    drawing = sheet("One drum: solenoid on a MOSFET", (0, 5.6))
    wiring = motor_of("solenoid.toml")
    assert isinstance(wiring, Solenoid), "solenoid.toml has a solenoid"
    box(drawing, (0, -2.2), (3.4, 4.0), "Raspberry Pi", "#eef6ee")
    write(drawing, (3.2, 0), gpio(wiring.line), SMALL, side="right")
    write(drawing, (3.2, -1.6), "GND (pin 6)", SMALL, side="right")
    part(drawing, elm.Resistor().scale(0.7).label("150 Ω", fontsize=9).color(BLUE), (3.4, 0), (5.6, 0))
    wire(drawing, (5.6, 0), (8.0, 0), colour=BLUE)
    dot(drawing, (6.4, 0))
    part(drawing, elm.Resistor().scale(0.7).label("10k", fontsize=9, loc="bottom"), (6.4, 0), (6.4, -1.6))
    wire(drawing, (3.4, -1.6), (_DRAIN, -1.6), (_DRAIN, -1.2))
    dot(drawing, (6.4, -1.6))
    dot(drawing, (_DRAIN, -1.6))
    wire(drawing, (_DRAIN, -1.6), (_DRAIN, -1.9))
    ground(drawing, (_DRAIN, -1.9))
    write(drawing, (9.9, -2.1), "star point", SMALL, GREY)
    _mosfet(drawing)
    _coil(drawing)
    for number, note in enumerate(_NOTES):
        write(drawing, (0, -3.4 - 0.5 * number), note, SMALL, GREY)
    return drawing


def _mosfet(drawing: schemdraw.Drawing) -> None:
    fet = drawing.add(elm.NFet().theta(0).reverse().anchor("gate").at((8.0, 0)))
    wire(drawing, fet.source, (_DRAIN, -1.2))
    wire(drawing, fet.drain, (_DRAIN, 1.2))
    write(drawing, (9.7, 0), "IRLZ44N", SMALL)


def _coil(drawing: schemdraw.Drawing) -> None:
    low, high = 1.2, 4.2
    dot(drawing, (_DRAIN, low))
    part(
        drawing,
        elm.Inductor2(loops=4).label("solenoid\n12 V", loc="top", fontsize=SMALL),
        (_DRAIN, low),
        (_DRAIN, high),
    )
    wire(drawing, (_DRAIN, low), (11.9, low))
    part(
        drawing, elm.Zener().scale(0.8).label("12 V 5 W", fontsize=9, loc="bottom").reverse(), (11.9, low), (11.9, 2.7)
    )
    part(drawing, elm.Diode().scale(0.8).label("1N5822", fontsize=9, loc="bottom"), (11.9, 2.7), (11.9, high))
    wire(drawing, (_DRAIN, high), (15.2, high), colour=RED)
    dot(drawing, (_DRAIN, high))
    dot(drawing, (11.9, high))
    dot(drawing, (14.2, high))
    cap = elm.Capacitor2().scale(0.7).label("2200 µ 25 V", fontsize=9, loc="bottom")
    part(drawing, cap, (14.2, high), (14.2, high - 1.5))
    ground(drawing, (14.2, high - 1.5))
    part(drawing, elm.Fuse().scale(0.8).label("fuse 3 A, slow", fontsize=9).color(RED), (15.2, high), (17.6, high))
    write(drawing, (17.8, high), "+12 V", SMALL, RED)


DRAWINGS = {"solenoid": draw}
