"""The trainer of MusicVAEs: a network learns to give windows of music back from a few numbers."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from converter.errors import DataError
from converter.keras_library import keras
from converter.learner import KerasLearner
from converter.optimizer import AveragingAdam, Cosine
from converter.schooling import Arrays, Observer, Schedule, Trained, school
from converter.training_checkpoint import CheckpointFile
from converter.vae_material import Batch, VaeMaterial
from converter.vae_pupil import Teaching, VaePupil, VaeShape

NOTHING = np.zeros(1)  # Keras asks for a target; the loss is in the network


@dataclass(frozen=True)
class Course:
    """How the price of z and the network's hearing of itself go over the steps.

    `beta` is reached as 1 - beta_rate ** step. `sampling`: see `share`; `own`: a share that is always its own.
    """

    beta: float
    beta_rate: float = 0.0
    sampling: float = 0.0
    own: float = 0.0

    def price(self, step: int) -> float:
        """Of a nat of z in this step, counted from 0."""
        return self.beta * (1 - self.beta_rate ** (step + 1))

    def share(self, step: int) -> float:
        """Of the steps that hear the network's own sample: an inverse sigmoid, after Bengio and others 2015."""
        if not self.sampling:
            return self.own
        reached = step / self.sampling
        return 1.0 if reached > 500 else 1 - self.sampling / (self.sampling + math.exp(reached))


@dataclass(frozen=True)
class VaeLesson:
    """What is to be learnt and how, from which weights; the decay pulls kernels to zero."""

    learnt: VaeMaterial
    judged: VaeMaterial
    shape: VaeShape
    weights: Arrays
    teaching: Teaching
    course: Course
    weight_decay: float = 0.0
    seed: int = 1


def train_vae(
    lesson: VaeLesson, schedule: Schedule, observer: Observer | None = None, file: CheckpointFile | None = None
) -> Trained:
    """What the network learns; losses in nats a window, the validation's with z at its mean.

    The same seed gives the same weights on the same machine and backend.

    Raises:
        DataError: there is not one window to learn from, or to judge by.
        SettingError: the checkpoint in the file is of another training.

    """
    for material, part in ((lesson.learnt, "training"), (lesson.judged, "validation")):
        if not len(material):
            raise DataError(f"The {part} part has not one window of music.")
    learner = _Learner(lesson, schedule)
    return school(learner, _Judge(lesson, schedule.lanes), lesson.weights, schedule, observer, file)


class _Learner(KerasLearner):
    """The network in training, and where in the data it stands."""

    def __init__(self, lesson: VaeLesson, schedule: Schedule) -> None:
        keras.utils.set_random_seed(lesson.seed)
        self._lesson, self._steps = lesson, schedule.steps
        self._chance = np.random.default_rng(lesson.seed)
        self._lanes = min(schedule.lanes, lesson.learnt.in_a_pass)
        pupil = VaePupil(lesson.shape, lesson.weights, lesson.teaching, lesson.seed)
        biases = [part for part in pupil.parts.values() if len(part.shape) < 2]
        rates = Cosine(schedule.rate, schedule.steps)
        adam = AveragingAdam(rates, lesson.weight_decay, pupil.trainable_variables, biases)
        super().__init__(pupil, adam, self._chance.bit_generator.state)

    def losses(self) -> Iterator[float]:
        """Learn step by step, and give the loss of each; a pass through all windows, drawn anew, follows the other."""
        while self.step < self._steps:
            self._chance.bit_generator.state = self.pass_start
            for number, batch in enumerate(self._lesson.learnt.drawn(self._chance, self._lanes)):
                if number < self.done:
                    continue
                if self.step == self._steps:
                    return
                loss = self._learn(batch)
                self.step, self.done = self.step + 1, number + 1
                yield loss
            self.done, self.pass_start = 0, self._chance.bit_generator.state

    def _learn(self, batch: Batch) -> float:
        course = self._lesson.course
        self._pupil.reset_metrics()
        priced = _priced(batch, course.price(self.step), course.share(self.step))
        return float(self._pupil.train_on_batch(priced, NOTHING, return_dict=True)["loss"])


class _Judge:
    """The validation windows, each rebuilt from the mean of its z."""

    def __init__(self, lesson: VaeLesson, lanes: int) -> None:
        self._lesson = lesson
        self._lanes = min(lanes, len(lesson.judged))
        self._batches = list(lesson.judged.whole(self._lanes))
        self._pupil = VaePupil(lesson.shape, lesson.weights, lesson.teaching, 0)
        self._pupil.prepare()

    def loss(self, weights: Arrays) -> float:
        """Nats a window; a network that always hears itself is judged so, any other hears the truth."""
        self._pupil.set_parts(weights)
        total, windows, course = 0.0, 0, self._lesson.course
        for batch in self._batches:
            self._pupil.reset_metrics()
            size = len(batch["given"])
            priced = _filled(_priced(batch, course.beta, course.own), self._lanes)
            loss = self._pupil.test_on_batch(priced, NOTHING, return_dict=True)["loss"]
            total, windows = total + size * float(loss), windows + size
        return total / windows


def _priced(batch: Batch, beta: float, own: float) -> Batch:
    lanes = len(batch["given"])
    figures = {"beta": beta, "own": own, "counted": 1.0}
    return batch | {name: np.full(lanes, value, np.float32) for name, value in figures.items()}


def _filled(batch: Batch, lanes: int) -> Batch:
    """The batch with so many windows; what fills it does not count."""
    more = lanes - len(batch["counted"])
    return {name: np.pad(rows, [(0, more), *[(0, 0)] * (rows.ndim - 1)]) for name, rows in batch.items()}
