"""The trainer of RNNs: a network learns the pieces of a data set; the weights that foretell best are kept."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from converter.encoded import Encoded, lay
from converter.errors import DataError
from converter.keras_library import keras
from converter.learner import KerasLearner
from converter.material import Material
from converter.network import NetworkShape
from converter.optimizer import AveragingAdam, Cosine
from converter.pupil import Dropout, Pupil, batch
from converter.schooling import Arrays, Observer, Schedule, Trained, school
from converter.training_checkpoint import CheckpointFile

VALIDATION_LANES, VALIDATION_WINDOW = 32, 64


@dataclass(frozen=True)
class Restraint:
    """What keeps the network from learning the pieces by heart.

    `weight_decay` pulls the kernels to zero (per step, times the learning rate); `smoothing` is the share of each label
    that is spread over all classes (C. Szegedy et al. 2016), in learning and never in judging.
    """

    dropout: Dropout
    weight_decay: float
    smoothing: float = 0.0


@dataclass(frozen=True)
class Lesson:
    """What is to be learnt, by what network, from which weights."""

    learnt: Material
    judged: Material
    shape: NetworkShape
    weights: Arrays
    seed: int = 1


def train(
    lesson: Lesson,
    schedule: Schedule,
    restraint: Restraint,
    observer: Observer | None = None,
    file: CheckpointFile | None = None,
) -> Trained:
    """What the network learns; where `file` holds a checkpoint, the training goes on from it as if it had not ended.

    The same seed gives the same weights on the same machine and backend. KeyboardInterrupt ends the training early,
    and the best weights so far are given.

    Raises:
        DataError: no piece of one part is two steps long, so there is nothing to foretell.
        SettingError: the checkpoint in the file is of another training.

    """
    judge = _Judge(lesson.shape, lesson.weights, _foretelling(lesson.judged.whole(), "validation"))
    _foretelling(lesson.learnt.whole(), "training")
    return school(_Learner(lesson, schedule, restraint), judge, lesson.weights, schedule, observer, file)


def _foretelling(pieces: list[Encoded], part: str) -> list[Encoded]:
    """The pieces, if there are any."""
    if not pieces:
        raise DataError(f"No {part} piece is two steps long, so there is nothing to foretell.")
    return pieces


class _Learner(KerasLearner):
    """The network in training, and where in the data it stands: `done` windows into the pass that began so."""

    def __init__(self, lesson: Lesson, schedule: Schedule, restraint: Restraint) -> None:
        keras.utils.set_random_seed(lesson.seed)
        self._material, self._schedule = lesson.learnt, schedule
        self._chance = np.random.default_rng(lesson.seed)
        self._lanes = min(schedule.lanes, max(1, sum(map(len, lesson.learnt.whole())) // schedule.window))
        pupil = Pupil(lesson.shape, lesson.weights, self._lanes, restraint.dropout, lesson.seed, restraint.smoothing)
        parts = pupil.parts
        # What labels share is learnt from much, and so needs no pull; nor do biases and the counter.
        undecayed = [part for name, part in parts.items() if len(part.shape) < 2 or "shared" in name or name == "rest"]
        rates = Cosine(schedule.rate, schedule.steps)
        adam = AveragingAdam(rates, restraint.weight_decay, pupil.trainable_variables, undecayed)
        super().__init__(pupil, adam, self._chance.bit_generator.state)

    def losses(self) -> Iterator[float]:
        """Learn step by step, and give the loss of each; a pass through all pieces, drawn anew, follows the other."""
        while self.step < self._schedule.steps:
            self._chance.bit_generator.state = self.pass_start
            laid = lay(self._material.drawn(self._chance), self._lanes, self._schedule.window)
            if not self.done:
                self._pupil.forget()
            for number, window in enumerate(laid.windows(self._schedule.window)):
                if number < self.done:
                    continue
                if self.step == self._schedule.steps:
                    return
                self._pupil.reset_metrics()
                loss = self._pupil.train_on_batch(*batch(window), return_dict=True)["loss"]
                self.step, self.done = self.step + 1, number + 1
                yield float(loss)
            self.done, self.pass_start = 0, self._chance.bit_generator.state


class _Judge:
    """The validation pieces, whole and each from its start, as they are played."""

    def __init__(self, shape: NetworkShape, weights: Arrays, pieces: list[Encoded]) -> None:
        lanes = min(VALIDATION_LANES, len(pieces))
        laid = lay(sorted(pieces, key=len, reverse=True), lanes, VALIDATION_WINDOW)
        self._windows = list(laid.windows(VALIDATION_WINDOW))
        self._pupil = Pupil(shape, weights, lanes, None, 0)
        self._pupil.prepare()

    def loss(self, weights: Arrays) -> float:
        """Nats a step over all the pieces, the first step of each left out, as nothing foretells it."""
        self._pupil.set_parts(weights)
        self._pupil.forget()
        nats, foretold = 0.0, 0.0
        for window in self._windows:
            self._pupil.reset_metrics()
            steps = float(window.weights.sum())
            nats += steps * float(self._pupil.test_on_batch(*batch(window), return_dict=True)["loss"])
            foretold += steps
        return nats / foretold
