"""All that can be said of a model file beside its source: how near, how likely, how large, how fast."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from converter.architecture import Architecture
from converter.card import Model
from converter.head import Head, head_of, ranges
from converter.operators import operators_of
from converter.parity import Difference, compare, steppers_of
from converter.real_input import RealInput
from converter.reference import Reference, open_reference
from converter.source import Source
from converter.stepper import Stepper

Floats = npt.NDArray[np.float32]
_TIMED_STEPS = 200


@dataclass(frozen=True)
class Foretold:
    """How well model and source foretell real music, in nats per event, over so many events."""

    events: int
    nats: float
    source_nats: float


@dataclass(frozen=True)
class Verification:
    """`differences`: by what was played. `seconds`: the median of a step on this machine, one thread."""

    reference: str
    differences: Mapping[str, Difference]
    foretold: Foretold
    bytes: int
    operators: tuple[str, ...]
    seconds: float


def verify(
    model: Model, source: Source, architecture: Architecture, patterns: Mapping[str, Floats], real: Iterable[RealInput]
) -> Verification:
    """Hold the model against its source, over patterns of rows [T, input_size] by name, and over real music.

    Raises:
        SourceError: the source's graph cannot be run.

    """
    head, music = head_of(architecture, source.variables), list(real)
    steppers = steppers_of(model.flatbuffer, model.card.quantization)
    # Ends are where a NADE's last row has no row behind it to be held against; they count as any other.
    played = {**patterns, "real music": np.concatenate([piece.rows for piece in music])}
    with open_reference(source, architecture) as reference:
        differences = {name: compare(reference, steppers, architecture, head, [rows]) for name, rows in played.items()}
        foretold = _foretold(reference, steppers.playing, head, music)
        name = reference.name
    return Verification(
        reference=name,
        differences=differences,
        foretold=foretold,
        bytes=len(model.flatbuffer),
        operators=tuple(str(operator) for operator in operators_of(model.flatbuffer)),
        seconds=_seconds_a_step(steppers.playing, next(iter(patterns.values()))),
    )


def _foretold(reference: Reference, stepper: Stepper, head: Head, music: Iterable[RealInput]) -> Foretold:
    ours, theirs, events = 0.0, 0.0, 0
    for piece in music:
        state, before = stepper.initial_state(), reference.initial_state()
        for row, labels in zip(piece.rows, piece.labels, strict=True):
            # A NADE's notes are given each those below it: the labels are themselves the frame that follows.
            following = labels.astype(np.float32)
            logits, state = stepper.step(row, state)
            answer, before = reference.run(row[None, :], before)
            ours -= _log_likelihood(head.foretold(logits, following), head, labels)
            expected = np.maximum(head.expected(answer[0], following), np.finfo(np.float32).tiny)
            theirs -= _log_likelihood(np.log(expected), head, labels)
            events += 1
    return Foretold(events, ours / events, theirs / events)


def _log_likelihood(logarithms: npt.NDArray[np.float64], head: Head, labels: npt.NDArray[np.int64]) -> float:
    """The sum over the choices that one event is made of."""
    starts = [start for start, _ in ranges(head.sizes)]
    return float(sum(logarithms[start + label] for start, label in zip(starts, labels, strict=True)))


def _seconds_a_step(stepper: Stepper, rows: Floats) -> float:
    state, taken = stepper.initial_state(), []
    for row in np.resize(rows, (_TIMED_STEPS, rows.shape[1])):
        before = time.perf_counter()
        _, state = stepper.step(row, state)
        taken.append(time.perf_counter() - before)
    return float(np.median(taken))
