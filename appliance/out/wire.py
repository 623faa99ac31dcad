"""What the player asks of the process that sends, in MessagePack: a request a packet, replies in lists."""

import math
from typing import Annotated

import msgspec

from appliance.tempo.pulse import Pulse

# Both ends name the version they speak; ends of two versions part at once. Change it with any field below.
VERSION = 1

MESSAGES_A_PACKET = 32

# An instant further from 0 than this (s) is no instant of a running machine: a thousand years.
_LATEST = 3e10

Argument = int | float | str


class Message(msgspec.Struct, frozen=True):
    """Send a MIDI message to a port of [out.ports] at `time` (s). Raises: ValueError unless the time is finite."""

    time: float
    port: str
    data: Annotated[bytes, msgspec.Meta(min_length=1, max_length=256)]

    def __post_init__(self) -> None:
        check_instant(self.time)


class Messages(msgspec.Struct, frozen=True, tag=True):
    """Send these; `source`, a duet's name for one, is whom a Cut means."""

    messages: Annotated[tuple[Message, ...], msgspec.Meta(max_length=MESSAGES_A_PACKET)]
    source: str = ""


class Cut(msgspec.Struct, frozen=True, tag=True):
    """Leave out what a source was to send at or after `after` (s), and begins something: note-ons and OSC."""

    after: float
    source: str = ""

    def __post_init__(self) -> None:
        check_instant(self.after)


class Say(msgspec.Struct, frozen=True, tag=True):
    """An OSC message about what happens at `time` (s). Raises: ValueError unless the address begins with a slash."""

    time: float
    address: str
    arguments: Annotated[tuple[Argument, ...], msgspec.Meta(max_length=16)] = ()
    source: str = ""

    def __post_init__(self) -> None:
        check_instant(self.time)
        if not self.address.startswith("/"):
            raise ValueError(f"an OSC address begins with a slash, not {self.address!r}")


class Follow(msgspec.Struct, frozen=True, tag=True):
    """From `time` (s) on the song's quarters are where `pulse` has them; `playing`: the song goes on."""

    time: float
    pulse: Pulse
    playing: bool

    def __post_init__(self) -> None:
        check_instant(self.time)


class Hush(msgspec.Struct, frozen=True, tag=True):
    """Panic: drop everything, and end every note that sounds."""


class Hello(msgspec.Struct, frozen=True, tag=True):
    """The sender's first word: who it is, and what the system granted."""

    version: int
    pid: int
    priority: int


class Fault(msgspec.Struct, frozen=True, tag=True):
    """One sentence for the crew."""

    text: str


Request = Messages | Cut | Say | Follow | Hush
Reply = Hello | Fault


def check_instant(time: float) -> None:
    """Raises: ValueError unless it is one."""
    if not (math.isfinite(time) and abs(time) <= _LATEST):
        raise ValueError(f"an instant is a finite number of seconds, not {time}")
