"""Writes the headers that come from the appliance's own tables: `python -m hw.firmware.make_tables`.

`lamp_codes.h` has the codes that the board's lamp can show; `built_in.h` the kit that it plays until it is sent
another: the shipped [strike], on the wiring below.
"""

import textwrap
from pathlib import Path

from appliance.arduino.image import image_of
from appliance.arduino.seven_bits import crc16
from appliance.arduino.wiring import ArduinoSettings, BoardWiring, Terminal
from appliance.settings import load_settings
from appliance.status.blink import Pattern, counted
from appliance.status.codes import MEANINGS, Code
from appliance.strike.bridge_wiring import InIn
from appliance.strike.kit import StrikeSettings

SOURCES = Path(__file__).parent / "src"

SHOWN = (
    Code.READY,
    Code.ANSWERING,
    Code.PLAYER_DEAD,
    Code.PANIC_PRESSED,
    Code.STRIKER_FAULT,
    Code.MOTOR_HOT,
    Code.UNDER_VOLTAGE,
)

# Two pins for each motor of the shipped kit, in its order; A0 is 14.
_PINS = ((2, 3), (4, 5), (6, 7), (8, 9), (10, 11), (12, 14), (15, 16), (17, 18))
_SHIELD_V1 = ("kick", "snare", "hi_hat", "crash")


def built_in(driver: str) -> ArduinoSettings:
    """How the motors of the built-in kit hang on a driver's outputs."""
    names = [motor.name for motor in _strike().motors]
    motors: dict[str, BoardWiring] = {
        "pins": {name: InIn(*pins) for name, pins in zip(names, _PINS, strict=True)},
        "shield_v1": {name: Terminal(number) for number, name in enumerate(_SHIELD_V1, 1)},
        "shield_v2": {name: Terminal(number) for number, name in enumerate(names, 1)},
    }[driver]
    return ArduinoSettings("output", "", "ghostnote", "uno", driver, 0.03, 0, 0.0, -1, motors)  # type: ignore[arg-type]


def as_built_in() -> str:
    """The header of the images."""
    lines = [
        "// The kit that is built in: the shipped settings. Made by make_tables.py.",
        "#pragma once",
        "",
        "#include <avr/pgmspace.h>",
        "#include <stdint.h>",
        "",
    ]
    for number, driver in enumerate(("pins", "shield_v1", "shield_v2")):
        image = image_of(_strike(), built_in(driver))
        lines += [f"#{'el' if number else ''}if defined(DRIVER_{driver})"]
        lines += [f"constexpr uint16_t BUILT_IN_CRC = 0x{crc16(image):04X};"]
        lines += [f"const uint8_t BUILT_IN[{len(image)}] PROGMEM = {{"]
        lines += textwrap.wrap(", ".join(map(str, image)) + ",", 116, initial_indent="    ", subsequent_indent="    ")
        lines += ["};"]
    return "\n".join([*lines, "#else", '#error "say which driver: -DDRIVER_pins, for instance"', "#endif", ""])


def as_lamp_codes() -> str:
    """The header of the lamp's codes."""
    longer, last_long, short, last = counted(2, 2).flashes
    lines = [
        "// What the lamp can say, in hundredths of a second. Made by make_tables.py from appliance/status/codes.py.",
        "#pragma once",
        "",
        "#include <stdint.h>",
        "",
        f"constexpr uint8_t LONG = {_hundredths(longer.on)}, BETWEEN_LONG = {_hundredths(longer.off)};",
        f"constexpr uint8_t BEFORE_SHORT = {_hundredths(last_long.off)};",
        f"constexpr uint8_t SHORT = {_hundredths(short.on)}, BETWEEN_SHORT = {_hundredths(short.off)};",
        f"constexpr uint8_t END = {_hundredths(last.off)};",
        "",
        "// A fault has flashes to count, `shorts` 0 for the number of a motor. A state has no long ones, but so many",
        "// flashes of which the first is lit for on[0] and the others for on[1], each dark for `off`.",
        "struct Code {",
        "    uint8_t longs, shorts;",
        "    uint8_t on[2], off;",
        "};",
        "",
    ]
    lines += [f"constexpr Code {code.name} = {_code(code)};" for code in SHOWN]
    return "\n".join([*lines, ""])


def _code(code: Code) -> str:
    meaning = MEANINGS[code]
    if meaning.pattern is None:
        return f"{{{meaning.long}, {meaning.short}, {{0, 0}}, 0}}"
    return _state(meaning.pattern)


def _state(pattern: Pattern) -> str:
    first, then = pattern.flashes[0], pattern.flashes[-1]
    return (
        f"{{0, {len(pattern.flashes)}, {{{_hundredths(first.on)}, {_hundredths(then.on)}}}, {_hundredths(first.off)}}}"
    )


def _hundredths(seconds: float) -> int:
    return round(seconds * 100)


def _strike() -> StrikeSettings:
    return load_settings().room("strike", StrikeSettings)


def main() -> None:
    """Write both."""
    (SOURCES / "lamp_codes.h").write_text(as_lamp_codes(), "utf-8")
    (SOURCES / "built_in.h").write_text(as_built_in(), "utf-8")


if __name__ == "__main__":
    main()
