"""Samples of an autoencoder's steps, drawn outside its graph, as Magenta's decoders draw them.

magenta/models/music_vae/lstm_models.py: a categorical step is one softmax or several, a groove's hits are tossed while
its velocities and offsets are taken as they are, a NADE's notes are tossed each given those below it.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from converter.vae_config import VaeConfig
from converter.vae_network import Floats
from converter.vae_shapes import NADE_DECODER, NADE_ENCODER
from converter.weights import Variables

# Below it a choice is what is likeliest: e^(1 / temperature) is then past what float64 holds.
COLDEST = 1e-3


@dataclass(frozen=True)
class NadeWeights:
    """w_enc and w_dec_t, [notes, hidden] both."""

    encode: Floats
    decode: Floats


@dataclass(frozen=True)
class VaeSampler:
    """How the logits of this model become a step [depth]."""

    config: VaeConfig
    nade: NadeWeights | None = None

    def sample(self, logits: Floats, temperature: float, rng: np.random.Generator) -> Floats:
        """A step drawn from `logits`; at a temperature of nearly 0 the likeliest."""
        if self.config.decoder == "groove":
            hits = tossed(logits[:9], temperature, rng)
            return np.concatenate([hits, sigmoid(logits[9:18]), np.tanh(logits[18:])]).astype(np.float32)
        if self.nade is not None:
            return self._notes(logits, self.nade, temperature, rng)
        step = np.zeros(self.config.output_depth, np.float32)
        for start, end in pairwise([0, *np.cumsum(self.config.output_depths).tolist()]):
            step[start + _drawn(logits[start:end], temperature, rng)] = 1
        return step

    def _notes(self, logits: Floats, nade: NadeWeights, temperature: float, rng: np.random.Generator) -> Floats:
        hidden = nade.encode.shape[1]
        heard = logits[:hidden].astype(np.float64)
        notes = np.zeros(len(nade.encode), np.float32)
        for note, bias in enumerate(logits[hidden:]):
            score = bias + sigmoid(heard) @ nade.decode[note]
            notes[note] = tossed(np.array([score]), temperature, rng)[0]
            heard += notes[note] * nade.encode[note]
        return notes


def sampler_of_weights(config: VaeConfig, variables: Variables) -> VaeSampler:
    """How the logits of a network with these variables become steps."""
    if config.decoder != "nade":
        return VaeSampler(config)
    encode, decode = variables[NADE_ENCODER][:, 0, :], variables[NADE_DECODER][:, :, 0]
    return VaeSampler(config, NadeWeights(encode, decode))


def sigmoid(x: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """1 / (1 + e^-x), without overflow."""
    return np.asarray((1 + np.tanh(x.astype(np.float64) / 2)) / 2)


def tossed(logits: npt.NDArray[np.floating], temperature: float, rng: np.random.Generator) -> Floats:
    """Ones and zeros by their log-odds."""
    if temperature < COLDEST:
        return (logits > 0).astype(np.float32)
    return (rng.random(logits.shape) < sigmoid(logits / temperature)).astype(np.float32)


def _drawn(logits: Floats, temperature: float, rng: np.random.Generator) -> int:
    """Gumbel's way: the largest of the scores with noise on them is a draw from their softmax."""
    if temperature < COLDEST:
        return int(np.argmax(logits))
    return int(np.argmax(logits.astype(np.float64) / temperature + rng.gumbel(size=logits.shape)))
