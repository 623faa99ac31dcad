"""What a hand or a foot does to a controller, whatever message says it."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

# MIDI 1.0: a position of seven bits; 64 and above is on (controllers 64 to 69), 120 and above are mode messages.
HIGHEST = 127
ON = 64
FIRST_MODE_MESSAGE = 120

_NOTE_OFF, _NOTE_ON, _CONTROL_CHANGE, _PROGRAM_CHANGE = 0x80, 0x90, 0xB0, 0xC0
_SIZES = {_NOTE_OFF: 3, _NOTE_ON: 3, _CONTROL_CHANGE: 3, _PROGRAM_CHANGE: 2}


class Kind(StrEnum):
    """What is moved."""

    CC = "cc"
    NOTE = "note"
    PROGRAM = "program"
    FOOTSWITCH = "footswitch"


class Gesture(msgspec.Struct, frozen=True):
    """A controller of a kind and number (0 to 127; none for a footswitch) is at `position`, 0 to 127.

    Of a note it is the velocity, 0 when it is let go; of a program its number. `channel`: 1 to 16; 0 for a footswitch.
    """

    kind: Kind
    number: int
    channel: int
    position: int


FOOT = Gesture(Kind.FOOTSWITCH, 0, 0, HIGHEST)


def gesture_of(message: Sequence[int]) -> Gesture | None:
    """The gesture of a whole MIDI message; None for one that is none, garbage too."""
    if not message or len(message) != _SIZES.get(message[0] & 0xF0, 0):
        return None
    if any(not 0 <= byte <= HIGHEST for byte in message[1:]):
        return None
    status, channel = message[0] & 0xF0, (message[0] & 0x0F) + 1
    if status == _PROGRAM_CHANGE:
        return Gesture(Kind.PROGRAM, message[1], channel, message[1])
    if status == _CONTROL_CHANGE:
        mode = message[1] >= FIRST_MODE_MESSAGE
        return None if mode else Gesture(Kind.CC, message[1], channel, message[2])
    return Gesture(Kind.NOTE, message[1], channel, message[2] if status == _NOTE_ON else 0)
