"""The trainer: a drums_rnn network learns grooves; the weights that foretell the validation grooves best are kept."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from converter.grooves import NoGroovesError
from converter.lanes import Labels, Lanes, cut, exchange, lay
from converter.network import Drop, Dropout, NetworkShape, Window, first_weights, logits, magenta_variables
from converter.optimizer import Adam
from converter.tensorflow_library import tensorflow

VALIDATION_LANES, VALIDATION_WINDOW = 32, 64
VALIDATIONS = 40  # in a whole training
WARMUP_STEPS = 50
COMPILED_FROM = 500  # steps; XLA saves a tenth of the time, and a shorter training is over before it has compiled
Arrays = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn.

    `steps`: windows learnt from; `rate`: the highest learning rate, which then falls to a fiftieth along a cosine;
    `lanes` times `window`: labels in one step; `longest`: steps of the longest piece a groove is cut into.
    """

    steps: int
    rate: float
    lanes: int
    window: int
    longest: int

    @property
    def compiled(self) -> bool:
        """Whether to have XLA compile the steps."""
        return self.steps >= COMPILED_FROM

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, counted from 1."""
        fall = 0.02 + 0.98 * (1 + math.cos(math.pi * step / self.steps)) / 2
        return self.rate * fall * min(1, step / WARMUP_STEPS)


@dataclass(frozen=True)
class Restraint:
    """What keeps the network from learning the grooves by heart.

    `weight_decay` pulls the kernels to zero (per step, times the learning rate); `exchanged` is the share of pieces
    in which two drums change places.
    """

    dropout: Dropout
    weight_decay: float
    exchanged: float


@dataclass(frozen=True)
class Progress:
    """Where training stands: losses in nats a step.

    `training` is the mean since the last report, with dropout; `validation` that of the averaged weights.
    """

    step: int
    training: float
    validation: float
    best: float


@dataclass(frozen=True)
class Trained:
    """The best weights under Magenta's names, their validation loss in nats a step, and how it came to them."""

    variables: Arrays
    validation: float
    history: tuple[Progress, ...]
    stopped: bool


@dataclass(frozen=True)
class Observer:
    """Who is told: of the training loss after every step, and of every validation."""

    stepped: Callable[[int, float], None]
    validated: Callable[[Progress], None]


def train(
    grooves: tuple[Sequence[Labels], Sequence[Labels]],
    shape: NetworkShape,
    schedule: Schedule,
    restraint: Restraint,
    seed: int,
    observer: Observer,
) -> Trained:
    """What a network of this shape learns from the first grooves, judged by the second, the validation.

    The same seed gives the same weights on the same machine. KeyboardInterrupt ends the training early, and the best
    weights so far are given.

    Raises:
        NoGroovesError: no groove of one part is two steps long, so there is nothing to foretell.

    """
    learnt, judged = (_foretelling(part, name) for part, name in zip(grooves, ("training", "validation"), strict=True))
    learner, judge = _Learner(shape, schedule, restraint, seed), _Judge(shape, judged, compiled=schedule.compiled)
    weights = learner.averages()
    best, history, stopped = judge.loss(weights), list[Progress](), False
    try:
        for step, loss in learner.steps(learnt, observer):
            now = learner.averages()
            validation = judge.loss(now)
            if validation < best:
                best, weights = validation, now
            history.append(Progress(step, loss, validation, best))
            observer.validated(history[-1])
    except KeyboardInterrupt:
        stopped = True
    return Trained(magenta_variables(shape, weights), best, tuple(history), stopped)


def _foretelling(grooves: Sequence[Labels], part: str) -> list[Labels]:
    """The grooves that have a next step."""
    long_enough = [groove for groove in grooves if len(groove) > 1]
    if not long_enough:
        raise NoGroovesError(
            f"None of the {len(grooves)} {part} grooves is two steps long, so there is nothing to learn."
        )
    return long_enough


def _window(shape: NetworkShape, lanes: Lanes) -> Window:
    constant = tensorflow().constant
    counter = shape.encoding.counter(lanes.positions.ravel()).reshape(*lanes.positions.shape, -1)
    tensors = (lanes.labels, counter, lanes.carried[..., None], lanes.targets, lanes.weights)
    return Window(*(constant(tensor) for tensor in tensors))


def _no_memory(shape: NetworkShape, lanes: int) -> list[Any]:
    tf = tensorflow()
    return [tf.zeros([lanes, size]) for size in shape.state_sizes()]


def _nats(foretold: Any, window: Window) -> Any:
    """The sum over the window, in nats."""
    tf = tensorflow()
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.reshape(window.targets, [-1]), logits=foretold)
    return tf.reduce_sum(losses * tf.reshape(window.weights, [-1]))


class _Learner:
    """The weights in training."""

    def __init__(self, shape: NetworkShape, schedule: Schedule, restraint: Restraint, seed: int) -> None:
        tf = tensorflow()
        self._shape, self._schedule, self._restraint, self._seed = shape, schedule, restraint, seed
        self._chance = np.random.default_rng(seed)
        drawn = first_weights(shape, self._chance)
        # What labels share is learnt from much, and so needs no pull.
        decayed = frozenset(
            name for name, array in drawn.items() if array.ndim > 1 and "shared" not in name and name != "counter"
        )
        weights = {name: tf.Variable(array) for name, array in drawn.items()}
        self._adam = Adam(weights, decayed, restraint.weight_decay)
        self._learn = tf.function(self._learn_window, jit_compile=schedule.compiled)

    def averages(self) -> Arrays:
        """A copy of the running averages of the weights."""
        return {name: average.numpy().copy() for name, average in self._adam.averages.items()}

    def steps(self, grooves: Sequence[Labels], observer: Observer) -> Iterator[tuple[int, float]]:
        """Learn, and give step and mean training loss whenever a validation is due, at last after the last step."""
        due, losses = max(1, self._schedule.steps // VALIDATIONS), list[float]()
        for step, loss in enumerate(self._losses(grooves), start=1):
            losses.append(loss)
            observer.stepped(step, loss)
            if step % due == 0 or step == self._schedule.steps:
                yield step, float(np.mean(losses))
                losses.clear()

    def _losses(self, grooves: Sequence[Labels]) -> Iterator[float]:
        """The loss of each step; a pass through all grooves, cut and laid anew, follows the other."""
        schedule, step = self._schedule, 0
        lanes = min(schedule.lanes, max(1, sum(map(len, grooves)) // schedule.window))
        while step < schedule.steps:
            pieces = cut(grooves, schedule.longest, self._chance)
            pieces = exchange(pieces, self._shape.encoding.classes, self._restraint.exchanged, self._chance)
            state = _no_memory(self._shape, lanes)
            for window in lay(pieces, lanes, schedule.window).windows(schedule.window):
                if step == schedule.steps:
                    return
                step += 1
                loss, state = self._learn(_window(self._shape, window), state, *self._numbers(step))
                yield float(loss)

    def _numbers(self, step: int) -> tuple[Any, Any, Any]:
        """The learning rate, the step and the dropout's seed as tensors, so that no step is traced anew."""
        tf = tensorflow()
        rate = tf.constant(self._schedule.rate_at(step), tf.float32)
        return rate, tf.constant(step, tf.float32), tf.constant([self._seed, step * 16], tf.int32)

    def _learn_window(self, window: Window, state: list[Any], rate: Any, step: Any, seed: Any) -> tuple[Any, list[Any]]:
        tf = tensorflow()
        weights = dict(self._adam.weights)
        with tf.GradientTape() as tape:
            drop = Drop(self._restraint.dropout, seed)
            foretold, after = logits(self._shape, weights, window, state, drop)
            # A window that is all padding has no weight at all.
            loss = _nats(foretold, window) / tf.maximum(tf.reduce_sum(window.weights), 1)
        # The counter of an encoding without one has no gradient.
        gradients = tape.gradient(loss, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        self._adam.step(gradients, rate, step)
        return loss, after


class _Judge:
    """The validation grooves, whole and each from its start, as they are played."""

    def __init__(self, shape: NetworkShape, grooves: Sequence[Labels], *, compiled: bool) -> None:
        self._shape, self._lanes = shape, min(VALIDATION_LANES, len(grooves))
        laid = lay(sorted(grooves, key=len, reverse=True), self._lanes, VALIDATION_WINDOW)
        self._windows = [_window(shape, window) for window in laid.windows(VALIDATION_WINDOW)]
        self._foretold = float(laid.weights.sum())
        self._judge = tensorflow().function(self._judge_window, jit_compile=compiled)

    def loss(self, weights: Arrays) -> float:
        """Nats a step over all the grooves, the first step of each left out, as nothing foretells it."""
        tf = tensorflow()
        tensors = {name: tf.constant(weight) for name, weight in weights.items()}
        state, nats = _no_memory(self._shape, self._lanes), 0.0
        for window in self._windows:
            more, state = self._judge(tensors, window, state)
            nats += float(more)
        return nats / self._foretold

    def _judge_window(self, weights: dict[str, Any], window: Window, state: list[Any]) -> tuple[Any, list[Any]]:
        foretold, after = logits(self._shape, weights, window, state, None)
        return _nats(foretold, window), after
