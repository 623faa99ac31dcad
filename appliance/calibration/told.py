"""A calibration as lines of JSON, for who watches it from another process; it loads nothing that measures."""

import msgspec

from appliance.strike.kit import Motor

# Of an attempt its duty, its lead (s) and its loudness (the ear's unit); the last two None where it was not heard.
Dot = tuple[float, float | None, float | None]


class SeriesTold(msgspec.Struct, frozen=True, tag="series"):
    """Attempts that were made."""

    motor: str
    dots: list[Dot]


class FindingsTold(msgspec.Struct, frozen=True, tag="findings"):
    """What came of a motor; `found`: the motor as it is to be written, where it was steady."""

    motor: str
    doubts: tuple[str, ...]
    strokes: int
    seconds: float
    found: Motor | None


class PanicTold(msgspec.Struct, frozen=True, tag="panic"):
    """It was ended by a panic."""

    motor: str


Told = SeriesTold | FindingsTold | PanicTold

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Told).decode


def line(told: Told) -> bytes:
    """As a line."""
    return _encode(told) + b"\n"


def read_line(text: bytes) -> Told:
    """What a line says. Raises: msgspec.MsgspecError, ValueError."""
    told: Told = _decode(text)
    return told
