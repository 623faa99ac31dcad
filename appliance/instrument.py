"""The rooms before the striker as one machine: MIDI messages in, strokes out, and what happened for those who watch."""

import math
from collections.abc import Sequence

import msgspec

from appliance.answer.answerer import AnswerEnded, Answerer, StepAnswered
from appliance.call.listener import CallEnded, Listener, StepHeard
from appliance.notation.hit import Hit
from appliance.notation.timeline import Timeline
from appliance.pad.midi import Pad, Panic
from appliance.turn import Event, Turn, after


class HitHeard(msgspec.Struct, frozen=True, tag=True):
    """The player struck the pad."""

    hit: Hit


class StrokesDue(msgspec.Struct, frozen=True, tag=True):
    """For the striker: a step of the answer."""

    step: StepAnswered


class StrokesOff(msgspec.Struct, frozen=True, tag=True):
    """For the striker: the player has taken the turn back; leave out what is not yet begun."""

    time: float


class Silence(msgspec.Struct, frozen=True, tag=True):
    """For the striker: panic, every motor rests now."""

    time: float


class AnswerOver(msgspec.Struct, frozen=True, tag=True):
    """An answer has sounded to its end, or was cut short."""

    time: float


class TurnTaken(msgspec.Struct, frozen=True, tag=True):
    """The turn changed."""

    time: float
    turn: Turn


Happening = HitHeard | StepHeard | CallEnded | StrokesDue | AnswerEnded | StrokesOff | Silence | AnswerOver | TurnTaken


class Instrument:
    """Receive a message, say the next deadline, advance to now; each gives what it led to, in order."""

    def __init__(self, pad: Pad, listener: Listener, answerer: Answerer) -> None:
        self._pad = pad
        self._listener = listener
        self._answerer = answerer
        self._seam_until = 0.0
        self._sounds_until: float | None = None
        self.turn = Turn.IDLE

    def begin(self, timeline: Timeline) -> list[Happening]:
        """Listen from a given step 0 on, instead of from the first hit."""
        self._listener.begin(timeline)
        return self._take(timeline.origin, Event.HIT)

    def receive(self, time: float, message: Sequence[int]) -> list[Happening]:
        """Take a MIDI message that came in at `time`; what was due before it happens first."""
        happenings = self.advance(time)
        match self._pad.receive(time, message):
            case Hit() as hit:
                happenings += self._hear(hit)
            case Panic():
                happenings += self._panic(time)
        return happenings

    def next_deadline(self) -> float | None:
        """The instant at which `advance` has something to do, or None."""
        deadlines = [self._listener.next_deadline(), self._answerer.next_deadline(), self._sounds_until]
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def advance(self, now: float) -> list[Happening]:
        """What is due by `now`: every step heard, and at the most one step answered, so that nobody waits long."""
        happenings: list[Happening] = []
        if self._sounds_until is not None and self._sounds_until <= now:
            self._sounds_until = None
            happenings += self._take(now, Event.ANSWER_ENDED)
        for heard in self._listener.advance(now):
            happenings += self._listen(heard, now)
        for answered in self._answerer.advance(now):
            happenings += self._answer(answered)
        return happenings

    def _listen(self, heard: StepHeard | CallEnded, now: float) -> list[Happening]:
        if isinstance(heard, StepHeard):
            self._answerer.listen(heard)
            return [heard]
        self._answerer.begin(heard)
        # Where the answer follows at once, the player's last hit may come a little behind its beat: it takes no turn.
        # Where silence came between, a hit on that beat is the player coming in again.
        end = heard.track.length
        follows = heard.answer_time == heard.timeline.time_of(end)
        self._seam_until = heard.timeline.time_of(end + 0.5) if follows else -math.inf
        return [heard, *self._take(now, Event.CALL_ENDED)]

    def _answer(self, answered: StepAnswered | AnswerEnded) -> list[Happening]:
        if isinstance(answered, StepAnswered):
            return [StrokesDue(answered)]
        self._sounds_until = answered.timeline.time_of(answered.track.length)
        return [answered]

    def _hear(self, hit: Hit) -> list[Happening]:
        happenings: list[Happening] = [HitHeard(hit)]
        if self.turn is Turn.ANSWERING:
            if hit.time < self._seam_until:
                return happenings
            happenings += self._leave_answer(hit.time)
        self._listener.receive(hit)
        return happenings + self._take(hit.time, Event.HIT)

    def _leave_answer(self, time: float) -> list[Happening]:
        self._answerer.reset()
        self._sounds_until = None
        return [StrokesOff(time)]

    def _panic(self, time: float) -> list[Happening]:
        self._listener.reset()
        self._leave_answer(time)
        return [Silence(time), *self._take(time, Event.PANIC)]

    def _take(self, time: float, event: Event) -> list[Happening]:
        turn = after(self.turn, event)
        if turn is self.turn:
            return []
        over: list[Happening] = [AnswerOver(time)] if self.turn is Turn.ANSWERING else []
        self.turn = turn
        return [*over, TurnTaken(time, turn)]
