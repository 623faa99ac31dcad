"""A network under Keras in training: what is kept of it in a checkpoint, and how it becomes what was kept."""

from typing import Any

import numpy as np
import numpy.typing as npt

from converter.keras_library import array_of
from converter.optimizer import AveragingAdam
from converter.schooling import Arrays
from converter.training_checkpoint import Checkpoint


class KerasLearner:
    """The half of schooling.Learner that is the same for every network; how its losses come is each one's own.

    `pupil` is a Keras model that names its weights in `parts`.
    """

    def __init__(self, pupil: Any, adam: AveragingAdam, pass_start: Any) -> None:
        self._pupil = pupil
        self._adam = adam
        self._pupil.prepare(adam)
        self.step, self.done, self.pass_start = 0, 0, pass_start

    def averages(self) -> Arrays:
        """A copy of the running averages of the weights."""
        return self._adam.averages(self._pupil.parts)

    def arrays(self) -> list[npt.NDArray[np.generic]]:
        """The values of all variables, in one order for every learner of the same settings."""
        return [array_of(variable) for variable in self._variables()]

    def restore(self, saved: Checkpoint) -> None:
        """Become the learner that was saved."""
        for variable, array in zip(self._variables(), saved.arrays, strict=True):
            variable.assign(array)
        self.step, self.done, self.pass_start = saved.course.step, saved.course.done, saved.course.pass_start

    def _variables(self) -> list[Any]:
        """All that a step reads and changes: weights, memory, the seeds of the dropout, moments and averages."""
        return [*self._pupil.variables, *self._adam.variables]
