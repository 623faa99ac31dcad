"""How well a model foretells grooves: the mean negative log-likelihood of the next step, in nats."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from converter.drum_kit import Encoding
from converter.head import log_softmax as log_softmax
from converter.reference import Reference
from converter.stepper import Stepper

Floats = npt.NDArray[np.float32]
# Input rows [T, input_size] from step 0 -> natural logarithms [T, classes] of what each next step may be.
Forecast = Callable[[Floats], npt.NDArray[np.float64]]


@dataclass(frozen=True)
class Likelihood:
    """The mean over all foretold steps of all files; a step is a sixteenth for drum_kit, an eighth for one_drum."""

    nats_per_step: float
    files: int
    steps: int

    @property
    def perplexity(self) -> float:
        """Among how many equally likely labels the model is, as it were, undecided."""
        return float(np.exp(self.nats_per_step))


def likelihood(forecast: Forecast, grooves: Iterable[npt.NDArray[np.int32]], encoding: Encoding) -> Likelihood:
    """The likelihood of label sequences [T], each fed as it was played from the zero state.

    The first step of each is foretold by nothing and left out; silent steps count like the others.

    Raises:
        ValueError: there is no step to foretell.

    """
    total, files, steps = 0.0, 0, 0
    for labels in grooves:
        files += 1
        if len(labels) > 1:
            logarithms = forecast(encoding.inputs(labels[:-1]))
            total -= float(logarithms[np.arange(len(labels) - 1), labels[1:]].sum())
            steps += len(labels) - 1
    if not steps:
        raise ValueError("There is no step to foretell: every groove is of one step.")
    return Likelihood(total / steps, files, steps)


def forecast_of_reference(reference: Reference) -> Forecast:
    """The forecast of Magenta's own graph, a whole file in one run."""

    def forecast(rows: Floats) -> npt.NDArray[np.float64]:
        softmax, _ = reference.run(rows, reference.initial_state())
        # A probability that float32 rounds to zero would be infinitely surprising; the smallest number stands in.
        return np.asarray(np.log(np.maximum(softmax.astype(np.float64), np.finfo(np.float32).tiny)))

    return forecast


def forecast_of_stepper(stepper: Stepper) -> Forecast:
    """The forecast of a TFLite model, step by step as the appliance runs it."""

    def forecast(rows: Floats) -> npt.NDArray[np.float64]:
        state, logits = stepper.initial_state(), []
        for row in rows:
            answer, state = stepper.step(row, state)
            logits.append(answer)
        return log_softmax(np.stack(logits))

    return forecast
