"""An event of ALSA's sequencer as the MIDI message that it stands for.

Names, numbers and layouts: include/uapi/sound/asequencer.h of the Linux kernel.
"""

from collections.abc import Iterator

import msgspec

SIZE = 28  # struct snd_seq_event: type, flags, tag, queue, time[8], source[2], dest[2], data[12]

_NOTE_ON, _NOTE_OFF, _KEY_PRESSURE = 6, 7, 8
_CONTROLLER, _PROGRAM, _CHANNEL_PRESSURE, _PITCH_BEND, _CONTROL_14 = 10, 11, 12, 13, 14
_SONG_POSITION, _SONG_SELECT = 20, 21
_REAL_TIME = {30: 0xFA, 31: 0xFB, 32: 0xFC, 36: 0xF8, 41: 0xFF}  # start, continue, stop, clock, reset
_CLIENT_EXIT, _PORT_EXIT = 61, 64
_ANNOUNCEMENTS = range(60, 68)
_VARIABLE = 0x04  # of the flags: what follows is data of the event's own length
_VARIABLE_MASK = 0x0C

_NOTES = {_NOTE_OFF: 0x80, _NOTE_ON: 0x90, _KEY_PRESSURE: 0xA0}

# What is asked for: no exclusive messages, which may be of any length, and no active sensing.
WANTED = frozenset(
    {
        *_NOTES, _CONTROLLER, _PROGRAM, _CHANNEL_PRESSURE, _PITCH_BEND, _CONTROL_14, _SONG_POSITION, _SONG_SELECT,
        *_REAL_TIME, *_ANNOUNCEMENTS,
    }
)  # fmt: skip


class Event(msgspec.Struct, frozen=True, gc=False):
    """`kind` and `data` (12 bytes) of an event that came to our port `port`, at `time` (s of the event's queue)."""

    kind: int
    time: float
    port: int
    data: bytes

    @property
    def announces(self) -> bool:
        """Whether it says that a client or a port came, went or changed."""
        return self.kind in _ANNOUNCEMENTS

    @property
    def gone(self) -> tuple[int, int | None] | None:
        """The (client, port) that went away; port None: all of the client's."""
        if self.kind == _PORT_EXIT:
            return self.data[0], self.data[1]
        return (self.data[0], None) if self.kind == _CLIENT_EXIT else None


def events_of(buffer: bytes) -> Iterator[Event]:
    """The events in what was read from the sequencer."""
    start = 0
    while start + SIZE <= len(buffer):
        event = buffer[start : start + SIZE]
        start += SIZE
        data = event[16:SIZE]
        if event[1] & _VARIABLE_MASK == _VARIABLE:
            length = int.from_bytes(data[:4], "little") & 0x3FFFFFFF
            start += -(-length // SIZE) * SIZE
            continue
        seconds, nanoseconds = int.from_bytes(event[4:8], "little"), int.from_bytes(event[8:12], "little")
        yield Event(event[0], seconds + 1e-9 * nanoseconds, event[15], data)


def message_of(event: Event) -> bytes | None:
    """The whole MIDI message; None for an event that is none, or that has numbers which MIDI has not."""
    kind, data = event.kind, event.data
    if kind in _REAL_TIME:
        return bytes((_REAL_TIME[kind],))
    if kind in _NOTES:
        return _checked(_NOTES[kind], data[0], data[1], data[2])
    number, value = int.from_bytes(data[4:8], "little"), int.from_bytes(data[8:12], "little", signed=True)
    match kind:
        case 10:  # controller
            return _checked(0xB0, data[0], number, value)
        case 14:  # a controller of 14 bits: its upper seven
            return _checked(0xB0, data[0], number, value >> 7)
        case 11:  # program
            return _checked(0xC0, data[0], value)
        case 12:  # channel pressure
            return _checked(0xD0, data[0], value)
        case 13:  # pitch bend, -8192 to 8191
            return _checked(0xE0, data[0], (value + 8192) & 0x7F, (value + 8192) >> 7)
        case 20:  # song position
            return _checked(0xF0, 2, value & 0x7F, value >> 7)
        case 21:  # song
            return _checked(0xF0, 3, value)
    return None


def _checked(status: int, channel: int, *data: int) -> bytes | None:
    if channel > 15 or any(not 0 <= byte <= 127 for byte in data):
        return None
    return bytes((status | channel, *data))
