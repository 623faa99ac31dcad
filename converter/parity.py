"""How far a model's answers lie from its source's, step by step, both carrying their own state."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from converter.architecture import Architecture
from converter.drum_kit import Encoding
from converter.errors import SourceError
from converter.likelihood import log_softmax
from converter.patterns import beat, chance
from converter.reference import Reference
from converter.stepper import Stepper
from converter.tflite import Quantization

Floats = npt.NDArray[np.float32]
STEPS_PER_PATTERN = 384
_SEED = 20161117


@dataclass(frozen=True)
class Tolerance:
    """How far a model may lie from its source: the largest softmax difference, and the mean divergence in nats."""

    softmax: float
    divergence: float


# Float32: rounding alone (1.4e-6 is usual). The others are measured on trained bundles, with room: the worst was
# 5e-4 and 1.2e-7 nats in float16, 0.06 and 8e-4 nats in int8. A recurrent network carries a rounding on, so single
# steps stray far; what a listener loses is the mean divergence, and 0.02 nats of it cannot be heard.
TOLERANCES: Mapping[Quantization, Tolerance] = MappingProxyType(
    {"none": Tolerance(1e-5, 1e-6), "float16": Tolerance(0.02, 1e-3), "int8": Tolerance(0.3, 0.02)}
)


@dataclass(frozen=True)
class Difference:
    """The largest absolute differences over all steps.

    `logits` compares logarithms of the softmax, which are the logits less a constant: a graph gives out no more.
    `divergence` is the mean Kullback-Leibler divergence of model from source, in nats a step.
    """

    steps: int
    softmax: float
    logits: float
    divergence: float
    top1_agreement: float
    states: Mapping[str, float]


@dataclass(frozen=True)
class _Step:
    softmax: float
    logits: float
    divergence: float
    agrees: bool
    states: tuple[float, ...]


def compare(
    reference: Reference,
    stepper: Stepper,
    architecture: Architecture,
    encoding: Encoding,
    steps: int = STEPS_PER_PATTERN,
) -> Difference:
    """The differences over `steps` steps of chance and as many of a beat, each from the initial state.

    Raises:
        SourceError: the source itself answers with what is no number.

    """
    random = np.random.default_rng(_SEED)
    taken: list[_Step] = []
    for pattern in (chance, beat):
        taken += _walk(reference, stepper, architecture, encoding.inputs(pattern(encoding, steps, random)))
    names = [name for name, _ in architecture.state()]
    return Difference(
        steps=len(taken),
        softmax=_largest(step.softmax for step in taken),
        logits=_largest(step.logits for step in taken),
        divergence=float(np.mean([step.divergence for step in taken])),
        top1_agreement=float(np.mean([step.agrees for step in taken])),
        states={name: _largest(step.states[k] for step in taken) for k, name in enumerate(names)},
    )


def _largest(values: Iterable[float]) -> float:
    """Unlike max(), it never passes over what is no number."""
    return float(np.max(list(values)))


def _walk(reference: Reference, stepper: Stepper, architecture: Architecture, rows: Floats) -> Iterator[_Step]:
    ours, theirs = stepper.initial_state(), reference.initial_state()
    for row in rows:
        logits, ours = stepper.step(row, ours)
        expected, theirs = reference.run(row[None, :], theirs)
        if not np.isfinite(expected).all():
            raise SourceError(f"The {reference.name}, answers with what is no number: its training went astray.")
        with np.errstate(invalid="ignore"):  # a model that overflows is found by its difference, which is nan
            yield _difference(log_softmax(logits), expected[0], _state_differences(architecture, ours, theirs))


def _difference(ours: npt.NDArray[np.float64], expected: Floats, states: tuple[float, ...]) -> _Step:
    """`ours` are logarithms, `expected` a softmax."""
    # What float32 rounds to zero has no logarithm to compare; its smallest number stands in, on both sides.
    smallest = float(np.finfo(np.float32).tiny)
    theirs = np.log(np.maximum(expected.astype(np.float64), smallest))
    apart = theirs - np.maximum(ours, np.log(smallest))
    return _Step(
        softmax=float(np.abs(np.exp(ours) - expected).max()),
        logits=float(np.abs(apart).max()),
        divergence=float((expected * apart).sum()),
        agrees=bool(ours.argmax() == expected.argmax()),
        states=states,
    )


def _state_differences(
    architecture: Architecture, ours: Mapping[str, Floats], theirs: Sequence[Floats]
) -> tuple[float, ...]:
    """Per state tensor; the first row of the reference's batch counts."""
    tensors = [state[0] for state in theirs]
    if len(tensors) == 1:  # until 2017-05-16 Magenta kept the whole state in one tensor, in the same order
        ends = np.cumsum([size for _, size in architecture.state()])[:-1]
        tensors = np.split(tensors[0], ends)
    named = zip(architecture.state(), tensors, strict=True)
    return tuple(float(np.abs(ours[name][0] - tensor).max()) for (name, _), tensor in named)
