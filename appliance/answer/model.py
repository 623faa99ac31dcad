"""What a room may know of a model: one step, with its state handed in and out."""

from typing import Protocol

from appliance.answer.card import Card
from appliance.answer.encoding import Floats
from appliance.answer.nade import Nade

# One array for each state tensor of the card, float32 [1, size], in the card's order. Arrays are never written to:
# a state that is kept stays what it was.
State = tuple[Floats, ...]


class Model(Protocol):
    """A step function with explicit state."""

    @property
    def card(self) -> Card:
        """What the model is."""
        ...

    @property
    def nade(self) -> Nade | None:
        """What a pianoroll model's frames are drawn from; None of every other."""
        return None

    def initial_state(self) -> State:
        """The state before the first step: zeros."""
        ...

    def step(self, inputs: Floats, state: State) -> tuple[Floats, State]:
        """Logits, float32 [classes], and the next state for one input, float32 [input_size].

        Raises: ModelError when the interpreter refuses.
        """
        ...
