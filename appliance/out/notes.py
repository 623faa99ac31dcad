"""Strokes and clicks as notes for a port."""

from collections.abc import Iterable

from appliance.notation.hit import Stroke
from appliance.out.wire import Message

NOTE_OFF, NOTE_ON, CONTROL = 0x80, 0x90, 0xB0


def notes(strokes: Iterable[Stroke], port: str, channel: int, length: float) -> tuple[Message, ...]:
    """A note-on at the instant of each stroke, and the note-off where it ends; a drum's is `length` s later.

    Channels count from 1.
    """
    messages: list[Message] = []
    for stroke in strokes:
        on = bytes((NOTE_ON | channel - 1, stroke.pitch, stroke.velocity))
        off = bytes((NOTE_OFF | channel - 1, stroke.pitch, 0))
        messages += [Message(stroke.time, port, on), Message(stroke.time + (stroke.length or length), port, off)]
    return tuple(messages)


def begins_note(data: bytes) -> bool:
    """Whether a message is a note-on."""
    return len(data) == 3 and data[0] & 0xF0 == NOTE_ON and data[2] > 0
