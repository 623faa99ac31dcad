"""A melody model that sings again what it heard sixteen steps ago: its answers can be foretold."""

from collections import deque

import numpy as np

from appliance.answer.card import Card, Encoding, Flatbuffer, StateTensor
from appliance.answer.encoding import Floats
from appliance.answer.model import State

MEMORY, CERTAIN = 16, 30.0


class Songbird:
    """A Model of basic_rnn's encoding over every pitch; `heard` keeps the labels that it was given."""

    nade = None

    def __init__(self, key: int = -1, kind: str = "melody") -> None:
        low, high = (48, 83) if key >= 0 else (0, 127)
        self._classes = high - low + 3
        self.card = Card(
            format=1,
            name="songbird",
            description="",
            family="melody_rnn" if kind == "melody" else "performance_rnn",
            config="mono_rnn",
            encoding=Encoding(
                kind, (), "none", 0, self._classes, self._classes, lowest_pitch=low, highest_pitch=high, key=key
            ),
            steps_per_quarter=4,
            layer_sizes=(MEMORY,),
            state=(StateTensor("c0", MEMORY),),
            quantization="none",
            licence="Apache-2.0",
            credit="",
            tflite=Flatbuffer(0, ""),
        )
        self.heard: deque[int] = deque(maxlen=1000)

    def initial_state(self) -> State:
        return (np.zeros((1, MEMORY), np.float32),)

    def step(self, inputs: Floats, state: State) -> tuple[Floats, State]:
        label = int(inputs.argmax())
        self.heard.append(label)
        memory = np.append(state[0][:, 1:], np.float32([[label]]), axis=1)
        logits = np.zeros(self._classes, np.float32)
        logits[int(memory[0, 0])] = CERTAIN
        return logits, (memory,)
