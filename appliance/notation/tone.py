"""A note that lasts: what a melody or a piano has where a drum has a stroke."""

import msgspec


class Tone(msgspec.Struct, frozen=True, order=True):
    """A pitch that sounds from the step `start` until just before the step `end`, which is later.

    Raises: ValueError for a tone without length, or a pitch or velocity that MIDI does not have.
    """

    start: int
    end: int
    pitch: int
    velocity: int

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"a tone ends behind its start: not from step {self.start} to {self.end}")
        if not (0 <= self.pitch <= 127 and 1 <= self.velocity <= 127):
            raise ValueError(f"pitch is 0 to 127 and velocity 1 to 127, not {self.pitch} and {self.velocity}")
