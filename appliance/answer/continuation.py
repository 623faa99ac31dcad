"""An answer as the network makes it: it goes on from a call, and can be taken back to any of its steps.

Steps count from the answer's first; those of the call are below 0. To draw a step the network must have been fed all
before it: one step of work where that is the last one only, and one for each step that has to be fed again.
"""

from collections import defaultdict

from appliance.answer.answering import Made, Question
from appliance.answer.chance import chance
from appliance.answer.network import Memory, Network
from appliance.answer.primer import Primer
from appliance.answer.sampling import choose
from appliance.answer.sampling_settings import SamplingSettings
from appliance.call.listener import StepHeard
from appliance.errors import ModelError
from appliance.notation.drum_track import DrumTrack, Note

# Memories that are kept behind the newest step: 8 s of sixteenths at 450 quarters a minute are 240.
_KEPT = 512

_Pitches = tuple[int, ...]


class Continuation:
    """The steps of one answer, in order; `take` makes the next one that was asked for."""

    def __init__(self, question: Question, primer: Primer, seed: int) -> None:
        self.next_step = 0
        self._question = question
        self._network = primer.network
        self._sampling = question.sampling
        self._seed = seed
        self._take = 0
        self._until = 0
        self._dynamics = primer.dynamics
        self._fault = primer.fault
        self._position = primer.position + question.call.length  # of the answer's first step
        self._memories = {0: primer.memory_at(question.call.length)}
        self._pitches: dict[int, _Pitches] = _pitches_of(question.call)
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
        self.next_step = max(0, min(step, self.next_step))
        self._take, self._sampling = take, sampling
        self._made.clear()
        self._memories = {at: memory for at, memory in self._memories.items() if at <= self.next_step}
        if network is not self._network and network.steps_per_quarter == self._network.steps_per_quarter:
            self._network, self._fault = network, ""
            # It hears the call anew, and as much of the answer as has sounded; an accompaniment has none to hear.
            since = self.next_step if self.along else -self._question.call.length
            self._memories = {since: network.fresh()}

    def listen(self, heard: StepHeard) -> None:
        """A step of the call that an accompaniment sounds with: the network hears both, as one drummer's."""
        step = heard.step - self._question.call.length
        while self.next_step <= step:
            self._made.append(self._draw())
        for note in heard.notes:
            self._dynamics.hear(note)
        played = (note.pitch for note in heard.notes)
        self._pitches[step] = tuple(sorted({*self._pitches.get(step, ()), *played}))
        self._memories = {at: memory for at, memory in self._memories.items() if at <= step}
        self._feed(step)
        for old in [at for at in self._pitches if at <= step - _KEPT]:
            del self._pitches[old]

    def ready(self) -> bool:
        """Whether there is a step to give or to make."""
        return bool(self._made) or self.next_step < self._until

    def take(self) -> list[Made]:
        """The next step; none as long as the network has to catch up. One network step of work."""
        if not self._made and self.next_step < self._until and self._catch_up():
            self._made.append(self._draw())
        made, self._made = self._made, []
        return made

    def remembered(self) -> tuple[Memory, int] | None:
        """What the network knows when the steps so far have been heard, and its position; None behind a fault."""
        while not self._fault and self.next_step not in self._memories:
            self._feed(max(self._memories))
        return None if self._fault else (self._memories[self.next_step], self._position + self.next_step)

    def _catch_up(self) -> bool:
        if not self._fault and self.next_step not in self._memories:
            self._feed(max(self._memories))
        return bool(self._fault) or self.next_step in self._memories

    def _feed(self, step: int) -> None:
        """From the memory at a step make that of the next."""
        if self._fault or step not in self._memories:
            return
        try:
            pitches = self._pitches.get(step, ())
            memory = self._network.feed(self._memories[step], pitches, self._position + step)
        except ModelError as error:
            self._fault = str(error)
            return
        self._memories[step + 1] = memory
        # A network that came in the middle has no memory of the first step until it has heard the call.
        kept = step + 1 - _KEPT
        for old in [at for at in self._memories if 0 < at <= kept]:
            del self._memories[old]

    def _draw(self) -> Made:
        step = self.next_step
        while not self._catch_up():
            continue
        pitches, log_likelihood = self._choose(step)
        self.next_step += 1
        self._pitches[step] = pitches
        position = self._question.call.length + step
        notes = tuple(Note(step, pitch, self._dynamics.velocity(position, pitch)) for pitch in sorted(pitches))
        return Made(self._question.answer, step, self._take, notes, log_likelihood, self._fault)

    def _choose(self, step: int) -> tuple[_Pitches, float]:
        logits = None if self._fault else self._memories[step].logits
        if logits is not None:
            try:
                dice = chance(self._seed, self._question.answer, step, self._take)
                drawn = choose(logits, self._sampling, dice)
            except ModelError as error:
                self._fault = str(error)
            else:
                return self._network.encoding.pitches(drawn.label), drawn.log_likelihood
        length = self._question.call.length
        return self._pitches.get(step % length - length, ()) if length else (), 0.0


def _pitches_of(call: DrumTrack) -> dict[int, _Pitches]:
    """The call's steps, as steps before the answer."""
    steps: defaultdict[int, list[int]] = defaultdict(list)
    for note in call.notes:
        steps[note.step - call.length].append(note.pitch)
    return {step: tuple(pitches) for step, pitches in steps.items()}
