"""What the room may know of an autoencoder: steps of its encoder and decoder, with their state handed in and out."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt

from appliance.groove.card import AutoencoderCard

Floats = npt.NDArray[np.float32]
State = tuple[Floats, ...]

# Steps of an encoder that are one piece of work: 0.1 ms each on a workstation, 0.5 ms on a Pi 4 at the published sizes.
_PIECE = 8


class Autoencoder(Protocol):
    """An encoder and a decoder. No array that is handed in is written to. Raises: ModelError, everywhere."""

    @property
    def card(self) -> AutoencoderCard:
        """What the model is."""
        ...

    def silence(self) -> State:
        """The encoder's state before the first step, both ways."""
        ...

    def read(self, forward: Floats, backward: Floats, state: State) -> State:
        """One step both ways, from rows [in]."""
        ...

    def latent(self, state: State) -> Floats:
        """The mean of z [Z] when all is read."""
        ...

    def start(self, z: Floats) -> State:
        """The decoder's state before the first step."""
        ...

    def step(self, previous: Floats, state: State) -> tuple[Floats, State]:
        """The logits [out] of a step and the state behind it, from the step before [out]; zeros before the first."""
        ...


class Reading:
    """A window that is being read, piece by piece: `z` is there when `pieces` has come to its end."""

    def __init__(self, autoencoder: Autoencoder, rows: Floats) -> None:
        """`rows` [T, in]."""
        self._autoencoder = autoencoder
        self._rows = rows
        self.z: Floats = np.zeros(autoencoder.card.z, np.float32)

    def pieces(self) -> Iterator[None]:
        """Read on; stops for others after every piece."""
        state = self._autoencoder.silence()
        for number, (forward, backward) in enumerate(zip(self._rows, self._rows[::-1], strict=True)):
            state = self._autoencoder.read(forward, backward, state)
            if number % _PIECE == _PIECE - 1:
                yield
        self.z = self._autoencoder.latent(state)
