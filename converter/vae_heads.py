"""The ends of MusicVAE's decoders: what an output row costs, and what the next step hears of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, Protocol

from converter.groove_tensors import DRUMS
from converter.keras_library import keras, ops
from converter.vae_config import VaeConfig
from converter.vae_shapes import NADE_DECODER, NADE_ENCODER

LossName = Literal["published", "played"]


class Head(Protocol):
    """Outputs are rows [T, B, n] before any squashing; what is wanted is [T, B, m] as the material gives it."""

    def nats(self, outputs: Any, wanted: Any) -> Any:
        """The loss of each step [T, B]."""

    def chances(self, wanted: Any, seed: Any) -> Any:
        """What `heard` draws with: rows [T, B, n]."""

    def heard(self, outputs: Any, chances: Any, truth: Any) -> Any:
        """One step's own sample [B, m], of an output row [B, n] and one row of chances; without them the likeliest."""


@dataclass(frozen=True)
class GrooveHead:
    """Hits, velocities and offsets of nine drums.

    Published: log loss of the hits and squared errors of the rest, which is wanted to be 0 where no drum is hit.
    Played: absolute errors where a drum is hit and nowhere else, three times over, so that how a drum is struck weighs
    about as much as whether. `forced`: the hits are known where it is played, as a humaniser's are.
    """

    loss: LossName = "published"
    forced: bool = False

    def nats(self, outputs: Any, wanted: Any) -> Any:
        """Summed over the drums."""
        hits, velocities, offsets = _thirds(wanted)
        logits, loud, early = _thirds(outputs)
        misses = ops.binary_crossentropy(hits, logits, from_logits=True)
        loud, early = ops.sigmoid(loud) - velocities, ops.tanh(early) - offsets
        if self.loss == "published":
            errors = ops.square(loud) + ops.square(early)
        else:
            errors = PLAYED_WEIGHT * hits * (ops.abs(loud) + ops.abs(early))
        return ops.sum(misses + errors, -1)

    def chances(self, wanted: Any, seed: Any) -> Any:
        """Logistic noise: logits with it are above 0 as often as they say; less of it, of each window, is colder."""
        uniform = keras.random.uniform((*wanted.shape[:2], DRUMS), 1e-6, 1 - 1e-6, seed=seed)
        warmth = keras.random.uniform((1, wanted.shape[1], 1), seed=seed)
        return warmth * (ops.log(uniform) - ops.log(1 - uniform))

    def heard(self, outputs: Any, chances: Any, truth: Any) -> Any:
        """Hits, and velocity and offset of those alone."""
        logits, loud, early = _thirds(outputs)
        hits = truth[..., :DRUMS] if self.forced else ops.cast(logits + chances > 0, "float32")
        return ops.concatenate([hits, hits * ops.sigmoid(loud), hits * ops.tanh(early)], -1)


PLAYED_WEIGHT = 3.0


def _thirds(rows: Any) -> tuple[Any, Any, Any]:
    return rows[..., :DRUMS], rows[..., DRUMS : 2 * DRUMS], rows[..., 2 * DRUMS :]


@dataclass(frozen=True)
class CategoricalHead:
    """One softmax, or several side by side; what is wanted is the number of a class of each."""

    depths: tuple[int, ...]

    def nats(self, outputs: Any, wanted: Any) -> Any:
        """Summed over the parts."""
        return sum(
            ops.sparse_categorical_crossentropy(wanted[..., number], part, from_logits=True)
            for number, part in enumerate(self._parts(outputs))
        )

    def chances(self, wanted: Any, seed: Any) -> Any:
        """Noise after Gumbel: the greatest of logits with it is a sample of them."""
        uniform = keras.random.uniform((*wanted.shape[:2], sum(self.depths)), 1e-7, 1.0, seed=seed)
        return -ops.log(-ops.log(uniform))

    def heard(self, outputs: Any, chances: Any, truth: Any) -> Any:  # noqa: ARG002
        """A number of each part."""
        return ops.stack([ops.argmax(part, -1) for part in self._parts(outputs + chances)], -1)

    def _parts(self, rows: Any) -> list[Any]:
        edges = [sum(self.depths[:number]) for number in range(len(self.depths) + 1)]
        return [rows[..., first:last] for first, last in pairwise(edges)]


@dataclass(frozen=True)
class NadeHead:
    """Bits, each foretold with those before it: an output row is the hidden layer's bias, then the bits' own.

    Neural autoregressive distribution estimation, Larochelle and Murray 2011.
    """

    hidden: int
    weights: Callable[[], Mapping[str, Any]]

    def nats(self, outputs: Any, wanted: Any) -> Any:
        """Summed over the bits."""
        parts = self.weights()
        added = wanted[..., None] * ops.convert_to_tensor(parts[NADE_ENCODER])[:, 0]  # [T, B, bits, hidden]
        hidden = outputs[..., None, : self.hidden] + ops.cumsum(added, -2) - added
        across = ops.convert_to_tensor(parts[NADE_DECODER])[..., 0]
        logits = outputs[..., self.hidden :] + ops.sum(ops.sigmoid(hidden) * across, -1)
        return ops.sum(ops.binary_crossentropy(wanted, logits, from_logits=True), -1)

    def chances(self, wanted: Any, seed: Any) -> Any:
        """Magenta's NADE models learn from the truth alone."""
        raise NotImplementedError

    def heard(self, outputs: Any, chances: Any, truth: Any) -> Any:
        """Never asked for."""
        raise NotImplementedError


def head_of(config: VaeConfig, loss: LossName, nade_hidden: int, weights: Callable[[], Mapping[str, Any]]) -> Head:
    """The end of a configuration's decoder."""
    if config.decoder == "groove":
        told = (config.groove is not None and config.groove.humanize) or config.control_depth > 0
        return GrooveHead(loss, forced=told)
    if config.decoder == "nade":
        return NadeHead(nade_hidden, weights)
    return CategoricalHead(config.output_depths)
