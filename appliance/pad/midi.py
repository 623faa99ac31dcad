"""Which MIDI messages are hits, and which stop everything.

A message is the bytes of one whole MIDI 1.0 channel message, as a port's driver gives it. Every note-on is a hit: a
pad may send its note-off late, in the middle of an answer, or never, and a roll is many note-ons of one key.
"""

from collections.abc import Sequence

import msgspec

from appliance.notation.hit import Hit
from appliance.pad.settings import PadSettings
from appliance.pad.touch import Sieve

__all__ = ["Pad", "PadSettings", "Panic", "is_panic"]

# MIDI 1.0: status nibbles, and what must silence an instrument. The mode messages 124 to 127 also mean all notes off.
_NOTE_ON = 0x90
_CONTROL_CHANGE = 0xB0
_ALL_SOUND_OFF = 120
_ALL_NOTES_OFF = 123
_SYSTEM_RESET = 0xFF
_DATA_BYTE_END = 0x80


class Panic(msgspec.Struct, frozen=True):
    """Everything is to stop now."""

    time: float


def is_panic(message: Sequence[int]) -> bool:
    """Whether a message silences: all sound off, all notes off, a change of mode, or a system reset, on any channel."""
    if len(message) == 1:
        return message[0] == _SYSTEM_RESET
    if len(message) != 3 or message[0] & 0xF0 != _CONTROL_CHANGE or not 0 <= message[2] < _DATA_BYTE_END:
        return False
    return message[1] == _ALL_SOUND_OFF or _ALL_NOTES_OFF <= message[1] < _DATA_BYTE_END


class Pad:
    """Reads messages as a drum pad means them."""

    def __init__(self, settings: PadSettings) -> None:
        self._channel = settings.channel - 1
        self._keys = settings.keys
        self._sieve = Sieve(settings.touch, settings.touches)

    def receive(self, time: float, message: Sequence[int]) -> Hit | Panic | None:
        """A hit, a panic, or None for a message that is neither; garbage is neither."""
        if is_panic(message):
            return Panic(time)
        if len(message) != 3 or any(not 0 <= byte < _DATA_BYTE_END for byte in message[1:]):
            return None
        status, first, second = message
        kind, channel = status & 0xF0, status & 0x0F
        if kind != _NOTE_ON or second == 0 or self._channel not in (-1, channel):
            return None
        return self._sieve.receive(Hit(time, self._keys.get(first, first), second))
