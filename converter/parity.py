"""How far a model's answers lie from its source's.

Twice over: each step from the state that the source was in, by kernels that round as little as its own, which shows
the step itself to the last figure; and carrying its own state through the whole pattern, by the kernels of a concert. A
trained recurrent network magnifies a rounding, so in the second walk single steps of two right computations may stray
(by 6e-4 in one of ours, where single steps agree to 1e-6); what counts there is the mean.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from converter.architecture import Architecture
from converter.errors import SourceError
from converter.head import Head, ranges
from converter.reference import Reference
from converter.stepper import Stepper
from converter.tflite import Quantization

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Tolerance:
    """How far a model may lie from its source: a step's largest softmax difference, the mean divergence in nats."""

    softmax: float
    divergence: float


# Float32: rounding alone (1e-6 is usual). The others are measured on trained bundles, with room: the worst mean was
# 1.2e-7 nats in float16 and 8e-4 nats in int8; 0.02 nats cannot be heard.
TOLERANCES: Mapping[Quantization, Tolerance] = MappingProxyType(
    {"none": Tolerance(1e-5, 1e-6), "float16": Tolerance(0.02, 1e-3), "int8": Tolerance(0.3, 0.02)}
)


@dataclass(frozen=True)
class Difference:
    """The largest absolute differences over all steps.

    `softmax`, `logits` and `states` are of steps from the source's own state; `logits` compares logarithms of the
    likelihoods, which are the logits less a constant: a graph gives out no more. `drift` (of the softmax), `divergence`
    (the mean Kullback-Leibler divergence of model from source, in nats a step) and `top1_agreement` are of the model
    carrying its own.
    """

    steps: int
    softmax: float
    logits: float
    drift: float
    divergence: float
    top1_agreement: float
    states: Mapping[str, float]


@dataclass(frozen=True)
class Steppers:
    """One model twice: `single` makes the steps from the source's state, `playing` carries its own as in a concert."""

    single: Stepper
    playing: Stepper


@dataclass(frozen=True)
class _Step:
    softmax: float
    logits: float
    drift: float
    divergence: float
    agrees: bool
    states: tuple[float, ...]


def steppers_of(flatbuffer: bytes, quantization: Quantization) -> Steppers:
    """The interpreters to compare a model by; 8 bits have their meaning in the kernels that play alone."""
    playing = Stepper(flatbuffer)
    return Steppers(Stepper(flatbuffer, plain=True) if quantization == "none" else playing, playing)


def compare(
    reference: Reference, steppers: Steppers, architecture: Architecture, head: Head, patterns: Iterable[Floats]
) -> Difference:
    """The differences over patterns of input rows [T, input_size], each from the initial state.

    Raises:
        SourceError: the source itself answers with what is no number.

    """
    taken: list[_Step] = []
    for rows in patterns:
        taken += _walk(reference, steppers, architecture, head, rows)
    names = [name for name, _ in architecture.state()]
    return Difference(
        steps=len(taken),
        softmax=_largest(step.softmax for step in taken),
        logits=_largest(step.logits for step in taken),
        drift=_largest(step.drift for step in taken),
        divergence=float(np.mean([step.divergence for step in taken])),
        top1_agreement=float(np.mean([step.agrees for step in taken])),
        states={name: _largest(step.states[k] for step in taken) for k, name in enumerate(names)},
    )


def _largest(values: Iterable[float]) -> float:
    """Unlike max(), it never passes over what is no number."""
    return float(np.max(list(values)))


def _walk(
    reference: Reference, steppers: Steppers, architecture: Architecture, head: Head, rows: Floats
) -> Iterator[_Step]:
    ours, theirs = steppers.playing.initial_state(), reference.initial_state()
    for row, following in zip(rows, np.roll(rows, -1, axis=0), strict=True):
        once, state = steppers.single.step(row, _named(architecture, theirs))
        carried, ours = steppers.playing.step(row, ours)
        answer, theirs = reference.run(row[None, :], theirs)
        if not np.isfinite(answer).all():
            raise SourceError(f"The {reference.name}, answers with what is no number: its training went astray.")
        expected = head.expected(answer[0], following)
        with np.errstate(invalid="ignore"):  # a model that overflows is found by its difference, which is nan
            after = _named(architecture, theirs)
            states = tuple(float(np.abs(state[name] - after[name]).max()) for name in after)
            forecasts = head.foretold(once, following), head.foretold(carried, following)
            yield _difference(forecasts, expected, head.sizes, states)


def _difference(
    forecasts: tuple[Doubles, Doubles], expected: Doubles, sizes: Sequence[int], states: tuple[float, ...]
) -> _Step:
    """The forecasts, one from the source's state and one from the model's own, are logarithms; `expected` is not."""
    once, carried = forecasts
    return _Step(
        softmax=float(np.abs(np.exp(once) - expected).max()),
        logits=float(np.abs(_apart(once, expected)).max()),
        drift=float(np.abs(np.exp(carried) - expected).max()),
        divergence=float((expected * _apart(carried, expected)).sum()),
        agrees=all(carried[start:end].argmax() == expected[start:end].argmax() for start, end in ranges(sizes)),
        states=states,
    )


def _apart(ours: Doubles, expected: Doubles) -> Doubles:
    """The difference of the logarithms; what float32 rounds to zero has none, its smallest number stands in."""
    smallest = float(np.finfo(np.float32).tiny)
    return np.asarray(np.log(np.maximum(expected, smallest)) - np.maximum(ours, np.log(smallest)))


def _named(architecture: Architecture, theirs: Sequence[Floats]) -> dict[str, Floats]:
    """The reference's state, tensor by tensor [1, size]; the first row of its batch counts."""
    tensors = [state[:1] for state in theirs]
    if len(tensors) == 1:  # until 2017-05-16 Magenta kept the whole state in one tensor, in the same order
        tensors = np.split(tensors[0], np.cumsum([size for _, size in architecture.state()])[:-1], axis=1)
    return {name: tensor for (name, _), tensor in zip(architecture.state(), tensors, strict=True)}
