"""The lamp and the three buttons."""

import schemdraw
import schemdraw.elements as elm

from hw.drawings.sheet import GREY, SMALL, box, dot, gpio, ground, part, sheet, status_of, wire, write

_NOTES = (
    'The LED has a common cathode: led_lit = "high".',
    "330 Ω gives 4 mA for red and less for green and blue; a GPIO may give 8.",
    "Buttons close to ground; the Pi pulls them up. With more than 1 m of cable:",
    "1 kΩ in series at the Pi, and 100 nF from the GPIO to ground.",
    "The panic button asks the striker. A switch in the motors' 12 V asks nobody.",
)
_STEP = 1.3
_COLOURS = (("red", "#d42a1f"), ("green", "#2a9a3c"), ("blue", "#2a5bd4"))


def draw() -> schemdraw.Drawing:
    """Three colours through resistors, three buttons to ground."""
    drawing = sheet("Lamp and buttons", (0, 2.0))
    status = status_of("one_drum.toml")
    buttons = status.buttons
    rows = len(status.led_pins) + len(buttons)
    low = -_STEP * rows - 0.9
    box(drawing, (0, low), (4.0, 1.2 - low), "Raspberry Pi", "#eef6ee")
    for number, (pin, (name, colour)) in enumerate(zip(status.led_pins, _COLOURS, strict=True)):
        _colour(drawing, -_STEP * number, gpio(pin), name, colour)
    right = 10.4
    last = -_STEP * (len(status.led_pins) - 1)
    wire(drawing, (right, 0), (right, last - 0.5))
    for number in range(len(status.led_pins)):
        dot(drawing, (right, -_STEP * number))
    ground(drawing, (right, last - 0.5))
    for number, (button, pin) in enumerate(buttons.items(), len(status.led_pins)):
        _button(drawing, -_STEP * number - 0.8, gpio(pin), button.value)
    for number, note in enumerate(_NOTES):
        write(drawing, (0, low - 0.7 - 0.5 * number), note, SMALL, GREY)
    return drawing


def _colour(drawing: schemdraw.Drawing, y: float, line: str, name: str, colour: str) -> None:
    write(drawing, (3.8, y), line, SMALL, side="right")
    part(drawing, elm.Resistor().scale(0.7).label("330 Ω", fontsize=9), (4.0, y), (6.6, y))
    part(drawing, elm.LED().scale(0.8).fill(colour), (6.6, y), (9.0, y))
    wire(drawing, (9.0, y), (10.4, y))
    write(drawing, (8.6, y + 0.3), name, 9, GREY)


def _button(drawing: schemdraw.Drawing, y: float, line: str, name: str) -> None:
    write(drawing, (3.8, y), line, SMALL, side="right")
    wire(drawing, (4.0, y), (6.6, y))
    part(drawing, elm.Button().label(name, fontsize=SMALL), (6.6, y), (9.0, y))
    wire(drawing, (9.0, y), (9.6, y))
    ground(drawing, (9.6, y))


DRAWINGS = {"lamp_and_buttons": draw}
