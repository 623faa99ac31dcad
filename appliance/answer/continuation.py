"""An answer as the network makes it: it goes on from a call, and can be taken back to any of its steps.

Steps count from the answer's first; those of the call are below 0. To draw a step the network must have been fed all
before it: one step of work where that is the last one only, and one for each step that has to be fed again. Of what
lasts, later steps are drawn until it is known for how long.
"""

from collections import defaultdict
from typing import Any, NamedTuple

from appliance.answer.answering import Made, Question
from appliance.answer.beam import BeamSearch
from appliance.answer.chance import dice
from appliance.answer.network import Drawn, Network, Sounding
from appliance.answer.primer import Primer
from appliance.answer.sampling_settings import SamplingSettings
from appliance.call.listener import StepHeard
from appliance.errors import ModelError
from appliance.notation.drum_track import DrumTrack, Note

# Memories that are kept behind the newest step: 8 s of sixteenths at 450 quarters a minute are 240.
_KEPT = 512

_Pitches = tuple[int, ...]


class _Step(NamedTuple):
    """A step that is drawn. Where the model failed there is no moment, but an echo of the call's."""

    moment: Any
    log_likelihood: float
    echo: _Pitches = ()
    fault: str = ""


class _Line(NamedTuple):
    """What a beam draws: its label is all of it."""

    label: Drawn

    @property
    def log_likelihood(self) -> float:
        return self.label.log_likelihood


class Continuation:
    """The steps of one answer, in order; `take` makes the next one that was asked for."""

    def __init__(self, question: Question, primer: Primer, seed: int) -> None:
        self.next_step = 0
        self._frontier = 0  # the first step that is not drawn
        self._question = question
        self._network = primer.network
        self._sampling = question.sampling
        self._seed = seed
        self._take = 0
        self._until = 0
        self._dynamics = primer.dynamics
        self._fault = primer.fault
        self._position = primer.position + question.call.length  # of the answer's first step
        self._memories: dict[int, Any] = {0: primer.memory_at(question.call.length)}
        self._call: dict[int, _Pitches] = _pitches_of(question.call)  # with an accompaniment's own, which it hears too
        self._steps: dict[int, _Step] = {}
        self._search: BeamSearch[Any] | None = None
        self._made: list[Made] = []

    @property
    def network(self) -> Network:
        """The network that goes on."""
        return self._network

    @property
    def along(self) -> bool:
        """Whether it sounds together with its call."""
        return self._question.along

    def ask(self, until: int) -> None:
        """The steps below `until` are wanted."""
        self._until = until

    def rewind(self, step: int, take: int, sampling: SamplingSettings, network: Network) -> None:
        """From `step` on again, as another take. A network that hears another resolution has to wait for a call."""
        self.next_step = self._frontier = max(0, min(step, self.next_step))
        self._take, self._sampling = take, sampling
        self._made.clear()
        self._search = None
        self._steps = {at: drawn for at, drawn in self._steps.items() if at < self.next_step}
        self._memories = {at: memory for at, memory in self._memories.items() if at <= self.next_step}
        alike = (network.steps_per_quarter, network.speaks) == (self._network.steps_per_quarter, self._network.speaks)
        changes = network is not self._network and alike
        if changes:
            self._network, self._fault = network, ""
        if changes or not self._memories:
            # It hears the call anew, and as much of the answer as has sounded; an accompaniment has none to hear.
            since = self.next_step if self.along else -self._question.call.length
            self._memories = {since: self._network.fresh()}

    def listen(self, heard: StepHeard) -> None:
        """A step of the call that an accompaniment sounds with: the network hears both, as one drummer's."""
        step = heard.step - self._question.call.length
        while self.next_step <= step:
            while not self._catch_up():
                continue
            self._draw()
            self._emit()
        for note in heard.notes:
            self._dynamics.hear(note)
        played = (note.pitch for note in heard.notes)
        self._call[step] = tuple(sorted({*self._call.get(step, ()), *played}))
        before = {at: memory for at, memory in self._memories.items() if at <= step}
        # A model that came in the middle has heard nothing before this step.
        self._memories = before or {step: self._network.fresh()}
        self._feed(step)
        for old in [at for at in self._call if at <= step - _KEPT]:
            del self._call[old]

    def ready(self) -> bool:
        """Whether there is a step to give or to make."""
        return bool(self._made) or self.next_step < self._until

    def take(self) -> list[Made]:
        """The next step; none as long as the network has to catch up. One network step of work."""
        if not self._made and self.next_step < self._until:
            if not self._is_known() and self._catch_up():
                self._draw()
            if self._is_known():
                self._emit()
        made, self._made = self._made, []
        return made

    def remembered(self) -> tuple[Any, int] | None:
        """What the network knows when the steps so far have been heard, and its position; None behind a fault."""
        while not self._fault and self.next_step not in self._memories:
            self._feed(max(self._memories))
        return None if self._fault else (self._memories[self.next_step], self._position + self.next_step)

    @property
    def _end(self) -> int:
        """The step behind the last; an answer that was made longer is asked for beyond its first length."""
        return max(self._question.length, self._until)

    def _is_known(self) -> bool:
        """Whether the next step is drawn, and how long what begins on it sounds."""
        drawn = self._frontier - self.next_step
        if not drawn:
            return False
        if self.along or drawn > self._network.ahead or self._steps[self._frontier - 1].moment is None:
            return True
        if self._frontier >= self._end:
            return True
        return all(sounding.length < drawn for sounding in self._begun())

    def _catch_up(self) -> bool:
        """Feed a step, where one has to be, before another is drawn; whether the next can be drawn now."""
        frontier = self._frontier
        if not self._fault and frontier not in self._memories and self._search is None:
            self._feed(max(self._memories))
        return bool(self._fault) or self._search is not None or frontier in self._memories

    def _feed(self, step: int) -> None:
        """From the memory at a step make that of the next."""
        if self._fault or step not in self._memories:
            return
        network, memory, position = self._network, self._memories[step], self._position + step
        drawn = None if self.along else self._steps.get(step)
        try:
            if drawn is None:
                after = network.hear(memory, self._call.get(step, ()), position)
            elif drawn.moment is None:
                after = network.hear(memory, drawn.echo, position)
            else:
                after = network.feed(memory, drawn.moment, position)
        except ModelError as error:
            self._fault = str(error)
            return
        self._memories[step + 1] = after
        # A network that came in the middle has no memory of the first step until it has heard the call.
        kept = min(step + 1, self.next_step) - _KEPT
        for old in [at for at in self._memories if 0 < at <= kept]:
            del self._memories[old]

    def _draw(self) -> None:
        """Draw the first step that is not drawn; with a beam all of them, a step of the search at a time."""
        step = self._frontier
        if self._fault:
            self._echo(step)
            return
        try:
            if self._sampling.searches and not self.along:
                self._advance_search(step)
                return
            drawn = self._network.draw(self._memories[step], self._sampling, self._dice(step))
        except ModelError as error:
            self._fault = str(error)
            self._echo(step)
            return
        if drawn is None:
            self._echo(step)
        else:
            self._put(_Step(*drawn))

    def _advance_search(self, step: int) -> None:
        """Raises: ModelError."""
        throw, sampling, network = self._dice(step), self._sampling, self._network
        if self._search is None:
            start, length = self._memories[step], self._end - step
            if network.draw(start, sampling, throw) is None:
                self._echo(step)
                return
            throw = self._dice(step)

            def draw(memory: Any) -> _Line:
                drawn = network.draw(memory, sampling, throw)
                assert drawn is not None
                return _Line(drawn)

            def feed(memory: Any, line: Drawn, position: int) -> Any:
                return network.feed(memory, line.moment, self._position + step + position)

            self._search = BeamSearch(start, length, sampling, draw, feed)
        line = self._search.advance()
        if line is not None:
            self._search = None
            for drawn in line.labels:
                self._put(_Step(*drawn))

    def _dice(self, step: int) -> Any:
        return dice(self._seed, self._question.answer, step, self._take)

    def _echo(self, step: int) -> None:
        length = self._question.call.length
        # An accompaniment of which nothing is known rests: its call is there to be heard.
        pitches = self._call.get(step % length - length, ()) if length and not self.along else ()
        self._put(_Step(None, 0.0, pitches, self._fault))

    def _put(self, drawn: _Step) -> None:
        self._steps[self._frontier] = drawn
        self._frontier += 1

    def _begun(self) -> list[Sounding]:
        """What begins on the next step."""
        step, first = self.next_step, self._steps[self.next_step]
        if first.moment is None:
            return [Sounding(pitch, min(self._network.ahead, 1)) for pitch in first.echo]
        moments = []
        for at in range(step, self._frontier):
            if self._steps[at].moment is None:
                break
            moments.append(self._steps[at].moment)
        before = self._steps.get(step - 1)
        return list(self._network.begun(before and before.moment, moments))

    def _emit(self) -> None:
        step, drawn = self.next_step, self._steps[self.next_step]
        position = self._question.call.length + step
        begun = sorted(self._begun())
        notes = tuple(Note(step, pitch, self._dynamics.velocity(position, pitch), length) for pitch, length in begun)
        self._made.append(Made(self._question.answer, step, self._take, notes, drawn.log_likelihood, drawn.fault))
        if self.along:
            self._call[step] = tuple(note.pitch for note in notes)
            self._steps.pop(step - 1, None)
        self.next_step += 1


def _pitches_of(call: DrumTrack) -> dict[int, _Pitches]:
    """The call's steps, as steps before the answer."""
    steps: defaultdict[int, list[int]] = defaultdict(list)
    for note in call.notes:
        steps[note.step - call.length].append(note.pitch)
    return {step: tuple(pitches) for step, pitches in steps.items()}
