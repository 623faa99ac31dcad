"""Listens to a call step by step, and goes on from it step by step.

The network is one step behind the player at most: when the call ends, the logits of the answer's first step are there.
"""

from collections.abc import Callable

import msgspec

from appliance.answer.dynamics import Dynamics
from appliance.answer.encoding import Encoding, Floats
from appliance.answer.model import Model, State
from appliance.answer.sampling import SamplingSettings, choose
from appliance.call.listener import CallEnded, StepHeard
from appliance.errors import ModelError
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Timeline

# How many seconds ahead of their sound the steps of an answer are made: enough that the striker knows two slow bars
# (60 quarters a minute) when the player should die, and few enough that a change of mind is soon heard.
AHEAD = 8.0


MOST_BARS = 1024  # half an hour at 120 quarters a minute


class AnswerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which model answers (`model`: a shipped one's name, or a file), and how long (`bars`; 0: as long as the call).

    Raises: ValueError when no answer can be so long.
    """

    model: str
    bars: int

    def __post_init__(self) -> None:
        if not 0 <= self.bars <= MOST_BARS:
            raise ValueError(f"an answer has 1 to {MOST_BARS} bars, or 0 to be as long as its call, not {self.bars}")


class StepAnswered(msgspec.Struct, frozen=True):
    """A step of the answer, and its strokes in seconds; a rest has none."""

    step: int
    strokes: tuple[Stroke, ...]


class AnswerEnded(msgspec.Struct, frozen=True, tag=True):
    """The whole answer. `fault` says why it is an echo of the call, where the model failed."""

    track: DrumTrack
    timeline: Timeline
    log_likelihood: float
    fault: str


class _Memory(msgspec.Struct, frozen=True):
    """What the network made of the steps so far: the logits of the next step, and its state."""

    logits: Floats
    state: State


class _Answer:
    """An answer under way."""

    def __init__(self, call: CallEnded, length: int) -> None:
        self.call = call
        self.length = length
        self.timeline = Timeline(call.answer_time, call.timeline.grid)
        self.notes: list[Note] = []
        self.next_step = 0
        self.log_likelihood = 0.0


class Answerer:
    """One model, one call and answer at a time. `chance` gives numbers from 0 up to 1: seeded, it repeats itself."""

    def __init__(
        self,
        model: Model,
        settings: AnswerSettings,
        sampling: SamplingSettings,
        chance: Callable[[], float],
        steps_per_bar: int,
    ) -> None:
        self._model = model
        self._settings = settings
        self._steps_per_bar = steps_per_bar
        self._sampling = sampling
        self._chance = chance
        self._encoding = Encoding(model.card.encoding)
        self.reset()

    def reset(self) -> None:
        """Forget the call and leave the answer."""
        self._memory = _Memory(self._encoding.inputs(0, 0)[:0], self._model.initial_state())
        self._memories: dict[int, _Memory] = {}
        self._dynamics = Dynamics(self._steps_per_bar, self._encoding.class_of)
        self._answer: _Answer | None = None
        self._fault = ""

    def listen(self, heard: StepHeard) -> None:
        """Feed a step of the call. A model that fails is said at the end of the answer, which is then an echo."""
        self._feed(self._encoding.label(note.pitch for note in heard.notes), heard.step)
        for note in heard.notes:
            self._dynamics.hear(note)
        if heard.notes:
            # The answer goes on behind the last hit, never before it.
            self._memories.clear()
        self._memories[heard.step + 1] = self._memory

    def begin(self, call: CallEnded) -> None:
        """Answer the call; the strokes come from `advance`."""
        self._answer = _Answer(call, self._settings.bars * self._steps_per_bar or call.track.length)
        self._memory = self._memories.get(call.track.length, self._memory)

    def next_deadline(self) -> float | None:
        """When the next step of the answer is to be made; None while there is nothing to answer."""
        return self._answer.timeline.time_of(self._answer.next_step) - AHEAD if self._answer else None

    def advance(self, now: float) -> list[StepAnswered | AnswerEnded]:
        """The next step of the answer if it is due, and behind its last step its end: one network step of work."""
        answer = self._answer
        if answer is None or now < answer.timeline.time_of(answer.next_step) - AHEAD:
            return []
        events: list[StepAnswered | AnswerEnded] = [self._answer_step(answer)]
        if answer.next_step == answer.length:
            track = DrumTrack(tuple(sorted(answer.notes)), answer.length)
            events.append(AnswerEnded(track, answer.timeline, answer.log_likelihood, self._fault))
            self.reset()
        return events

    def _answer_step(self, answer: _Answer) -> StepAnswered:
        step = answer.next_step
        # The first step needs no work: its logits were there when the call ended.
        if step and not self._fault:
            self._feed(self._last_label, answer.call.track.length + step - 1)
        pitches = self._choose(answer)
        answer.next_step += 1
        position = answer.call.track.length + step
        notes = [Note(step, pitch, self._dynamics.velocity(position, pitch)) for pitch in pitches]
        answer.notes.extend(notes)
        time = answer.timeline.time_of(step)
        return StepAnswered(step, tuple(Stroke(time, note.pitch, note.velocity) for note in notes))

    def _choose(self, answer: _Answer) -> tuple[int, ...]:
        if not self._fault:
            try:
                self._last_label, log_likelihood = choose(self._memory.logits, self._sampling, self._chance())
            except ModelError as error:
                self._fault = str(error)
            else:
                answer.log_likelihood += log_likelihood
                return self._encoding.pitches(self._last_label)
        echoed = answer.call.track.at(answer.next_step % answer.call.track.length)
        return tuple(note.pitch for note in echoed)

    def _feed(self, label: int, position: int) -> None:
        if self._fault:
            return
        try:
            logits, state = self._model.step(self._encoding.inputs(label, position), self._memory.state)
        except ModelError as error:
            self._fault = str(error)
        else:
            self._memory = _Memory(logits, state)
