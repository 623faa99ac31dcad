"""What a MusicVAE in training is told to make small."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from converter.groove_tensors import DRUMS
from converter.keras_library import keras, ops
from converter.vae_shape import Head

Error = Literal["squared", "absolute"]


@dataclass(frozen=True)
class Losses:
    """The published loss of a head, and the price of z.

    `beta` times the divergence of z from N(0, I) above `free_bits`. Of grooves: with `on_hits` velocity and offset
    count where the drum is hit and nowhere else (published: everywhere, as 0 where it is not), `error` is how they count.
    """

    head: Head
    beta: float
    free_bits: float
    error: Error = "squared"
    on_hits: bool = False
    weight: float = 1.0
    feeds_back: bool = False

    def latent(self, mean: Any, deviation: Any) -> Any:
        """The price of each z [B], in nats."""
        square = ops.square(deviation)
        divergence = 0.5 * ops.sum(ops.square(mean) + square - 1 - ops.log(ops.maximum(square, 1e-12)), -1)
        return self.beta * ops.maximum(divergence - self.free_bits * math.log(2), 0.0)

    def reconstruction(self, outputs: Any, wanted: Any) -> Any:
        """The loss of each piece [B] from outputs and wanted rows [T, B, out]."""
        hits, velocities, offsets = (wanted[..., start : start + DRUMS] for start in (0, DRUMS, 2 * DRUMS))
        logits = outputs[..., :DRUMS]
        nats = ops.maximum(logits, 0) - logits * hits + ops.log1p(ops.exp(-ops.abs(logits)))
        errors = self._error(ops.sigmoid(outputs[..., DRUMS : 2 * DRUMS]) - velocities)
        errors = errors + self._error(ops.tanh(outputs[..., 2 * DRUMS :]) - offsets)
        if self.on_hits:
            errors = errors * hits
        return ops.sum(nats + self.weight * errors, (0, 2))

    def chances(self, wanted: Any, _: Any) -> Any:
        """What `heard` draws with [T, B, n]; for grooves nothing is drawn."""
        return ops.zeros_like(wanted[..., :1])

    def heard(self, outputs: Any, truth: Any, _: Any) -> Any:
        """What a step leaves for the next: the true hits, with the network's own velocities and offsets."""
        hits = truth[..., :DRUMS]
        velocities, offsets = ops.sigmoid(outputs[..., DRUMS : 2 * DRUMS]), ops.tanh(outputs[..., 2 * DRUMS :])
        return ops.concatenate([hits, velocities * hits, offsets * hits], -1)

    def _error(self, difference: Any) -> Any:
        return ops.square(difference) if self.error == "squared" else ops.abs(difference)
