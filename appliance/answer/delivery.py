"""An answer's place in time: which step is asked for, goes out, is taken back and sent again, and when it is over.

What has gone out is the striker's as soon as its stick must start; until then an answer can be changed: by a control,
a mutation or a tempo it is taken back from the first step that can still be met, and sent again.
"""

import math
from collections import deque

from appliance.answer.answering import Answering, Question, StepAnswered
from appliance.answer.delivered import (
    AnswerBegan,
    AnswerEnded,
    AnswerMoved,
    AnswerResized,
    Delivered,
    Kept,
    LastBarHeld,
    StrokesDue,
    StrokesOff,
)
from appliance.answer.place import Kit, Place, every_drum
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.score import Score
from appliance.answer.way import Way
from appliance.notation.drum_track import Note
from appliance.notation.timeline import Meter, Timeline
from appliance.tempo.pulse import Pulse

# How many seconds ahead of their sound the steps of an answer go out: enough that the striker knows two slow bars
# (60 quarters a minute) when the player should die, and few enough that a change of mind is soon heard.
AHEAD = 8.0

# Of the horizon, the seconds that a model may take for a step before the last bar goes on in its place.
_PATIENCE = 0.012

# The striker goes on alone where it lacks the next step so long (s) before the slowest stick must start for it; that
# begins with the second bar of a song (strike/groove.py).
_STRIKER_WAITS = 0.05

# What a model may need (s) for a step in a tempo that nobody knows ahead: it comes from a worker that others want too.
_MODEL_WAITS = 0.05

# A swept knob takes an answer back 100 times a second; what is far ahead goes out when it was still for so long (s).
_CALM = 0.05

# A step that went out stays when the tempo moves it by less than this (s): half the jitter of a MIDI clock over USB.
_STAYS = 0.0005

# Strokes lie on their step, or beside it by less than half of one: there are none in front of a step by so much of it.
_CLEAR, _CLEAR_BESIDE = 0.25, 0.475

# The striker is told of another grid when its next bar line moves by more than this (s).
_MOVED = 0.002

_ON_GRID = 1e-6  # of a step


class Delivery:
    """One answer at a time."""

    def __init__(self, answering: Answering, horizon: float, kit: Kit = every_drum) -> None:
        """`horizon`: how many seconds before its sound a step must be known."""
        self._kit = kit
        self.led = False  # whether an outside clock leads, whose tempo nobody knows ahead
        self._answering = answering
        self._horizon = horizon
        self._score: Score | None = None
        self._place = Place(0.0, Timeline(0.0, Pulse(0.0, 120.0).timeline(0.0, Meter(), 4).grid))
        self._laid = self._place.timeline  # as the striker was told
        self._over = True
        self._live = False  # whether a model makes it
        self._muted = False
        self._felt = False  # whether strokes went out that lie beside their steps
        self._end: int | None = 0
        self._next = 0
        self._asked = 0
        self._sent: deque[tuple[int, float]] = deque()  # steps that have not sounded, and when they will
        self._holding = False
        self._stale = False  # the round under way was made again from its middle: the next is, from its start
        self._calm_at = -math.inf
        self._told: int | None = None  # the take of which the end was told

    @property
    def sounding(self) -> bool:
        """Whether an answer is under way."""
        return not self._over

    @property
    def end(self) -> float:
        """When the answer is over; infinite while it has no end."""
        return math.inf if self._end is None else self._place.timeline.time_of(self._end)

    @property
    def end_quarter(self) -> float:
        """The quarter of the song on which the answer is over; infinite while it has no end."""
        steps = math.inf if self._end is None else self._end
        return self._place.quarter + steps / self._place.timeline.grid.steps_per_quarter

    def begin(self, question: Question, quarter: float, timeline: Timeline, *, echo: bool, loop: bool) -> AnswerBegan:
        """An answer on `timeline`, from `quarter` of the song on."""
        self._score = Score(question, timeline.grid.steps_per_bar)
        self._live = not echo
        if echo:
            self._score.echo()
        else:
            self._answering.begin(question)
        return self._lay(self._score, quarter, timeline, loop=loop)

    def again(
        self, quarter: float, timeline: Timeline, sampling: SamplingSettings, *, loop: bool
    ) -> AnswerBegan | None:
        """Another answer to the last question; None when there is none, or nobody would make another."""
        score = self._score
        if score is None or not score.length or not self._live:
            return None
        score.save()
        self._answering.rewind(0, score.retake(0), sampling)
        return self._lay(score, quarter, timeline, loop=loop)

    def leave(self, time: float, *, remember: bool = False) -> list[Delivered]:
        """Cut the answer short. With `remember` the network is taken back to what has sounded."""
        score = self._score
        if remember and score is not None and self._live and not self._over:
            place = min(score.place(self._first_open(time)), score.missing())
            self._answering.rewind(place, score.retake(place), self._sampling)
        self._over = True
        self._sent.clear()
        return [StrokesOff(time)]

    def close(self) -> None:
        """Another call begins: nobody goes on from the last one any more."""
        self._live = False

    def next_deadline(self) -> float | None:
        """When the next step is to go out or the answer is over; None while there is none."""
        if self._over or self._score is None:
            return None
        if self._end is not None and self._next >= self._end:
            return self.end
        due, time = self._due(self._next), self._place.timeline.time_of(self._next)
        known = self._score.notes(self._next) is not None
        waits = not known and not (self._live and (self._answering.ready() or not self._is_asked()))
        return max(due, time - self._critical) if waits else due

    def advance(self, now: float) -> list[Delivered]:
        """Ask for what is near, take at most one network step's work, and send what is due and known."""
        score = self._score
        if self._over or score is None:
            return []
        if self._live:
            self._ask(score, now)
            if self._answering.ready():
                for made in self._answering.take():
                    score.put(made)
        while self._sent and self._sent[0][1] < now:
            self._sent.popleft()
        return self._send(score, now)

    def is_over(self, now: float) -> bool:
        """Whether the answer has sounded to its end by now; it is told once."""
        if self._over or now < self.end:
            return False
        self._over = True
        return True

    def retime(self, now: float, pulse: Pulse) -> list[Delivered]:
        """The song's quarters are elsewhere: what can still be met is sent again where it is off."""
        timeline = self._place.on(pulse)
        if self._over or timeline == self._place.timeline:
            return []
        first = self._first_open(now)
        self._place = Place(self._place.quarter, timeline)
        first = max(first, self._first_open(now))  # a step that is brought too near stays where it was
        shifts = [abs(timeline.time_of(step) - time) for step, time in self._sent if step >= first]
        if shifts and max(shifts) > _STAYS:
            return self._recall(first, now)
        bar = self._next + timeline.grid.steps_per_bar
        if abs(timeline.time_of(bar) - self._laid.time_of(bar)) > _MOVED:
            self._laid = timeline
            return [AnswerMoved(timeline)]
        return []

    def remake(self, now: float, sampling: SamplingSettings, *, undoable: bool = False) -> list[Delivered]:
        """From the first step that can still be met, another take by these rules; in a loop then all of it again."""
        score = self._score
        if self._over or score is None or not self._live:
            return []
        if sampling.way is not Way.ENDLESS and self._end is None and not score.length and not score.question.along:
            return self._finish(now)
        first = self._first_open(now)
        if self._end is not None and first >= self._end:
            return []
        if undoable:
            score.save()
        place = min(score.place(first), score.missing())
        self._sampling = sampling
        self._answering.rewind(place, score.retake(place), sampling)
        self._asked = place
        self._stale = self._end is None and bool(score.length)
        return self._recall(first, now)

    def undo(self, now: float, sampling: SamplingSettings) -> list[Delivered]:
        """The answer as it was before it was last mutated, from the first step that can still be met."""
        score = self._score
        if self._over or score is None or not score.undo():
            return []
        self._sampling, self._stale = sampling, False
        missing = score.missing()
        self._answering.rewind(missing, score.retake(missing), sampling)
        self._asked = missing
        return self._recall(self._first_open(now), now)

    def mute(self, now: float, *, muted: bool) -> list[Delivered]:
        """Silence the drum, or let it sound again; the answer goes on."""
        if muted is self._muted:
            return []
        self._muted = muted
        if self._over:
            return []
        return [StrokesOff(now, muted=True)] if muted else self._recall(self._first_open(now), now)

    def change_kit(self, now: float, kit: Kit) -> list[Delivered]:
        """Other drums for the model's, from the first step that can still be met."""
        self._kit = kit
        return [] if self._over else self._recall(self._first_open(now), now)

    def loop(self, now: float, *, on: bool) -> list[Delivered]:
        """Repeat the answer from its end on, or end it with the round that sounds."""
        score = self._score
        if self._over or score is None or not score.length or on is (self._end is None):
            return []
        if on:
            done, self._end = self._next >= (self._end or 0), None
            # The striker was told that the silence behind the answer is meant.
            return [AnswerMoved(self._laid)] if done else []
        first = self._first_open(now)
        self._end = max(1, math.ceil(first / score.length)) * score.length
        return self._recall(self._end, now)

    def resize(self, now: float, length: int) -> list[Delivered]:
        """The answer is to have so many steps, or as few as can still be met. A loop stays as long as it is."""
        score = self._score
        if self._over or score is None or not score.length or self._end is None or not self._live:
            return []
        first = self._first_open(now)
        if first >= self._end:
            return []
        done, bar = self._next >= self._end, self._place.timeline.grid.steps_per_bar
        self._end = score.length = max(length, min(math.ceil(first / bar) * bar, self._end), 1)
        self._told = None
        again = [AnswerMoved(self._laid)] if done and self._next < self._end else self._recall(self._end, now)
        return [AnswerResized(self._place.quarter, self._end, self._place.timeline), *again]

    def length_for(self, bars: int) -> int:
        """The steps of an answer of so many bars to the question under way; 0: as long as its call."""
        return bars * self._place.timeline.grid.steps_per_bar or (
            self._score.question.call.length if self._score else 0
        )

    def skip(self, now: float) -> None:
        """An accompaniment comes in with the first step that can still be met."""
        self._next = self._first_open(now)

    def end_at(self, time: float) -> None:
        """An accompaniment is over on the step nearest to an instant."""
        self._end = max(self._place.timeline.step_at(time), 0)

    def kept(self, time: float) -> Kept | None:
        """What went out of this answer or, behind it, of the last one; None when there is nothing."""
        score = self._score
        if score is None or not score.length:
            return None
        return Kept(time, score.question.answer, score.track(), self._place.timeline)

    @property
    def _ahead(self) -> float:
        if self._score is not None and self._score.question.along:
            return self._horizon
        return self._near if self.led else AHEAD

    @property
    def _near(self) -> float:
        """How long (s) before its sound a step goes out that may still be changed."""
        return self._striker_needs + _MODEL_WAITS

    @property
    def _striker_needs(self) -> float:
        """How long (s) before its sound the striker must have a step, as it says that all before it is known."""
        return self._horizon + _STRIKER_WAITS + self._place.timeline.grid.step_seconds / 2

    @property
    def _critical(self) -> float:
        """How long (s) before the sound of the next step the last bar has to go on in its place."""
        score = self._score
        if score is not None and not score.question.along and self._next >= self._place.timeline.grid.steps_per_bar:
            return self._striker_needs
        return max(0.0, self._horizon - _PATIENCE)

    def _lay(self, score: Score, quarter: float, timeline: Timeline, *, loop: bool) -> AnswerBegan:
        self._place = Place(quarter, timeline)
        self._laid = timeline
        self._sampling = score.question.sampling
        self._over = self._holding = self._stale = self._felt = False
        self._end = None if loop or not score.length else score.length
        self._next = self._asked = 0
        self._sent.clear()
        self._told = None
        return AnswerBegan(score.question.answer, quarter, score.length, timeline)

    def _due(self, step: int) -> float:
        """When a step goes out; what is far ahead waits until nothing has been taken back for a moment."""
        time = self._place.timeline.time_of(step)
        due = time - self._ahead
        return due if due >= self._calm_at else max(due, min(self._calm_at, time - self._near))

    def _first_open(self, now: float) -> int:
        """The first step whose strokes can still be changed."""
        timeline = self._place.timeline
        early = _CLEAR_BESIDE if self._felt or self._sampling.feels else 0.0
        step = (now + self._horizon - timeline.origin) / timeline.grid.step_seconds
        return max(0, math.ceil(step + early - _ON_GRID))

    def _is_asked(self) -> bool:
        return self._score is not None and self._score.place(self._next) < self._asked

    def _ask(self, score: Score, now: float) -> None:
        """The steps that are due, of the round that is next to go out."""
        timeline = self._place.timeline
        due = math.floor((now + self._ahead - timeline.origin) / timeline.grid.step_seconds + _ON_GRID) + 1
        if due <= self._next:
            return
        place = score.place(self._next)
        until = place + due - self._next
        if score.length:
            until = min(until, score.length)
        if until > self._asked:
            self._asked = until
            self._answering.ask(until)

    def _send(self, score: Score, now: float) -> list[Delivered]:
        told: list[Delivered] = []
        while (self._end is None or self._next < self._end) and self._due(self._next) <= now:
            step = self._next
            if self._stale and score.place(step) == 0:
                self._stale = False
                self._answering.rewind(0, score.retake(0), self._sampling)
                self._asked = 0
                self._ask(score, now)
            notes = score.notes(step)
            if notes is None:
                time = self._place.timeline.time_of(step)
                # A model in this very process is not waited for: its next step is made in the next advance.
                if (self._live and self._answering.ready()) or now < time - self._critical:
                    break
                notes = score.held(step)
                if not self._holding:
                    told.append(LastBarHeld(time, step))
                    score.fault = score.fault or "the model gave no step in time, and the last bar went on"
                self._holding = True
            else:
                self._holding = False
            told += self._put_out(score, step, notes)
        return told

    def _put_out(self, score: Score, step: int, notes: tuple[Note, ...]) -> list[Delivered]:
        time = self._place.timeline.time_of(step)
        score.play(step, notes)
        self._sent.append((step, time))
        self._next = step + 1
        self._felt = self._felt or any(note.offset for note in notes)
        strokes = self._place.strokes(step, notes, self._kit)
        told: list[Delivered] = [StrokesDue(StepAnswered(step, strokes), self._muted)]
        if score.length and score.place(step) == score.length - 1 and self._told != score.take:
            self._told = score.take
            begun = Timeline(self._place.timeline.time_of(step + 1 - score.length), self._place.timeline.grid)
            answer, loops = score.question.answer, self._end is None
            told.append(AnswerEnded(score.track(), begun, score.log_likelihood, score.fault, answer, loops))
        return told

    def _finish(self, now: float) -> list[Delivered]:
        """An answer without an end is over with the bar that sounds."""
        bar = self._place.timeline.grid.steps_per_bar
        self._end = max(1, math.ceil(self._first_open(now) / bar)) * bar
        return self._recall(self._end, now)

    def _recall(self, first: int, now: float) -> list[Delivered]:
        """Take back what has gone out from a step on; it is sent again as it becomes due."""
        if self._next <= first:
            return []
        times = [time for step, time in self._sent if step >= first]
        self._sent = deque((step, time) for step, time in self._sent if step < first)
        self._next = first
        self._laid = self._place.timeline
        self._calm_at = now + _CALM
        if not times:
            return []
        clear = _CLEAR_BESIDE if self._sampling.feels or self._felt else _CLEAR
        return [StrokesOff(min(times) - clear * self._laid.grid.step_seconds), AnswerMoved(self._laid)]
