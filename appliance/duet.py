"""A player and a model, whose turn it is, and what each control does to them."""

import math
from collections.abc import Callable

from appliance.answer.answering import Answering
from appliance.answer.delivery import Delivery
from appliance.answer.place import Kit, every_drum
from appliance.answer.remaking import Remaking
from appliance.answer.settings import Mode
from appliance.call.listener import CallEnded, StepHeard
from appliance.controls.control import Control, Turned
from appliance.dials import DIALS, SAMPLINGS, Dials
from appliance.happenings import (
    AnswerOver,
    CallDropped,
    Happening,
    HitHeard,
    StrokesOff,
    ThruDue,
    TurnRefused,
    TurnTaken,
)
from appliance.hearing import Hearing, Resolution
from appliance.notation.drum_track import DrumTrack
from appliance.notation.hit import Hit
from appliance.notation.timeline import Meter, Timeline
from appliance.questions import Questions
from appliance.tempo.conductor import Conductor
from appliance.tempo.pulse import Pulse
from appliance.turn import Event, Turn, after

# Bars that are traded where the call has no length of its own.
_TRADED_BARS = 4

# An answer and the call behind it meet on one instant, but for the rounding of their sums (s).
_MEET = 1e-3


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
        self.dials = dials
        self._conductor = conductor
        self._answering = answering
        self._resolution = resolution
        self._hearing = Hearing(dials.call, conductor, resolution, horizon)
        self._listener = self._hearing.listener
        self._kit = kit
        self._delivery = Delivery(answering, horizon, kit)
        self._delivery.mute(0.0, muted=dials.answer.mute)
        self._model = dials.answer.model  # of the call that is heard and its answer
        self._horizon = horizon
        self._seam_until = -math.inf
        self.questions = Questions(dials.grooves.at_corners)
        self._remaking = Remaking()
        self._acts: dict[Control, Callable[[float], list[Happening]]] = {
            **dict.fromkeys(SAMPLINGS, self._remake),
            Control.MODE: self._change_mode,
            Control.MODEL: self._change_model,
            Control.MUTATE: self._mutate,
        }

    def change_kit(self, time: float, kit: Kit) -> list[Happening]:
        """Other drums for those that are meant, in an answer under way and for what goes thru."""
        self._kit = kit
        return list(self._delivery.change_kit(time, kit))

    def begin(self, timeline: Timeline) -> list[Happening]:
        """Listen from a given step 0 on, instead of from the first hit; the song's quarter 0 is there."""
        self._conductor.anchor(timeline.origin)
        self._open(0.0)
        return self._take(timeline.origin, Event.HIT)

    def hear(self, hit: Hit) -> list[Happening]:
        """A hit of the player's."""
        told: list[Happening] = [HitHeard(hit)]
        beaten = self._kit(hit.pitch) if self.dials.answer.thru else None
        if beaten is not None:
            told.append(ThruDue(Hit(hit.time, beaten, hit.velocity)))
        if self._hearing.coming is not None and self.turn is not Turn.LISTENING:
            self._hearing.keep_early(hit, self.dials.answer.model)
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
        if self._hearing.coming is not None:
            self._hearing.keep_early(hit, self.dials.answer.model)
        elif self.turn not in (Turn.LISTENING, Turn.ACCOMPANYING):
            return []
        else:
            self._listener.receive(hit)
        return [HitHeard(hit)]

    def expect_call(self, quarter: float, quarters: float) -> None:
        """A call of so many quarters begins on a quarter of the song: another duet's answer. 0: it has no end yet."""
        self._hearing.expect(quarter, quarters, self.dials.answer.model)

    def resize_call(self, quarter: float, quarters: float) -> None:
        """That call has another length: the other duet's answer was made longer or shorter."""
        self._hearing.resize(quarter, quarters, self.dials.answer.model)

    def drop_call(self, time: float) -> list[Happening]:
        """Whoever called has fallen silent in the middle of it."""
        if self.turn is Turn.LISTENING:
            return self._drop(time)
        if self.turn is not Turn.COUNTING:  # what is counted in comes whoever falls silent
            self._hearing.coming = None
        return []

    def counted_in(self, time: float, quarter: float) -> list[Happening]:
        """A call begins on that bar line; what was played before is no part of it."""
        told = self._leave(time) if self.turn in (Turn.ANSWERING, Turn.ACCOMPANYING) else []
        if self.turn is Turn.LISTENING:
            told.append(CallDropped(time))
        self._hearing.reset()
        self._hearing.expect(quarter, 0.0, self.dials.answer.model)
        return told + self._take(time, Event.COUNTED_IN)

    def retime(self, time: float, pulse: Pulse) -> list[Happening]:
        """The song's quarters are elsewhere from here on."""
        self._hearing.retime(pulse)
        return list(self._delivery.retime(time, pulse))

    def lead(self, *, led: bool) -> None:
        """Whether an outside clock leads."""
        self._delivery.led = led

    def check_meter(self, meter: Meter) -> None:
        """Raises: ValueError unless its model can count that."""
        self._hearing.check(self.dials.answer.model, meter)

    @property
    def phrase_end(self) -> float | None:
        """The quarter behind all that lies on the grid; infinite where it has no end, None while that is not known."""
        coming = self._hearing.coming.quarter if self._hearing.coming is not None else -math.inf
        end = self._delivery.end_quarter if self._delivery.sounding else coming
        return None if self.turn is Turn.LISTENING else end

    def rest(self, time: float, event: Event) -> list[Happening]:
        """Leave call and answer at once: a panic, or a stop."""
        return [*self._leave(time), *self._take(time, event)]

    def turn_dial(self, turned: Turned) -> list[Happening]:
        """A control of this duet's. One that cannot be so is said, and stays."""
        before = self.dials
        if turned.control in DIALS:
            try:
                turned_to = before.turned(turned.control, turned.value)
                # A model must be able to count the meter: three steps a quarter make no whole bar of 7/8.
                self._hearing.check(turned_to.answer.model)
                self.dials = turned_to
            except ValueError as error:
                return [TurnRefused(turned.time, turned.control, turned.value, str(error))]
        if turned.control in DIALS and self.dials == before:
            return []
        return self._act(turned.time, turned.control)

    def next_deadline(self) -> float | None:
        """The instant at which `advance` has something to do, or None."""
        listener, delivery = self._listener.next_deadline(), self._delivery.next_deadline()
        deadlines = (listener, delivery, self._hearing.coming_at, self._remaking.due)
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def advance(self, now: float) -> list[Happening]:
        """What is due by now: every step heard, and at the most one step answered, so that nobody waits long."""
        told: list[Happening] = []
        if self._delivery.is_over(now):
            told += self._end_answer(now)
        coming = self._hearing.coming_at
        if coming is not None and coming <= now:
            told += self._begin_coming(now)
        for heard in self._listener.advance(now):
            told += self._listen(heard, now)
        if self._remaking.due is not None and self._remaking.due <= now:
            told += self._remake(now)
        return told + self._delivery.advance(now)

    def _act(self, time: float, control: Control) -> list[Happening]:
        """What a control that was turned does at once."""
        dials, delivery = self.dials, self._delivery
        match control:
            case Control.CALL_BARS | Control.SILENCE_BEATS | Control.MIN_BARS | Control.MAX_BARS | Control.START:
                self._listener.adjust(time, dials.call)
            case Control.END_CALL:
                self._listener.end(time)
            case Control.ANSWER_BARS:
                return list(delivery.resize(time, delivery.length_for(dials.answer.bars)))
            case Control.LOOP:
                return list(delivery.loop(time, on=dials.answer.loop))
            case Control.MUTE:
                return list(delivery.mute(time, muted=dials.answer.mute))
            case Control.UNDO:
                return list(delivery.undo(time, dials.sampling))
            case Control.KEEP:
                return list(self.questions.keep(delivery.kept(time)))
            case _ if control in self._acts:
                return self._acts[control](time)
        return []

    def _call(self, hit: Hit) -> list[Happening]:
        """A call begins with this hit, or on the bar line before it where the grid is running."""
        self._open(self._hearing.place(hit, self.dials.answer.model))
        self._listener.receive(hit)
        return self._take(hit.time, Event.HIT)

    def _open(self, quarter: float, length: int = 0) -> None:
        """Listen from a quarter of the song on, for so many steps; 0: as the mode has it."""
        dials = self.dials
        self._model = dials.answer.model
        self._delivery.close()
        self._answering.reset(remember=dials.answer.memory)
        if not length and dials.answer.mode is Mode.TRADE:
            length = (dials.call.bars or _TRADED_BARS) * self._hearing.timeline(quarter, self._model).grid.steps_per_bar
        along = dials.answer.mode is Mode.ACCOMPANY
        self._hearing.open(quarter, self._model, length=0 if along else length, along=along)
        self._conductor.hold(self.name)
        self._seam_until = -math.inf
        self._remaking.due = None

    def _listen(self, heard: StepHeard | CallEnded, now: float) -> list[Happening]:
        if isinstance(heard, StepHeard):
            self._answering.listen(heard)
            told: list[Happening] = [heard]
            if self.turn is Turn.ACCOMPANYING and not self._delivery.sounding:
                told += self._accompany(heard, now)
            return told
        if self.turn is Turn.ACCOMPANYING:
            self._delivery.end_at(heard.answer_time)
            return [] if self._delivery.sounding else self.rest(now, Event.STOP)
        shortest = self.dials.call.min_bars * heard.timeline.grid.steps_per_bar
        if not heard.track.notes or heard.track.length < shortest:
            return self._drop(now)
        return [heard, *self._answer(heard, now)]

    def _answer(self, call: CallEnded, now: float) -> list[Happening]:
        dials, grid = self.dials, call.timeline.grid
        length = dials.answer_length(call.track.length, grid.steps_per_bar)
        steps = round((call.answer_time - call.timeline.origin) / grid.step_seconds)
        quarter = self._hearing.quarter + steps / grid.steps_per_quarter
        told: list[Happening] = []
        if self._delivery.sounding:  # the call was played below it
            told += [StrokesOff(call.answer_time - grid.step_seconds / 4), AnswerOver(now)]
        told += self._take(now, Event.CALL_ENDED)
        question = self.questions.ask(call.track, length, dials.sampling)
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

    def _accompany(self, heard: StepHeard, now: float) -> list[Happening]:
        """Play along from the first step that has not passed."""
        timeline, step = self._listener.timeline, heard.step + 1
        if timeline is None or timeline.time_of(step) <= now:
            return []
        question = self.questions.ask(DrumTrack(heard.notes, step), 0, self.dials.sampling, along=True)
        place = Timeline(timeline.time_of(step), timeline.grid)
        quarter = self._hearing.quarter + step / timeline.grid.steps_per_quarter
        began = self._delivery.begin(question, quarter, place, echo=False, loop=False)
        self._delivery.skip(now)
        return [began]

    def _hear_along(self, hit: Hit) -> list[Happening]:
        if self._listener.timeline is not None:
            self._listener.receive(hit)
            return []
        # It ended with a silence, a moment ago: the player comes in again.
        return [*self.rest(hit.time, Event.STOP), *self._call(hit)]

    def _hear_in_answer(self, hit: Hit) -> list[Happening]:
        if hit.time < self._seam_until:
            return []
        if self.dials.answer.mode is Mode.TRADE:
            self._hearing.keep_early(hit, self.dials.answer.model, self._delivery.end)
            return []
        if self.dials.answer.overlap:
            self._model = self._model if self._hearing.under_way else self.dials.answer.model
            self._hearing.overlap(hit, self._model, self._delivery.end)
            return []
        told = self._leave(hit.time)
        if not self.dials.answer.loop:
            self._conductor.release(self.name)
        return told + self._call(hit)

    def _begin_coming(self, now: float) -> list[Happening]:
        coming, told = self._hearing.coming, list[Happening]()
        if coming is None:
            return told
        if self.turn is Turn.ANSWERING and self._delivery.end < now + _MEET:
            told += self._take(now, Event.ANSWER_ENDED)
        elif self.turn in (Turn.ANSWERING, Turn.ACCOMPANYING):
            told += self._delivery.leave(now, remember=self.dials.answer.memory)
        self._open(*coming)
        return told + self._take(now, Event.CALL_BEGAN)

    def _end_answer(self, now: float) -> list[Happening]:
        quarter = self._delivery.end_quarter
        overlapped = self._hearing.under_way and self.turn is Turn.ANSWERING
        told = self._take(now, Event.ANSWER_ENDED)
        if self.turn is Turn.LISTENING:  # they trade
            self._open(quarter)
        elif overlapped and self.turn is Turn.IDLE:
            self._conductor.hold(self.name)
            told += self._take(now, Event.CALL_BEGAN)
        return told

    def _drop(self, time: float) -> list[Happening]:
        self._listener.reset()
        return [CallDropped(time), *self._take(time, Event.CALL_DROPPED)]

    def _leave(self, time: float) -> list[Happening]:
        self._hearing.reset()
        self._remaking.due = None
        return list(self._delivery.leave(time, remember=self.dials.answer.memory))

    def _remake(self, time: float) -> list[Happening]:
        self._remaking.due = None
        if not self._delivery.sounding or not self._remaking.may(time):
            return []
        return list(self._delivery.remake(time, self.dials.sampling))

    def _mutate(self, time: float) -> list[Happening]:
        if self.turn is not Turn.IDLE:
            return list(self._delivery.remake(time, self.dials.sampling, undoable=True))
        conductor, delivery, soon = self._conductor, self._delivery, time + self._horizon
        if not conductor.running:
            conductor.anchor(soon)
        quarter = conductor.next_bar_line(conductor.pulse.quarter_at(soon))
        try:
            timeline = self._hearing.timeline(quarter, self._model)
        except ValueError as error:  # a meter has come since that the call's own model cannot count
            return [TurnRefused(time, Control.MUTATE, None, str(error))]
        began = delivery.again(quarter, timeline, self.dials.sampling, loop=self.dials.answer.loop)
        if began is None:
            return []
        conductor.hold(self.name)
        self._seam_until = -math.inf
        return [*self._take(time, Event.AGAIN), began]

    def _change_mode(self, time: float) -> list[Happening]:
        together = self.dials.answer.mode is Mode.ACCOMPANY
        if (self.turn is Turn.ACCOMPANYING) is together or self.turn in (Turn.IDLE, Turn.COUNTING):
            return []
        # The player goes on, and the next hit begins anew.
        return self.rest(time, Event.STOP)

    def _change_model(self, time: float) -> list[Happening]:
        model = self.dials.answer.model
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

    def _take(self, time: float, event: Event) -> list[Happening]:
        turn = after(self.dials.answer.mode, self.turn, event)
        if turn is self.turn:
            return []
        ended = self.turn in (Turn.ANSWERING, Turn.ACCOMPANYING)
        self.turn = turn
        if turn is Turn.IDLE:
            self._conductor.release(self.name)
        over: list[Happening] = [AnswerOver(time)] if ended else []
        return [*over, TurnTaken(time, turn)]
