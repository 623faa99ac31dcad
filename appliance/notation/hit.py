"""What the player does, and what the motors are asked to do."""

import math

import msgspec

LOUDEST = 127  # MIDI 1.0: a data byte has seven bits


def check_touch(instant: float, pitch: int, velocity: int) -> None:
    """Raises: ValueError unless the instant is finite, the pitch 0 to 127 and the velocity 1 to 127."""
    if not math.isfinite(instant):
        raise ValueError(f"an instant must be a finite number of seconds, not {instant}")
    if not 0 <= pitch <= LOUDEST:
        raise ValueError(f"a MIDI pitch is 0 to 127, not {pitch}")
    if not 1 <= velocity <= LOUDEST:
        raise ValueError(f"a velocity is 1 to 127, not {velocity}: 0 would be a note-off")


class Hit(msgspec.Struct, frozen=True):
    """A drum pad was struck at `time` (seconds). Raises: ValueError for what a pad cannot send."""

    time: float
    pitch: int
    velocity: int

    def __post_init__(self) -> None:
        check_touch(self.time, self.pitch, self.velocity)


class Stroke(msgspec.Struct, frozen=True, omit_defaults=True):
    """A drum is to sound at `time` (seconds): the instant of the stick on the head, not of the motor's start.

    A pitch that is no drum's sounds for `length` seconds; no motor heeds it.
    Raises: ValueError for numbers that no motor may be given.
    """

    time: float
    pitch: int
    velocity: int
    length: float = 0.0

    def __post_init__(self) -> None:
        check_touch(self.time, self.pitch, self.velocity)
        if not 0 <= self.length < math.inf:
            raise ValueError(f"a pitch sounds for a number of seconds from 0, not {self.length}")
