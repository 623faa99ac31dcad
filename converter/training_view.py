"""What a person sees and hears of a training: a bar with the time left, a line a validation, samples to listen to."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from converter.errors import ConverterError
from converter.progress import Progress
from converter.schooling import Arrays, Observer

Sample = Callable[[Path, Arrays], None]  # plays what weights play, into a MIDI file

_COLUMNS = (
    TextColumn("step {task.completed:.0f}/{task.total:.0f}"),
    BarColumn(),
    TextColumn("loss {task.fields[loss]:.3f}  validation {task.fields[validation]}  best {task.fields[best]}"),
    TimeElapsedColumn(),
    TextColumn("left"),
    TimeRemainingColumn(elapsed_when_finished=False),
)


class TrainingView:
    """The bar, as long as the `with` lasts; where the output is no terminal, a line for each validation instead."""

    def __init__(self, console: Console, output: Path, steps: int, sample_minutes: float, sample: Sample) -> None:
        self._console, self._output, self._write = console, output, sample
        self._between, self._steps = sample_minutes * 60, steps
        self._sampled = self._began = time.monotonic()
        self._first = 0
        self._bar = Bar(*_COLUMNS, console=console)
        self._task = self._bar.add_task("", total=steps, loss=float("nan"), validation="-", best="-")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def observer(self) -> Observer:
        """Who tells this view."""
        return Observer(self._stepped, self._validated, self._unsaved)

    def _stepped(self, step: int, loss: float, weights: Callable[[], Arrays]) -> None:
        self._first = self._first or step
        self._bar.update(self._task, completed=step, loss=loss)
        if self._between and time.monotonic() - self._sampled >= self._between:
            self._sample(step, weights())
            self._sampled = time.monotonic()

    def _sample(self, step: int, weights: Arrays) -> None:
        folder = self._output.with_suffix(".samples")
        path = folder / f"{step:06}.mid"
        try:
            folder.mkdir(exist_ok=True)
            self._write(path, weights)
        except (OSError, ConverterError) as error:  # a training does not end for want of a sample
            self._say(f"warning: no sample to listen to: {error}")
            return
        self._say(f"listen: {path}")

    def _validated(self, now: Progress) -> None:
        self._bar.update(self._task, validation=f"{now.validation:.4f}", best=f"{now.best:.4f}")
        if not self._console.is_terminal:
            passed = time.monotonic() - self._began
            left = passed / max(1, now.step - self._first + 1) * (self._steps - now.step)
            figures = f"loss {now.training:.4f}, validation {now.validation:.4f}, best {now.best:.4f}"
            self._say(f"step {now.step}/{self._steps}: {figures}; {_clock(left)} left")

    def _unsaved(self, error: OSError) -> None:
        self._say(
            f"warning: no checkpoint at this point ({error.strerror}); the one before it is whole. Training goes on."
        )

    def _say(self, line: str) -> None:
        self._console.print(line, highlight=False, soft_wrap=True)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
