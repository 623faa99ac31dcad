"""Whose turn it is: everything that can happen and what it leads to, in one table for each mode."""

from enum import Enum

from appliance.answer.settings import Mode


class Turn(Enum):
    """What a duet is doing."""

    IDLE = "idle"
    COUNTING = "counting"  # a call has been counted in, and has not begun
    LISTENING = "listening"
    ANSWERING = "answering"
    ACCOMPANYING = "accompanying"


class Event(Enum):
    """What can happen to it."""

    HIT = "hit"
    COUNTED_IN = "counted in"
    CALL_BEGAN = "call began"  # on a bar line that was known before: counted in, traded, or another duet's answer
    CALL_ENDED = "call ended"
    CALL_DROPPED = "call dropped"
    AGAIN = "again"  # another answer to the last call
    ANSWER_ENDED = "answer ended"
    STOP = "stop"  # the clock's song stands still, or the mode has no such turn
    PANIC = "panic"


Table = dict[Turn, dict[Event, Turn]]

_OVER = {Event.STOP: Turn.IDLE, Event.PANIC: Turn.IDLE}

# A hit in an answer gives the turn back to the player. An event that is not in a row leaves the turn as it is.
_IN_TURNS: Table = {
    Turn.IDLE: {
        Event.HIT: Turn.LISTENING,
        Event.COUNTED_IN: Turn.COUNTING,
        Event.CALL_BEGAN: Turn.LISTENING,
        Event.AGAIN: Turn.ANSWERING,
    },
    Turn.COUNTING: {Event.CALL_BEGAN: Turn.LISTENING, **_OVER},
    Turn.LISTENING: {
        Event.COUNTED_IN: Turn.COUNTING,
        Event.CALL_ENDED: Turn.ANSWERING,
        Event.CALL_DROPPED: Turn.IDLE,
        **_OVER,
    },
    Turn.ANSWERING: {
        Event.HIT: Turn.LISTENING,
        Event.COUNTED_IN: Turn.COUNTING,
        Event.CALL_BEGAN: Turn.LISTENING,
        Event.ANSWER_ENDED: Turn.IDLE,
        **_OVER,
    },
    Turn.ACCOMPANYING: {Event.COUNTED_IN: Turn.COUNTING, Event.ANSWER_ENDED: Turn.IDLE, **_OVER},
}

# The player's bars follow the model's at once; a hit in the model's takes no turn.
_TRADED: Table = {
    **_IN_TURNS,
    Turn.ANSWERING: {
        Event.COUNTED_IN: Turn.COUNTING,
        Event.CALL_BEGAN: Turn.LISTENING,
        Event.ANSWER_ENDED: Turn.LISTENING,
        **_OVER,
    },
}

_TOGETHER: Table = {
    **_IN_TURNS,
    Turn.IDLE: {
        Event.HIT: Turn.ACCOMPANYING,
        Event.COUNTED_IN: Turn.COUNTING,
        Event.CALL_BEGAN: Turn.ACCOMPANYING,
    },
    Turn.COUNTING: {Event.CALL_BEGAN: Turn.ACCOMPANYING, **_OVER},
}

TRANSITIONS: dict[Mode, Table] = {
    Mode.ANSWER: _IN_TURNS,
    Mode.TRADE: _TRADED,
    Mode.ACCOMPANY: _TOGETHER,
    Mode.ECHO: _IN_TURNS,
}


def after(mode: Mode, turn: Turn, event: Event) -> Turn:
    """The turn that follows an event."""
    return TRANSITIONS[mode][turn].get(event, turn)
