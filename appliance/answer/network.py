"""What answers, spoken to in steps: pitches of a call in, moments of an answer out, with the memory kept by others.

A moment is what a network draws for one step: of drums their pitches, of a melody its event, of polyphony several.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from appliance.answer.encoding import Encoding, Floats
from appliance.answer.model import Model, State
from appliance.answer.narrowing import only_drums, with_density, with_tilt
from appliance.answer.sampling import Doubles, choose
from appliance.answer.sampling_settings import SamplingSettings
from appliance.notation.drums import drum_of

Dice = Callable[[], float]


class Drawn(NamedTuple):
    """A moment, and its natural-log likelihood at temperature 1."""

    moment: Any
    log_likelihood: float


class Sounding(NamedTuple):
    """What begins on a step: a pitch, and for how many steps it sounds; 0 of a drum, which has no end."""

    pitch: int
    length: int


class Network(Protocol):
    """A model, spoken to in steps. Memories are values: whoever keeps one can go on from it again."""

    @property
    def model(self) -> Model:
        """The step function."""
        ...

    @property
    def steps_per_quarter(self) -> int:
        """The resolution at which it listens and answers."""
        ...

    @property
    def ahead(self) -> int:
        """How many steps are drawn at most before it is known how long a pitch sounds."""
        ...

    @property
    def speaks(self) -> object:
        """Networks that speak alike understand one another's moments."""
        ...

    def class_of(self, pitch: int) -> int | None:
        """Which pitches are played alike: those of one class."""
        ...

    def fresh(self) -> Any:
        """Before anything was heard."""
        ...

    def hear(self, memory: Any, pitches: Sequence[int], position: int) -> Any:
        """After a step of a call, the `position`-th since the memory was fresh. Raises: ModelError."""
        ...

    def feed(self, memory: Any, moment: Any, position: int) -> Any:
        """After a step of an answer. Raises: ModelError."""
        ...

    def draw(self, memory: Any, sampling: SamplingSettings, dice: Dice) -> Drawn | None:
        """The next moment; None when nothing was heard yet. Raises: ModelError."""
        ...

    def begun(self, before: Any, moments: Sequence[Any]) -> Sequence[Sounding]:
        """What begins with the first of the moments, `before` which another was (or None).

        What has not ended within the moments is as long as they are.
        """
        ...


class Memory(msgspec.Struct, frozen=True):
    """What a network made of the steps so far: the logits of the next step, float32 [classes], and its state.

    Before the first step there are no logits.
    """

    logits: Floats | None
    state: State


class DrumNetwork:
    """A drums_rnn: a Network whose moments are pitches."""

    ahead = 0
    speaks = "drums"

    def __init__(self, model: Model) -> None:
        """Raises: ValueError when the card's encoding does not fit together."""
        self.model = model
        self.encoding = Encoding(model.card.encoding)
        self._drums = [drum_of(pitches[0]) for pitches in model.card.encoding.drum_map]

    @property
    def steps_per_quarter(self) -> int:
        """The resolution at which it listens and answers."""
        return self.model.card.steps_per_quarter

    def class_of(self, pitch: int) -> int | None:
        """The drum class of a pitch."""
        return self.encoding.class_of(pitch)

    def fresh(self) -> Memory:
        """Before anything was heard."""
        return Memory(None, self.model.initial_state())

    def hear(self, memory: Memory, pitches: Sequence[int], position: int) -> Memory:
        """After one more step. Raises: ModelError."""
        inputs = self.encoding.inputs(self.encoding.label(pitches), position)
        return Memory(*self.model.step(inputs, memory.state))

    feed = hear

    def draw(self, memory: Memory, sampling: SamplingSettings, dice: Dice) -> Drawn | None:
        """The next step's pitches. Raises: ModelError."""
        if memory.logits is None:
            return None
        wishes = bool(sampling.density or sampling.allowed_drums or sampling.drums_a_step)
        choice = choose(memory.logits, sampling, dice(), self._wish(sampling) if wishes else None)
        return Drawn(self.encoding.pitches(choice.label), choice.log_likelihood)

    def begun(self, before: object, moments: Sequence[tuple[int, ...]]) -> Sequence[Sounding]:  # noqa: ARG002
        """All pitches of the first moment."""
        return [Sounding(pitch, 0) for pitch in moments[0]]

    def _wish(self, sampling: SamplingSettings) -> Callable[[Doubles], Doubles]:
        def wish(logits: Doubles) -> Doubles:
            if sampling.density:
                logits = with_tilt(logits, sampling.density)
            if sampling.allowed_drums:
                allowed = [place for place, drum in enumerate(self._drums) if sampling.allows(drum)]
                logits = only_drums(logits, allowed)
            return with_density(logits, sampling.drums_a_step) if sampling.drums_a_step else logits

        return wish
