"""The steps of a groove model by a TFLite interpreter: one file, with a signature for each thing that it does."""

from pathlib import Path
from typing import Any

import numpy as np

from appliance.drivers.model_file import read_autoencoder_card
from appliance.drivers.tflite import open_interpreter
from appliance.errors import ModelError
from appliance.groove.autoencoder import Floats, State
from appliance.groove.card import AutoencoderCard

_READ = ("fc", "fh", "bc", "bh")
_READ_AFTER = tuple(f"{name}_out" for name in _READ)


class TfliteAutoencoder:
    """A model file, opened, checked, and run once so that the first real step is as quick as any."""

    def __init__(self, path: Path) -> None:
        """Raises: ModelError when the file or the interpreter cannot be used."""
        self.card: AutoencoderCard = read_autoencoder_card(path)
        self._interpreter = open_interpreter(path)
        try:
            self._read, self._latent, self._start, self._step = (
                self._interpreter.get_signature_runner(name) for name in ("read_0", "latent", "start", "step")
            )
        except ValueError:
            raise ModelError(f"{path} lacks a signature that its card promises: convert the model again") from None
        self._names = tuple(tensor.name for tensor in self.card.state)
        inputs = set(self._step.get_input_details())
        if inputs != {"previous", *self._names}:
            raise ModelError(f"{path} has inputs {sorted(inputs)}, its card says {sorted(self._names)}: convert it")
        after = set(self._step.get_output_details())
        # What a step does not change is handed on as it is.
        self._after = tuple(f"{name}_out" if f"{name}_out" in after else "" for name in self._names)
        self._warm_up()

    def silence(self) -> State:
        """Zeros, c and h of both directions [1, U]."""
        return tuple(np.zeros((1, self.card.encoder[0]), np.float32) for _ in _READ)

    def read(self, forward: Floats, backward: Floats, state: State) -> State:
        """One step of the encoder both ways. Raises: ModelError."""
        fed = dict(zip(_READ, state, strict=True))
        found = self._run(self._read, forward=forward[np.newaxis], backward=backward[np.newaxis], **fed)
        return tuple(found[name] for name in _READ_AFTER)

    def latent(self, state: State) -> Floats:
        """The mean of z [Z]. Raises: ModelError."""
        found = self._run(self._latent, embedding=np.concatenate([state[1], state[3]], 1))
        return np.asarray(found["mu"][0])

    def start(self, z: Floats) -> State:
        """The decoder's state, an array [1, size] a tensor of the card. Raises: ModelError."""
        found = self._run(self._start, segment=z[np.newaxis])
        return tuple(found[name] for name in self._names)

    def step(self, previous: Floats, state: State) -> tuple[Floats, State]:
        """The logits [out] and the state behind the step. Raises: ModelError."""
        found = self._run(self._step, previous=previous[np.newaxis], **dict(zip(self._names, state, strict=True)))
        after = (found[name] if name else kept for name, kept in zip(self._after, state, strict=True))
        return np.asarray(found["logits"][0]), tuple(after)

    def _run(self, runner: Any, **fed: Floats) -> dict[str, Floats]:
        try:
            found: dict[str, Floats] = runner(**fed)
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"the groove model {self.card.name} failed in a step: {error}") from None
        return found

    def _warm_up(self) -> None:
        row = np.zeros(self.card.input_depth, np.float32)
        z = self.latent(self.read(row, row, self.silence()))
        self.step(np.zeros(sum(self.card.output_depths), np.float32), self.start(z))
