"""Kits that hang on a simulated board, and the EEPROM that holds them."""

from pathlib import Path

import msgspec

from appliance.arduino.image import image_of
from appliance.arduino.seven_bits import crc16
from appliance.arduino.wiring import ArduinoSettings, BoardWiring
from appliance.settings import load_settings
from appliance.strike.bridge_wiring import InIn, InInEnable
from appliance.strike.kit import StrikeSettings
from hw.firmware.make_tables import built_in

STRIKE = load_settings().room("strike", StrikeSettings)
NAMES = [motor.name for motor in STRIKE.motors]
EIGHT = built_in("pins")  # two pins a motor: the strength is on them

# Five motors with an enable pin each: the direction pins stand still as long as a drive lasts.
_PINS = ((2, 3, 4), (5, 6, 7), (8, 9, 10), (11, 12, 14), (15, 16, 17))
FIVE_PINS = dict(zip(NAMES, _PINS, strict=False))
FIVE = msgspec.structs.replace(EIGHT, motors={name: InInEnable(*pins) for name, pins in FIVE_PINS.items()})

EEPROM = 1024
_BANK = 512


def eight_pins() -> dict[str, tuple[int, int]]:
    return {name: (wiring.in1, wiring.in2) for name, wiring in EIGHT.motors.items() if isinstance(wiring, InIn)}


def wired(motors: dict[str, BoardWiring]) -> ArduinoSettings:
    return msgspec.structs.replace(EIGHT, motors=motors)


def eeprom_with(file: Path, arduino: ArduinoSettings, strike: StrikeSettings = STRIKE) -> Path:
    """An EEPROM whose first bank has these settings."""
    image = image_of(strike, arduino)
    head = bytes((0x4E, 1)) + len(image).to_bytes(2, "little") + crc16(image).to_bytes(2, "little")
    file.write_bytes((head + image).ljust(EEPROM, b"\xff"))
    return file


def bank(eeprom: bytes, number: int) -> bytes:
    return eeprom[_BANK * number : _BANK * (number + 1)]
