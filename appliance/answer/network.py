"""A model with its encoding: steps of drums in, logits and state kept together."""

from collections.abc import Iterable

import msgspec

from appliance.answer.encoding import Encoding, Floats
from appliance.answer.model import Model, State


class Memory(msgspec.Struct, frozen=True):
    """What a network made of the steps so far: the logits of the next step, float32 [classes], and its state.

    Before the first step there are no logits.
    """

    logits: Floats | None
    state: State


class Network:
    """A model, spoken to in pitches. Memories are values: whoever keeps one can go on from it again."""

    def __init__(self, model: Model) -> None:
        """Raises: ValueError when the card's encoding does not fit together."""
        self.model = model
        self.encoding = Encoding(model.card.encoding)

    @property
    def steps_per_quarter(self) -> int:
        """The resolution at which it listens and answers."""
        return self.model.card.steps_per_quarter

    def fresh(self) -> Memory:
        """Before anything was heard."""
        return Memory(None, self.model.initial_state())

    def feed(self, memory: Memory, pitches: Iterable[int], position: int) -> Memory:
        """After one more step, the `position`-th since the memory was fresh. Raises: ModelError."""
        inputs = self.encoding.inputs(self.encoding.label(pitches), position)
        return Memory(*self.model.step(inputs, memory.state))
