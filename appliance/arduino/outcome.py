"""What became of the motions on a board, in the words of the striker."""

from collections.abc import Iterator

import msgspec

from appliance.arduino.image import TICK
from appliance.arduino.messages import Done, Outcome
from appliance.strike.outcome import Begun, Dropped, Reason, begun, dropped
from appliance.strike.sending import Sending

Told = Begun | Dropped

# A motion that is not told of so long (s) behind its start is one that the board never had.
_PATIENCE = 0.15
_NUMBERS = 128

_REASONS = {
    Outcome.LATE: Reason.LATE,
    Outcome.BUSY: Reason.RECOVERY,
    Outcome.HOT: Reason.HOT,
    Outcome.NO_MOTOR: Reason.FAULT,
    Outcome.FULL: Reason.FULL,
    Outcome.STOPPED: Reason.PANIC,
    Outcome.LIMIT: Reason.LIMIT,
}


class Awaited(msgspec.Struct, frozen=True):
    """A motion that was sent and is not told of yet."""

    number: int
    sending: Sending


class Outcomes:
    """Each motion that was sent comes back once: as begun, or as left out with a reason."""

    def __init__(self) -> None:
        self._awaited: dict[int, Sending] = {}
        self._next = 0

    def number(self, sending: Sending) -> int:
        """The number under which to send a motion."""
        self._next = (self._next + 1) % _NUMBERS
        self._awaited[self._next] = sending
        return self._next

    def told(self, done: Done) -> Iterator[Told]:
        """What the board says of a motion; nothing of one that it was never sent, or has told of."""
        sending = self._awaited.pop(done.number, None)
        if sending is None:
            return iter(())
        if done.outcome is Outcome.STRUCK:
            return (begun(asked, max(done.lateness * TICK, 0.0), batch) for asked, batch in sending.asked)
        return left_out(sending, _REASONS[done.outcome])

    def next_deadline(self) -> float | None:
        """When the next motion will have been waited for in vain."""
        starts = (sending.start for sending in self._awaited.values())
        first = min(starts, default=None)
        return None if first is None else first + _PATIENCE

    def advance(self, now: float) -> Iterator[Told]:
        """Motions of which the board said nothing."""
        overdue = [number for number, sending in self._awaited.items() if sending.start + _PATIENCE <= now]
        return (told for number in overdue for told in left_out(self._awaited.pop(number), Reason.FAULT))

    def lose(self) -> Iterator[Told]:
        """The board has started again, or is gone: it plays nothing of what it had."""
        lost, self._awaited = self._awaited, {}
        return (told for sending in lost.values() for told in left_out(sending, Reason.FAULT))


def left_out(sending: Sending, reason: Reason) -> Iterator[Told]:
    """The words for a motion that is not made."""
    hot = sending.motor if reason is Reason.HOT else ""
    return (dropped(asked, reason, batch, hot) for asked, batch in sending.asked)
