"""A player and a model, whose turn it is, and what each control does to them."""

import math
from collections.abc import Callable
from typing import NamedTuple

from appliance.answer.answering import Answering, Question
from appliance.answer.delivery import Delivery, Kit, every_drum
from appliance.answer.settings import Mode
from appliance.call.listener import Listener
from appliance.controls.control import Control, Turned
from appliance.dials import DIALS, Dials
from appliance.happenings import (
    AnswerOver,
    CallDropped,
    CallEnded,
    Happening,
    HitHeard,
    StepHeard,
    StrokesOff,
    ThruDue,
    TurnRefused,
    TurnTaken,
)
from appliance.notation.drum_track import DrumTrack
from appliance.notation.hit import Hit
from appliance.notation.timeline import Grid, Timeline
from appliance.tempo.conductor import Conductor
from appliance.tempo.pulse import Pulse
from appliance.turn import Event, Turn, after

# Bars that are traded where the call has no length of its own.
_TRADED_BARS = 4

# A knob that is swept sends hundreds of values a second; an answer is made again no more often than this (s).
_REMAKE = 0.03

# An answer and the call behind it meet on one instant, but for the rounding of their sums (s).
_MEET = 1e-3

# The resolution, in steps a quarter, at which a model of that name listens and answers.
Resolution = Callable[[str], int]


class _Coming(NamedTuple):
    """A call that begins on a quarter of the song, whether anybody plays there or not; `length` 0: as calls do."""

    quarter: float
    length: int


class Duet:
    """Told hits, controls and the beat; says what is to be heard, sounded and shown."""

    def __init__(
        self,
        name: str,
        dials: Dials,
        conductor: Conductor,
        answering: Answering,
        resolution: Resolution,
        horizon: float,
        kit: Kit = every_drum,
    ) -> None:
        """`horizon`: how many seconds before its sound a step must be known."""
        self.name = name
        self.turn = Turn.IDLE
        self._dials = dials
        self._conductor = conductor
        self._answering = answering
        self._resolution = resolution
        self._listener = Listener(dials.call, horizon)
        self._delivery = Delivery(answering, horizon, kit)
        self._delivery.mute(0.0, muted=dials.answer.mute)
        self._model = dials.answer.model  # of the call that is heard and its answer
        self._quarter = 0.0  # of the song, on which the call began
        self._coming: _Coming | None = None
        self._early: list[Hit] = []  # hits a little before the call that comes
        self._seam_until = -math.inf
        self._answers = 0
        self._remade = -math.inf
        self._remake_at: float | None = None

    @property
    def dials(self) -> Dials:
        """Where the controls stand."""
        return self._dials

    def set_kit(self, kit: Kit) -> None:
        """From the next step that goes out, other drums for the model's."""
        self._delivery.kit = kit

    def begin(self, timeline: Timeline) -> list[Happening]:
        """Listen from a given step 0 on, instead of from the first hit; the song's quarter 0 is there."""
        self._conductor.anchor(timeline.origin)
        self._open(0.0, timeline.origin)
        return self._take(timeline.origin, Event.HIT)

    def hear(self, hit: Hit) -> list[Happening]:
        """A hit of the player's."""
        told: list[Happening] = [HitHeard(hit)]
        if self._dials.answer.thru:
            told.append(ThruDue(hit))
        if self._coming is not None and self.turn is not Turn.LISTENING:
            self._keep_early(hit, self._conductor.pulse.time_of(self._coming.quarter))
            return told
        match self.turn:
            case Turn.IDLE:
                return told + self._call(hit)
            case Turn.LISTENING:
                self._listener.receive(hit)
            case Turn.ACCOMPANYING:
                told += self._hear_along(hit)
            case Turn.ANSWERING:
                told += self._hear_in_answer(hit)
        return told

    def hear_duet(self, hit: Hit) -> list[Happening]:
        """A stroke of another duet: it is heard in a call, and takes no turn."""
        if self._coming is not None:
            self._keep_early(hit, self._conductor.pulse.time_of(self._coming.quarter))
        elif self.turn not in (Turn.LISTENING, Turn.ACCOMPANYING):
            return []
        else:
            self._listener.receive(hit)
        return [HitHeard(hit)]

    def expect_call(self, quarter: float, quarters: float) -> None:
        """A call of so many quarters begins on a quarter of the song: another duet's answer. 0: nobody knows its end."""
        self._coming = _Coming(quarter, round(quarters * self._resolution(self._dials.answer.model)))
        self._early.clear()

    def drop_call(self, time: float) -> list[Happening]:
        """Whoever called has fallen silent in the middle of it."""
        self._coming = None
        if self.turn is not Turn.LISTENING:
            return []
        return self._drop(time)

    def counted_in(self, time: float, quarter: float) -> list[Happening]:
        """A call begins on that bar line; what was played before is no part of it."""
        told = self._leave(time) if self.turn in (Turn.ANSWERING, Turn.ACCOMPANYING) else []
        if self.turn is Turn.LISTENING:
            told.append(CallDropped(time))
        self._listener.reset()
        self._coming = _Coming(quarter, self._call_length())
        self._early.clear()
        return told + self._take(time, Event.COUNTED_IN)

    def retime(self, time: float, pulse: Pulse) -> list[Happening]:
        """The song's quarters are elsewhere from here on."""
        if self._listener.timeline is not None:
            grid = self._listener.timeline.grid
            self._listener.retime(pulse.timeline(self._quarter, grid.meter, grid.steps_per_quarter))
        return list(self._delivery.retime(time, pulse))

    def lead(self, *, led: bool) -> None:
        """Whether an outside clock leads."""
        self._delivery.led = led

    def stop(self, time: float) -> list[Happening]:
        """Leave call and answer."""
        return self._rest(time, Event.STOP)

    def panic(self, time: float) -> list[Happening]:
        """Leave everything at once."""
        return self._rest(time, Event.PANIC)

    def turn_dial(self, turned: Turned) -> list[Happening]:
        """A control of this duet's. One that cannot be so is said, and stays."""
        before = self._dials
        if turned.control in DIALS:
            try:
                self._dials = before.turned(turned.control, turned.value)
            except ValueError as error:
                return [TurnRefused(turned.time, turned.control, turned.value, str(error))]
        if turned.control in DIALS and self._dials == before:
            return []
        return self._act(turned.time, turned.control)

    def next_deadline(self) -> float | None:
        """The instant at which `advance` has something to do, or None."""
        coming = None if self._coming is None else self._conductor.pulse.time_of(self._coming.quarter)
        deadlines = [self._listener.next_deadline(), self._delivery.next_deadline(), coming, self._remake_at]
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def advance(self, now: float) -> list[Happening]:
        """What is due by now: every step heard, and at the most one step answered, so that nobody waits long."""
        told: list[Happening] = []
        if self._delivery.is_over(now):
            told += self._end_answer(now)
        if self._coming is not None and self._conductor.pulse.time_of(self._coming.quarter) <= now:
            told += self._begin_coming(self._coming, now)
        for heard in self._listener.advance(now):
            told += self._listen(heard, now)
        if self._remake_at is not None and self._remake_at <= now:
            told += self._remake(now)
        return told + self._delivery.advance(now)

    def _act(self, time: float, control: Control) -> list[Happening]:
        """What a control that was turned does at once."""
        dials, delivery = self._dials, self._delivery
        match control:
            case Control.TEMPERATURE | Control.TOP_K | Control.DENSITY:
                return self._remake(time)
            case Control.CALL_BARS | Control.MIN_BARS | Control.MAX_BARS | Control.START:
                self._listener.adjust(time, dials.call)
            case Control.ANSWER_BARS:
                return list(delivery.resize(time, self._answer_length()))
            case Control.LOOP:
                return list(delivery.loop(time, on=dials.answer.loop))
            case Control.MUTE:
                return list(delivery.mute(time, muted=dials.answer.mute))
            case Control.MODE:
                return self._change_mode(time)
            case Control.MODEL:
                return self._change_model(time)
            case Control.END_CALL:
                self._listener.end(time)
            case Control.MUTATE:
                return self._mutate(time)
            case Control.UNDO:
                return list(delivery.undo(time, dials.sampling))
            case Control.KEEP:
                kept = delivery.kept(time)
                return [] if kept is None else [kept]
        return []

    def _call(self, hit: Hit) -> list[Happening]:
        """A call begins with this hit, or on the bar line before it where the grid is running."""
        conductor = self._conductor
        quarter = 0.0
        if conductor.running:
            resolution = self._resolution(self._dials.answer.model)
            nearest = math.floor(conductor.pulse.quarter_at(hit.time) * resolution + 0.5) / resolution
            quarter = conductor.bar_line(nearest)
        else:
            conductor.anchor(hit.time)
        self._open(quarter, hit.time)
        self._listener.receive(hit)
        return self._take(hit.time, Event.HIT)

    def _open(self, quarter: float, time: float, length: int = 0) -> None:
        """Listen from a quarter of the song on."""
        self._model = self._dials.answer.model
        self._delivery.close()
        self._answering.reset(remember=self._dials.answer.memory)
        self._quarter = quarter
        along = self._dials.answer.mode is Mode.ACCOMPANY
        timeline = self._timeline(quarter)
        given = length or (self._call_length() if self._dials.answer.mode is Mode.TRADE else 0)
        self._listener.begin(timeline, None if along or not given else given, along=along)
        self._conductor.hold(self.name)
        self._seam_until = -math.inf
        self._remake_at = None

    def _timeline(self, quarter: float) -> Timeline:
        conductor = self._conductor
        return conductor.pulse.timeline(quarter, conductor.meter, self._resolution(self._model))

    def _call_length(self) -> int:
        """Steps of a call that is traded; 0 for other modes."""
        if self._dials.answer.mode is not Mode.TRADE:
            return 0
        bar = self._timeline(0.0).grid.steps_per_bar
        return (self._dials.call.bars or _TRADED_BARS) * bar

    def _listen(self, heard: StepHeard | CallEnded, now: float) -> list[Happening]:
        if isinstance(heard, StepHeard):
            self._answering.listen(heard)
            told: list[Happening] = [heard]
            if self.turn is Turn.ACCOMPANYING and not self._delivery.sounding:
                told += self._accompany(heard, now)
            return told
        if self.turn is Turn.ACCOMPANYING:
            self._delivery.end_at(heard.answer_time)
            return [] if self._delivery.sounding else self._rest(now, Event.STOP)
        shortest = self._dials.call.min_bars * heard.timeline.grid.steps_per_bar
        if not heard.track.notes or heard.track.length < shortest:
            return self._drop(now)
        return [heard, *self._answer(heard, now)]

    def _answer(self, call: CallEnded, now: float) -> list[Happening]:
        dials, grid = self._dials, call.timeline.grid
        length = dials.answer.bars * grid.steps_per_bar or call.track.length
        steps = round((call.answer_time - call.timeline.origin) / grid.step_seconds)
        quarter = self._quarter + steps / grid.steps_per_quarter
        told: list[Happening] = []
        if self._delivery.sounding:  # the call was played below it
            told += [StrokesOff(call.answer_time - grid.step_seconds / 4), AnswerOver(now)]
        told += self._take(now, Event.CALL_ENDED)
        question = self._question(call.track, length)
        began = self._delivery.begin(
            question,
            quarter,
            self._conductor.pulse.timeline(quarter, grid.meter, grid.steps_per_quarter),
            echo=dials.answer.mode is Mode.ECHO,
            loop=dials.answer.loop,
        )
        # Where the answer follows at once, the player's last hit may come a little behind its beat: it takes no turn.
        # Where silence came between, a hit on that beat is the player coming in again.
        follows = steps == call.track.length
        self._seam_until = call.timeline.time_of(steps + 0.5) if follows else -math.inf
        return [*told, began]

    def _question(self, call: DrumTrack, length: int, *, along: bool = False) -> Question:
        self._answers += 1
        return Question(self._answers - 1, call, length, self._dials.sampling, along)

    def _accompany(self, heard: StepHeard, now: float) -> list[Happening]:
        """Play along from the first step that has not passed."""
        timeline, step = self._listener.timeline, heard.step + 1
        if timeline is None or timeline.time_of(step) <= now:
            return []
        question = self._question(DrumTrack(heard.notes, step), 0, along=True)
        grid = timeline.grid
        quarter = self._quarter + step / grid.steps_per_quarter
        return [
            self._delivery.begin(question, quarter, Timeline(timeline.time_of(step), grid), echo=False, loop=False)
        ]

    def _hear_along(self, hit: Hit) -> list[Happening]:
        if self._listener.timeline is not None:
            self._listener.receive(hit)
            return []
        # It ended with a silence, a moment ago: the player comes in again.
        return [*self._rest(hit.time, Event.STOP), *self._call(hit)]

    def _hear_in_answer(self, hit: Hit) -> list[Happening]:
        if hit.time < self._seam_until:
            return []
        if self._dials.answer.mode is Mode.TRADE:
            self._keep_early(hit, self._delivery.end)
            return []
        if self._dials.answer.overlap:
            self._overlap(hit)
            return []
        told = self._leave(hit.time)
        if not self._dials.answer.loop:
            self._conductor.release(self.name)
        return told + self._call(hit)

    def _overlap(self, hit: Hit) -> None:
        """A call begins below the answer, and is answered behind it."""
        if self._listener.timeline is None:
            quarter = self._conductor.bar_line(self._conductor.pulse.quarter_at(hit.time))
            self._quarter = quarter
            self._model = self._dials.answer.model
            self._listener.begin(self._timeline(quarter))
        timeline = self._listener.timeline
        if timeline is not None and math.isfinite(self._delivery.end):
            self._listener.end_not_before(timeline.step_at(self._delivery.end))
        self._listener.receive(hit)

    def _keep_early(self, hit: Hit, begins: float) -> None:
        """A hit up to half a step before the call that comes is the call's first."""
        half = self._timeline(0.0).grid.step_seconds / 2
        if begins - half <= hit.time:
            self._early = [*self._early, hit][-_MOST_EARLY:]

    def _begin_coming(self, coming: _Coming, now: float) -> list[Happening]:
        told: list[Happening] = []
        self._coming = None
        if self.turn is Turn.ANSWERING and self._delivery.end < now + _MEET:
            told += self._end_answer(now)
        elif self.turn in (Turn.ANSWERING, Turn.ACCOMPANYING):
            told += self._leave(now)
        self._open(coming.quarter, now, coming.length)
        self._hear_early()
        return told + self._take(now, Event.CALL_BEGAN)

    def _hear_early(self) -> None:
        for hit in self._early:
            self._listener.receive(hit)
        self._early = []

    def _end_answer(self, now: float) -> list[Happening]:
        quarter, mode = self._delivery.end_quarter, self._dials.answer.mode
        overlapped = self._listener.timeline is not None and self.turn is Turn.ANSWERING
        told = self._take(now, Event.ANSWER_ENDED)
        if self.turn is Turn.LISTENING and mode is Mode.TRADE:
            self._open(quarter, now)
            self._hear_early()
        elif overlapped and self.turn is Turn.IDLE:
            self._conductor.hold(self.name)
            told += self._take(now, Event.CALL_BEGAN)
        return told

    def _drop(self, time: float) -> list[Happening]:
        self._listener.reset()
        return [CallDropped(time), *self._take(time, Event.CALL_DROPPED)]

    def _leave(self, time: float) -> list[Happening]:
        self._listener.reset()
        self._early = []
        self._remake_at = None
        return list(self._delivery.leave(time, remember=self._dials.answer.memory))

    def _rest(self, time: float, event: Event) -> list[Happening]:
        self._coming = None
        return [*self._leave(time), *self._take(time, event)]

    def _remake(self, time: float) -> list[Happening]:
        if not self._delivery.sounding:
            return []
        if time < self._remade + _REMAKE:
            self._remake_at = self._remade + _REMAKE
            return []
        self._remade, self._remake_at = time, None
        return list(self._delivery.remake(time, self._dials.sampling))

    def _mutate(self, time: float) -> list[Happening]:
        if self.turn is not Turn.IDLE:
            return list(self._delivery.remake(time, self._dials.sampling, undoable=True))
        conductor, delivery = self._conductor, self._delivery
        soon = time + self._listener.horizon
        if not conductor.running:
            conductor.anchor(soon)
        quarter = conductor.next_bar_line(conductor.pulse.quarter_at(soon))
        began = delivery.again(quarter, self._timeline(quarter), self._dials.sampling, loop=self._dials.answer.loop)
        if began is None:
            return []
        conductor.hold(self.name)
        self._seam_until = -math.inf
        return [*self._take(time, Event.AGAIN), began]

    def _change_mode(self, time: float) -> list[Happening]:
        together = self._dials.answer.mode is Mode.ACCOMPANY
        if (self.turn is Turn.ACCOMPANYING) is together or self.turn in (Turn.IDLE, Turn.COUNTING):
            return []
        # The player goes on, and the next hit begins anew.
        return self._rest(time, Event.STOP)

    def _change_model(self, time: float) -> list[Happening]:
        model = self._dials.answer.model
        self._answering.choose_model(model)
        if self._resolution(model) != self._resolution(self._model):
            return []
        if self.turn is Turn.LISTENING:
            self._model = model
            self._answering.reset()
            for heard in self._listener.again():
                self._answering.listen(heard)
            return []
        return self._remake(time)

    def _answer_length(self) -> int:
        return self._delivery.length_for(self._dials.answer.bars)

    def _take(self, time: float, event: Event) -> list[Happening]:
        turn = after(self._dials.answer.mode, self.turn, event)
        if turn is self.turn:
            return []
        ended = self.turn in (Turn.ANSWERING, Turn.ACCOMPANYING)
        self.turn = turn
        if turn is Turn.IDLE:
            self._conductor.release(self.name)
        over: list[Happening] = [AnswerOver(time)] if ended else []
        return [*over, TurnTaken(time, turn)]


# Hits that are kept for the call that comes: more than two hands play in half a step.
_MOST_EARLY = 32
