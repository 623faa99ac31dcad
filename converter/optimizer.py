"""Adam with decoupled weight decay, and a running average of the weights it makes."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from converter.keras_library import array_of, keras, ops
from converter.network import Floats

# Kingma and Ba 2015; the second moment forgets faster than their 0.999, as a whole training is a few thousand steps.
FIRST_MOMENT, SECOND_MOMENT, EPSILON = 0.9, 0.99, 1e-8
LONGEST_GRADIENT = 1.0  # global norm
AVERAGED_OVER = 0.998  # the running average forgets half in 350 steps
WARMUP_STEPS = 50
LOWEST = 0.02  # of the highest rate, where the cosine ends


class Cosine(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """The learning rate of each step: up to `rate` in 50 steps, then down along a cosine to a fiftieth of it."""

    def __init__(self, rate: float, steps: int) -> None:
        self.rate, self.steps = rate, steps

    def __call__(self, step: Any) -> Any:
        """The rate of a step, counted from 0 as Keras does; behind the last it stays at its lowest."""
        number = ops.cast(step, "float32") + 1.0
        turn = math.pi * ops.minimum(number / self.steps, 1.0)
        fall = LOWEST + (1 - LOWEST) * (1 + ops.cos(turn)) / 2
        return self.rate * fall * ops.minimum(1.0, number / WARMUP_STEPS)

    def get_config(self) -> dict[str, float]:
        """What Keras asks of a schedule."""
        return {"rate": self.rate, "steps": self.steps}


class AveragingAdam(keras.optimizers.Adam):  # type: ignore[misc]
    """Adam that keeps a running average of every variable; `undecayed` are not pulled to zero."""

    def __init__(self, schedule: Cosine, decay: float, variables: Iterable[Any], undecayed: Iterable[Any]) -> None:
        super().__init__(
            learning_rate=schedule,
            beta_1=FIRST_MOMENT,
            beta_2=SECOND_MOMENT,
            epsilon=EPSILON,
            weight_decay=decay or None,
            global_clipnorm=LONGEST_GRADIENT,
        )
        self._averages: list[Any] = []
        self.exclude_from_weight_decay(var_list=list(undecayed))
        self.build(list(variables))

    def build(self, variables: list[Any]) -> None:
        """Moments and averages for these variables."""
        if self.built:
            return
        super().build(variables)
        self._averages = self.add_optimizer_variables(variables, "average", initializer="zeros")
        for average, variable in zip(self._averages, variables, strict=True):
            average.assign(array_of(variable))

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Move the variable once, and its average after it."""
        super().update_step(gradient, variable, learning_rate)
        average = self._averages[self._get_variable_index(variable)]
        number = ops.cast(self.iterations, "float32") + 1.0
        # The average follows closely at first, or it would remember the weights that were drawn.
        kept = ops.minimum(AVERAGED_OVER, (1 + number) / (10 + number))
        self.assign(average, kept * average + (1 - kept) * ops.convert_to_tensor(variable))

    def averages(self, parts: Mapping[str, Any]) -> dict[str, Floats]:
        """A copy of the running averages of these variables."""
        return {name: array_of(self._averages[self._get_variable_index(variable)]) for name, variable in parts.items()}
