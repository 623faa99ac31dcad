"""Which MIDI messages are hits, and which stop everything.

A message is the bytes of one whole MIDI 1.0 channel message, as a port's driver gives it. Every note-on is a hit: a
pad may send its note-off late, in the middle of an answer, or never, and a roll is many note-ons of one key.
"""

from collections.abc import Sequence

import msgspec

from appliance.notation.hit import Hit

# MIDI 1.0: status nibbles, and the channel mode messages that must silence an instrument.
_NOTE_ON = 0x90
_CONTROL_CHANGE = 0xB0
_ALL_SOUND_OFF = 120
_ALL_NOTES_OFF = 123
_DATA_BYTE_END = 0x80


class Panic(msgspec.Struct, frozen=True):
    """Everything is to stop now."""

    time: float


class PadSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the pad sends.

    `channel`: 1 to 16, or 0 for all. `keys`: pad key to General MIDI key, for pads that send others.
    Raises: ValueError for a channel or key that MIDI does not have.
    """

    channel: int
    keys: dict[int, int]

    def __post_init__(self) -> None:
        if not 0 <= self.channel <= 16:
            raise ValueError(f"pad.channel is 1 to 16, or 0 for all channels, not {self.channel}")
        for key in (*self.keys, *self.keys.values()):
            if not 0 <= key < _DATA_BYTE_END:
                raise ValueError(f"pad.keys holds MIDI keys, 0 to 127, not {key}")


class Pad:
    """Reads messages as a drum pad means them."""

    def __init__(self, settings: PadSettings) -> None:
        self._channel = settings.channel - 1
        self._keys = settings.keys

    def receive(self, time: float, message: Sequence[int]) -> Hit | Panic | None:
        """A hit, a panic, or None for a message that is neither; garbage is neither."""
        if len(message) != 3 or any(not 0 <= byte < _DATA_BYTE_END for byte in message[1:]):
            return None
        status, first, second = message
        kind, channel = status & 0xF0, status & 0x0F
        if kind == _CONTROL_CHANGE and first in (_ALL_SOUND_OFF, _ALL_NOTES_OFF):
            return Panic(time)
        if kind != _NOTE_ON or second == 0 or self._channel not in (-1, channel):
            return None
        return Hit(time, self._keys.get(first, first), second)
