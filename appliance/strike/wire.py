"""What the striker and its clients say to one another, in MessagePack: a request a packet, replies in lists."""

import math
from typing import Annotated

import msgspec

from appliance.notation.hit import Stroke
from appliance.strike.groove import LATEST, Groove
from appliance.strike.outcome import LeftOut, NotTried, Struck, Tried
from appliance.strike.trial import Try

# Both ends name the version they speak; ends of two versions part at once. Change it with any field below.
VERSION = 5

# Strokes in a packet: few enough to be unpacked on a Pi in the time between two edges of a motor.
STROKES_A_PACKET = 32


class Strokes(msgspec.Struct, frozen=True, tag=True):
    """Play these; `batch` comes back with what became of each.

    `until` (s) makes them a song's: all that is to sound before it has now been sent (of the Groove's first packet:
    since a step before it), and where nothing more comes in time the striker goes on alone. It needs a Groove before.
    Raises: ValueError unless it is finite.
    """

    batch: Annotated[int, msgspec.Meta(ge=0)]
    strokes: Annotated[tuple[Stroke, ...], msgspec.Meta(max_length=STROKES_A_PACKET)]
    until: float | None = None

    def __post_init__(self) -> None:
        if self.until is not None and not abs(self.until) <= LATEST:
            raise ValueError(f"strokes are known until a finite instant, not {self.until}")


class Rest(msgspec.Struct, frozen=True, tag=True):
    """The song is over with what was sent: the silence behind it is meant. Also the goodbye of a player."""


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Drop what has not begun and was to sound at or after `after` (s); a song ends with it.

    Raises: ValueError unless it is finite.
    """

    after: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.after):
            raise ValueError(f"strokes are cancelled after a finite instant, not {self.after}")


class Panic(msgspec.Struct, frozen=True, tag=True):
    """Drop everything; every motor coasts now."""


class UsePins(msgspec.Struct, frozen=True, tag=True):
    """The pins are mended: strokes go there again, and no more to the board behind them."""


class Player(msgspec.Struct, frozen=True, tag=True):
    """The first word of the player, and of no other client: as long as it is connected, somebody plays."""


class Hello(msgspec.Struct, frozen=True, tag=True):
    """The striker's first word: who it is, and what the system granted (`priority` 0: no real-time priority)."""

    version: int
    pid: int
    priority: int
    memory_locked: bool


class GrooveHeld(msgspec.Struct, frozen=True, tag=True):
    """The player is silent in mid-song: from `since` (s) on the striker plays alone, at most until `until`."""

    since: float
    until: float


class GrooveEnded(msgspec.Struct, frozen=True, tag=True):
    """The striker does not play alone any more: the player is back, or it rests."""

    at: float


class Panicked(msgspec.Struct, frozen=True, tag=True):
    """Somebody pressed panic at the instant `at` (s): who moves sticks of its own accord asks for none behind it."""

    at: float


class Fault(msgspec.Struct, frozen=True, tag=True):
    """One sentence for the crew."""

    text: str


Request = Player | Groove | Strokes | Rest | Try | Cancel | Panic | UsePins
Reply = Hello | Struck | LeftOut | Tried | NotTried | GrooveHeld | GrooveEnded | Panicked | Fault
