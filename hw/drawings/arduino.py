"""Drums on an Arduino: with a Motor Shield v1, with a v2, and with bridges on its own pins."""

import schemdraw
import schemdraw.elements as elm

from appliance.arduino.wiring import ArduinoSettings, Terminal
from appliance.settings import load_settings
from appliance.strike.bridge_wiring import InIn
from hw.drawings.sheet import BLUE, GREY, HW, RED, SMALL, box, ground, part, sheet, wire, write

_STEP = 1.5
_PI, _UNO, _MOTOR = 3.4, 10.4, 15.0
_FIRST_ANALOG = 14  # A0, as an Uno numbers it

_ALL = (
    "The Pi feeds the Arduino over USB, never the motors. The supply's ground meets the Arduino's at one star point.",
    "100 nF at each motor's terminals and a snubber as in one_drum; keep the USB cable away from the motors' wires.",
)
_V1 = (
    "Take the jumper PWR off: the motors have a supply of their own at EXT_PWR. 0.6 A continuous, 1.2 A peak (L293D):",
    "small actuators and short pushes only; a door-lock motor stalls at 3.2 A. Its enable lines have pull-downs.",
)
_V2 = (
    "Take the jumper VIN off. 1.2 A continuous, 3.2 A peak (TB6612). A second shield (A0 closed) has terminals 5 to 8.",
    "10 µF between RESET and GND: the shield keeps what it was told over a reset. Take it off to flash the firmware.",
)
_PINS = (
    "Bridges as in one_drum_bts7960, with VCC and both EN of each module on the Arduino's 5 V.",
    "Pull-downs of 10 kΩ on every input, at the module: pins float while the bootloader runs.",
)


def arduino_of(name: str) -> ArduinoSettings:
    """The [arduino] of a settings file beside the firmware."""
    return load_settings(HW / "firmware" / name).room("arduino", ArduinoSettings)


def pin_name(number: int) -> str:
    """How an Uno's pin is labelled."""
    return f"A{number - _FIRST_ANALOG}" if number >= _FIRST_ANALOG else f"D{number}"


def draw_shield(settings: str, name: str, notes: tuple[str, ...]) -> schemdraw.Drawing:
    """Terminals to motors, the USB cable, the supply with its fuse."""
    arduino = arduino_of(settings)
    drawing, low = _begin(f"{len(arduino.motors)} drums on an Arduino: {name}", len(arduino.motors), f"Arduino, {name}")
    for place, (motor, wiring) in enumerate(arduino.motors.items()):
        assert isinstance(wiring, Terminal), "a shield has terminals"
        _motor(drawing, -_STEP * place, f"M{wiring.terminal}", motor)
    _supply(drawing, low, "EXT_PWR", "2.5 A" if "v1" in name else "5 A")
    _write_notes(drawing, low - 2.4, (*notes, *_ALL))
    return drawing


def draw_pins() -> schemdraw.Drawing:
    """Two pins a module."""
    arduino = arduino_of("pins.toml")
    drawing, low = _begin("Eight drums on an Arduino's own pins", len(arduino.motors), "Arduino Uno")
    for place, (motor, wiring) in enumerate(arduino.motors.items()):
        assert isinstance(wiring, InIn), "pins.toml has bridges with two PWM inputs"
        _motor(
            drawing,
            -_STEP * place,
            f"{pin_name(wiring.in1)}, {pin_name(wiring.in2)}",
            motor,
            "BTS7960, RPWM and LPWM: ",
        )
    _write_notes(drawing, low - 0.8, (*_PINS, *_ALL))
    return drawing


def _begin(title: str, motors: int, board: str) -> tuple[schemdraw.Drawing, float]:
    drawing = sheet(title, (0, 2.3))
    low = -_STEP * motors - 0.2
    box(drawing, (0, low), (_PI, 1.4 - low), "Raspberry Pi", "#eef6ee")
    box(drawing, (6.0, low), (_UNO - 6.0, 1.4 - low), board, "#e8f1fa")
    wire(drawing, (_PI, -0.3), (6.0, -0.3), colour=BLUE, width=3)
    write(drawing, ((_PI + 6.0) / 2, 0.1), "USB", SMALL, BLUE, "center")
    return drawing, low


def _motor(drawing: schemdraw.Drawing, y: float, outputs: str, motor: str, through: str = "") -> None:
    write(drawing, (_UNO - 0.2, y - 0.3), outputs, SMALL, side="right")
    box(drawing, (_MOTOR, y - 0.9), (7.4 if through else 3.2, 1.2), "", "#fdf3e4")
    write(drawing, (_MOTOR + 0.3, y - 0.3), through + motor.replace("_", "-"))
    for at in (y, y - 0.6):
        wire(drawing, (_UNO, at), (_MOTOR, at))


def _supply(drawing: schemdraw.Drawing, low: float, name: str, fuse: str) -> None:
    y = low - 0.8
    wire(drawing, (8.0, low), (8.0, y), (9.0, y), colour=RED)
    write(drawing, (8.0, low + 0.3), name, SMALL, side="center")
    part(drawing, elm.Fuse().scale(0.8).label(f"fuse {fuse}, slow", fontsize=9).color(RED), (9.0, y), (11.4, y))
    write(drawing, (11.6, y), "+12 V, supply of the motors", SMALL, RED)
    wire(drawing, (6.6, low), (6.6, y))
    ground(drawing, (6.6, y))
    write(drawing, (6.3, y - 0.5), "star point", SMALL, GREY, "right")


def _write_notes(drawing: schemdraw.Drawing, top: float, notes: tuple[str, ...]) -> None:
    for number, note in enumerate(notes):
        write(drawing, (0, top - 0.5 * number), note, SMALL, GREY)


DRAWINGS = {
    "arduino_shield_v1": lambda: draw_shield("shield_v1.toml", "Motor Shield v1", _V1),
    "arduino_shield_v2": lambda: draw_shield("shield_v2.toml", "Motor Shield v2", _V2),
    "arduino_pins": draw_pins,
}
