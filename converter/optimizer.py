"""Adam with decoupled weight decay, and a running average of the weights it makes."""

from collections.abc import Mapping
from typing import Any

from converter.tensorflow_library import tensorflow

# Kingma and Ba 2015; the second moment forgets faster than their 0.999, as a whole training is a few thousand steps.
FIRST_MOMENT, SECOND_MOMENT, EPSILON = 0.9, 0.99, 1e-8
LONGEST_GRADIENT = 1.0  # global norm
AVERAGED_OVER = 0.998  # the running average forgets half in 350 steps


class Adam:
    """The optimizer's moments and averages for these variables; `decayed` names those that are pulled to zero."""

    def __init__(self, weights: Mapping[str, Any], decayed: frozenset[str], decay: float) -> None:
        tf = tensorflow()
        self.weights, self.decayed, self.decay = weights, decayed, decay
        self.averages = {name: tf.Variable(weight) for name, weight in weights.items()}
        self._first = {name: tf.Variable(tf.zeros_like(weight)) for name, weight in weights.items()}
        self._second = {name: tf.Variable(tf.zeros_like(weight)) for name, weight in weights.items()}

    def step(self, gradients: Mapping[str, Any], rate: Any, number: Any) -> None:
        """Move the weights once; `number` counts from 1, both it and `rate` are float tensors."""
        tf = tensorflow()
        clipped, _ = tf.clip_by_global_norm([tf.convert_to_tensor(one) for one in gradients.values()], LONGEST_GRADIENT)
        for name, gradient in zip(gradients, clipped, strict=True):
            self._first[name].assign(FIRST_MOMENT * self._first[name] + (1 - FIRST_MOMENT) * gradient)
            self._second[name].assign(SECOND_MOMENT * self._second[name] + (1 - SECOND_MOMENT) * gradient**2)
            self._move(name, rate, number)

    def _move(self, name: str, rate: Any, number: Any) -> None:
        tf = tensorflow()
        weight, average = self.weights[name], self.averages[name]
        first = self._first[name] / (1 - FIRST_MOMENT**number)
        second = self._second[name] / (1 - SECOND_MOMENT**number)
        pull = self.decay * weight if name in self.decayed else 0.0
        weight.assign_sub(rate * (first / (tf.sqrt(second) + EPSILON) + pull))
        # The average follows closely at first, or it would remember the weights that were drawn.
        kept = tf.minimum(AVERAGED_OVER, (1 + number) / (10 + number))
        average.assign(kept * average + (1 - kept) * weight)
