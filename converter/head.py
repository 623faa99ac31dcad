"""How a network's answer is read: as softmaxes side by side, or as a NADE's notes, one given those below it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from converter.architecture import Architecture
from converter.stack import NADE_DECODER, NADE_ENCODER

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


class Head(Protocol):
    """Choices side by side, each between so many; `following` is the input row [I] that comes next."""

    @property
    def sizes(self) -> Sequence[int]:
        """Between how many each choice is made."""

    def foretold(self, logits: Floats, following: Floats) -> Doubles:
        """The natural logarithms of the likelihoods, all choices end to end, from a model's logits [width]."""

    def expected(self, answer: Floats, following: Floats) -> Doubles:
        """The likelihoods, all choices end to end, from a reference's answer [width]."""


@dataclass(frozen=True)
class SoftmaxHead:
    """Softmaxes of these sizes; a reference answers with the softmaxes themselves."""

    sizes: tuple[int, ...]

    def foretold(self, logits: Floats, following: Floats) -> Doubles:  # noqa: ARG002
        """The logarithms of the softmaxes."""
        return np.concatenate([log_softmax(logits[start:end]) for start, end in ranges(self.sizes)])

    def expected(self, answer: Floats, following: Floats) -> Doubles:  # noqa: ARG002
        """The softmaxes."""
        return answer.astype(np.float64)


@dataclass(frozen=True)
class NadeHead:
    """A NADE of `notes` notes and `hidden` units over biases that the network gives: b_enc [hidden], b_dec [notes].

    Each note has a likelihood given the notes below it (H. Larochelle and I. Murray, "The Neural Autoregressive
    Distribution Estimator", 2011); here those below are the frame's that comes next, so that every weight takes part.
    `encode` and `decode` [notes, hidden] are nade/w_enc and nade/w_dec_t.
    """

    encode: Floats
    decode: Floats

    @property
    def sizes(self) -> tuple[int, ...]:
        """Each note is struck or not."""
        return (2,) * len(self.encode)

    def foretold(self, logits: Floats, following: Floats) -> Doubles:
        """The logarithms, for each note that of silence and that of the note."""
        scores = self._scores(logits, following)
        return np.stack([-np.logaddexp(0, scores), -np.logaddexp(0, -scores)], axis=1).ravel()

    def expected(self, answer: Floats, following: Floats) -> Doubles:
        """The likelihoods, for each note that of silence and that of the note."""
        return np.exp(self.foretold(answer, following))

    def _scores(self, biases: Floats, frame: Floats) -> Doubles:
        """The logit of each note [notes]."""
        hidden = self.encode.shape[1]
        below = np.cumsum(frame[:, None].astype(np.float64) * self.encode, axis=0)
        heard = biases[:hidden] + np.concatenate([np.zeros((1, hidden)), below[:-1]])
        return np.asarray(biases[hidden:] + ((1 + np.tanh(heard / 2)) / 2 * self.decode).sum(axis=1))


def head_of(architecture: Architecture, variables: Mapping[str, Floats]) -> Head:
    """How this network's answer is read."""
    if not architecture.config.is_nade:
        return SoftmaxHead(architecture.outputs)
    return NadeHead(variables[NADE_ENCODER][:, 0, :], variables[NADE_DECODER][:, :, 0])


def ranges(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where each of the choices begins and ends."""
    return pairwise([0, *np.cumsum(sizes).tolist()])


def log_softmax(logits: npt.NDArray[np.floating]) -> Doubles:
    """The logarithms of the softmax over the last axis, in double precision."""
    lowered = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return np.asarray(lowered - np.log(np.exp(lowered).sum(axis=-1, keepdims=True)))
