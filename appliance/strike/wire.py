"""What the striker and its clients say to one another, in MessagePack: a request a packet, replies in lists."""

import math
from typing import Annotated

import msgspec

from appliance.notation.hit import Stroke
from appliance.strike.outcome import LeftOut, NotTried, Struck, Tried
from appliance.strike.trial import Try

# Both ends name the version they speak; ends of two versions part at once. Change it with any field below.
VERSION = 2

# Strokes in a packet: few enough to be unpacked on a Pi in the time between two edges of a motor.
STROKES_A_PACKET = 32


class Strokes(msgspec.Struct, frozen=True, tag=True):
    """Play these; `batch` comes back with what became of each."""

    batch: int
    strokes: Annotated[tuple[Stroke, ...], msgspec.Meta(max_length=STROKES_A_PACKET)]


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Drop what has not begun and was to sound at or after `after` (s). Raises: ValueError unless it is finite."""

    after: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.after):
            raise ValueError(f"strokes are cancelled after a finite instant, not {self.after}")


class Panic(msgspec.Struct, frozen=True, tag=True):
    """Drop everything; every motor coasts now."""


class Player(msgspec.Struct, frozen=True, tag=True):
    """The first word of the player, and of no other client: as long as it is connected, somebody plays."""


class Hello(msgspec.Struct, frozen=True, tag=True):
    """The striker's first word: who it is, and what the system granted (`priority` 0: no real-time priority)."""

    version: int
    pid: int
    priority: int
    memory_locked: bool


class Fault(msgspec.Struct, frozen=True, tag=True):
    """One sentence for the crew."""

    text: str


Request = Player | Strokes | Try | Cancel | Panic
Reply = Hello | Struck | LeftOut | Tried | NotTried | Fault
