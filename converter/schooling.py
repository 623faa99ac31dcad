"""How any network is taught: step by step, judged now and then, the best weights kept, gone on with when cut short."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from converter.progress import Progress
from converter.training_checkpoint import Checkpoint, CheckpointFile, Course

VALIDATIONS = 40  # in a whole training
Arrays = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn.

    `steps`: batches learnt from; `rate`: the highest learning rate, which then falls to a fiftieth along a cosine;
    `lanes` times `window`: labels in one step; `patience`: validations without a gain before the training ends, 0 for
    ever; `validations`: how often to judge in a whole training; `minutes`: when to end at the latest, 0 for never.
    """

    steps: int
    rate: float
    lanes: int
    window: int
    patience: int = 0
    validations: int = VALIDATIONS
    minutes: float = 0.0


@dataclass(frozen=True)
class Trained:
    """The best weights under the trainer's names, and how it came to them; losses in nats a step of the validation.

    `before` is that of the weights the training started from; `end` says why it ended.
    """

    weights: Arrays
    validation: float
    before: float
    history: tuple[Progress, ...]
    end: str

    @property
    def stopped(self) -> bool:
        """Whether a person ended it."""
        return self.end == "stopped"


@dataclass(frozen=True)
class Observer:
    """Who is told: of the training loss after every step, with a way to see the weights; of every validation.

    `unsaved` is told of a checkpoint that could not be written; the one before it is still whole.
    """

    stepped: Callable[[int, float, Callable[[], Arrays]], None] = lambda *_: None
    validated: Callable[[Progress], None] = lambda _: None
    unsaved: Callable[[OSError], None] = lambda _: None


class Learner(Protocol):
    """The network in training, and where in its data it stands.

    `done` batches of the pass through the data that began when the generator of chances stood at `pass_start`.
    """

    step: int
    done: int
    pass_start: Any

    def averages(self) -> Arrays:
        """A copy of the running averages of the weights."""

    def losses(self) -> Iterator[float]:
        """Learn step by step, and give the loss of each."""

    def arrays(self) -> list[npt.NDArray[np.generic]]:
        """The values of all that a step reads and changes, in one order for every learner of the same settings."""

    def restore(self, saved: Checkpoint) -> None:
        """Become the learner that was saved."""


class Judge(Protocol):
    """What weights are held against."""

    def loss(self, weights: Arrays) -> float:
        """Their loss on the validation."""


def school(
    learner: Learner,
    judge: Judge,
    weights: Arrays,
    schedule: Schedule,
    observer: Observer | None = None,
    file: CheckpointFile | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Trained:
    """What becomes of `weights`; where `file` holds a checkpoint, the training goes on from it as if it had not ended.

    KeyboardInterrupt ends the training early, and the best weights so far are given.

    Raises:
        SettingError: the checkpoint in the file is of another training.

    """
    observer, latest = observer or Observer(), clock() + 60 * schedule.minutes
    saved = file.read() if file else None
    run = _Run.resumed(saved) if saved else _Run.begun(judge.loss(weights), weights)
    if saved:
        learner.restore(saved)
    due = max(1, schedule.steps // schedule.validations)
    end = "all its steps"
    try:
        for loss in learner.losses():
            run.losses.append(loss)
            observer.stepped(learner.step, loss, learner.averages)
            late = bool(schedule.minutes) and clock() >= latest
            if learner.step % due and learner.step != schedule.steps and not late:
                continue
            run.judge(learner.step, judge, learner.averages())
            if file:
                _save(file, learner, run, observer)
            observer.validated(run.history[-1])
            if schedule.patience and run.waited >= schedule.patience:
                end = f"no gain in {schedule.patience} validations"
                break
            if late:
                end = f"{schedule.minutes:g} minutes"
                break
    except KeyboardInterrupt:
        end = "stopped"
    return Trained(run.weights, run.best, run.before, tuple(run.history), end)


def _save(file: CheckpointFile, learner: Learner, run: "_Run", observer: Observer) -> None:
    course = Course(
        learner.step, learner.done, learner.pass_start, run.before, run.best, run.waited, tuple(run.history)
    )
    try:
        file.write(Checkpoint(course, run.weights, learner.arrays()))
    except OSError as error:
        observer.unsaved(error)


@dataclass
class _Run:
    """How the training has gone so far."""

    before: float
    best: float
    weights: Arrays
    waited: int = 0
    history: list[Progress] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)

    @classmethod
    def begun(cls, loss: float, weights: Arrays) -> "_Run":
        return cls(loss, loss, weights)

    @classmethod
    def resumed(cls, saved: Checkpoint) -> "_Run":
        course = saved.course
        return cls(course.before, course.best, saved.best, course.waited, list(course.history))

    def judge(self, step: int, judge: Judge, weights: Arrays) -> None:
        validation, self.waited = judge.loss(weights), self.waited + 1
        if validation < self.best:
            self.best, self.weights, self.waited = validation, weights, 0
        self.history.append(Progress(step, float(np.mean(self.losses)), validation, self.best))
        self.losses.clear()
