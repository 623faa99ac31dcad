"""Whose turn it is: everything that can happen and what it leads to, in one table."""

from enum import Enum


class Turn(Enum):
    """What the instrument is doing."""

    IDLE = "idle"
    LISTENING = "listening"
    ANSWERING = "answering"


class Event(Enum):
    """What can happen to it."""

    HIT = "hit"
    CALL_ENDED = "call ended"
    ANSWER_ENDED = "answer ended"
    PANIC = "panic"


# A hit in an answer gives the turn back to the player. An event that is not in a row leaves the turn as it is.
TRANSITIONS: dict[Turn, dict[Event, Turn]] = {
    Turn.IDLE: {Event.HIT: Turn.LISTENING},
    Turn.LISTENING: {Event.CALL_ENDED: Turn.ANSWERING, Event.PANIC: Turn.IDLE},
    Turn.ANSWERING: {Event.HIT: Turn.LISTENING, Event.ANSWER_ENDED: Turn.IDLE, Event.PANIC: Turn.IDLE},
}


def after(turn: Turn, event: Event) -> Turn:
    """The turn that follows an event."""
    return TRANSITIONS[turn].get(event, turn)
