"""How far a model's answers lie from its source's, step by step, both carrying their own state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from converter.architecture import Architecture
from converter.drum_kit import Encoding
from converter.patterns import beat, chance
from converter.reference import Reference
from converter.stepper import Stepper
from converter.tflite import Quantization

Floats = npt.NDArray[np.float32]
STEPS_PER_PATTERN = 384
_SEED = 20161117

# The largest softmax difference that may be. Float32: rounding alone (2e-6 is usual).
TOLERANCES: Mapping[Quantization, float] = MappingProxyType({"none": 1e-5, "float16": 5e-3, "int8": 1e-1})


@dataclass(frozen=True)
class Difference:
    """The largest absolute differences over all steps.

    `logits` compares logarithms of the softmax, which are the logits less a constant: a graph gives out no more.
    """

    steps: int
    softmax: float
    logits: float
    top1_agreement: float
    states: Mapping[str, float]


@dataclass(frozen=True)
class _Step:
    softmax: float
    logits: float
    agrees: bool
    states: tuple[float, ...]


def compare(
    reference: Reference,
    stepper: Stepper,
    architecture: Architecture,
    encoding: Encoding,
    steps: int = STEPS_PER_PATTERN,
) -> Difference:
    """The differences over `steps` steps of chance and as many of a beat, each from the initial state."""
    random = np.random.default_rng(_SEED)
    taken: list[_Step] = []
    for pattern in (chance, beat):
        taken += _walk(reference, stepper, architecture, encoding.inputs(pattern(encoding, steps, random)))
    names = [name for name, _ in architecture.state()]
    return Difference(
        steps=len(taken),
        softmax=max(step.softmax for step in taken),
        logits=max(step.logits for step in taken),
        top1_agreement=float(np.mean([step.agrees for step in taken])),
        states={name: max(step.states[k] for step in taken) for k, name in enumerate(names)},
    )


def softmax_of(logits: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """The softmax over the last axis, in double precision."""
    exponentials = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))


def _walk(reference: Reference, stepper: Stepper, architecture: Architecture, rows: Floats) -> Iterator[_Step]:
    ours, theirs = stepper.initial_state(), reference.initial_state()
    for row in rows:
        logits, ours = stepper.step(row, ours)
        expected, theirs = reference.run(row[None, :], theirs)
        yield _difference(softmax_of(logits), expected[0], _state_differences(architecture, ours, theirs))


def _difference(softmax: npt.NDArray[np.float64], expected: Floats, states: tuple[float, ...]) -> _Step:
    smallest = np.finfo(np.float32).tiny  # what float32 rounds to zero has no logarithm to compare
    return _Step(
        softmax=float(np.abs(softmax - expected).max()),
        logits=float(np.abs(np.log(np.maximum(softmax, smallest)) - np.log(np.maximum(expected, smallest))).max()),
        agrees=bool(softmax.argmax() == expected.argmax()),
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
