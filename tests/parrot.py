"""A model that says again what it heard sixteen steps ago: its answers can be foretold."""

from collections import deque

import numpy as np

from appliance.answer.card import Card, Encoding, Flatbuffer, StateTensor
from appliance.answer.encoding import Floats
from appliance.answer.model import State
from appliance.errors import ModelError
from appliance.notation.drums import KEYS

MEMORY = 16
CERTAIN = 30.0  # a logit so far above the others that no seed changes the choice


def card(steps_per_quarter: int = 4) -> Card:
    """The card of a drum_kit model with sixteen numbers of state."""
    drum_map = tuple(KEYS.values())
    return Card(
        format=1,
        name="parrot",
        description="",
        family="drums_rnn",
        config="drum_kit",
        encoding=Encoding("multi_drum", drum_map, "2019", 6, 518, 512),
        steps_per_quarter=steps_per_quarter,
        layer_sizes=(MEMORY,),
        state=(StateTensor("c0", MEMORY),),
        quantization="none",
        licence="Apache-2.0",
        credit="",
        tflite=Flatbuffer(0, ""),
    )


class Parrot:
    """A Model; `heard` keeps every input it was given, as (label, counter of the position)."""

    def __init__(self, steps_per_quarter: int = 4) -> None:
        self.card = card(steps_per_quarter)
        self.heard: list[tuple[int, int]] = []

    def initial_state(self) -> State:
        return (np.zeros((1, MEMORY), np.float32),)

    def step(self, inputs: Floats, state: State) -> tuple[Floats, State]:
        label = int(inputs[:512].argmax())
        bits = inputs[512:] > 0
        self.heard.append((label, int(sum(bit << index for index, bit in enumerate(bits)))))
        memory = np.append(state[0][:, 1:], np.float32([[label]]), axis=1)
        logits = np.zeros(512, np.float32)
        logits[int(memory[0, 0])] = CERTAIN
        return logits, (memory,)


class Forgetful(Parrot):
    """Keeps only the latest of what it was given, for an hour of it."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = deque(maxlen=4 * MEMORY)


class Broken(Parrot):
    """Fails at its n-th step."""

    def __init__(self, fails_at: int) -> None:
        super().__init__()
        self._fails_at = fails_at

    def step(self, inputs: Floats, state: State) -> tuple[Floats, State]:
        if len(self.heard) >= self._fails_at:
            raise ModelError("the parrot has flown")
        return super().step(inputs, state)


class Dicing(Parrot):
    """Every label is as likely as another: each take is a throw of dice."""

    def step(self, inputs, state):
        logits, after = super().step(inputs, state)
        return 0 * logits, after
