"""What an autoencoder does, whatever runs it: the model file by an interpreter, or TensorFlow from the weights."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
State = Mapping[str, Floats]


class VaeNetwork(Protocol):
    """One model. Rows have the control behind them where the configuration has one."""

    def encode(self, segments: Sequence[Floats]) -> tuple[Floats, Floats]:
        """The mean and the standard deviation of z [Z], from rows [T, in]; a flat encoder has one segment."""

    def segments(self, z: Floats) -> Sequence[Floats]:
        """What each segment is decoded from [E]; of a flat decoder z itself, once."""

    def start(self, segment: Floats) -> State:
        """The decoder's state before a segment's first step."""

    def step(self, previous: Floats, control: Floats | None, state: State) -> tuple[Floats, State]:
        """The logits [out] of a step and the state behind it, from the step before [depth] and the control [c]."""
