"""Beam search as Magenta does it (magenta/models/shared/beam_search.py), in pieces small enough for a stage.

Lines are not extended by what is likeliest but drawn: every line is copied `branch` times, each copy goes on for
`steps_per_iteration` drawn steps, and the `beam` likeliest are kept. One advance is one step of the network.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from appliance.answer.sampling_settings import SamplingSettings

Memory = TypeVar("Memory")


class Grown(Protocol):
    """A label that was drawn, and its natural-log likelihood at temperature 1."""

    @property
    def label(self) -> Any:
        """What `feed` is given."""
        ...

    @property
    def log_likelihood(self) -> float:
        """In nats."""
        ...


class Line(NamedTuple, Generic[Memory]):
    """The labels drawn so far, their natural-log likelihood at temperature 1, and the memory behind the last but one.

    The last label is fed when another follows it.
    """

    labels: tuple[Any, ...]
    log_likelihood: float
    memory: Memory


class BeamSearch(Generic[Memory]):
    """A search for the likeliest of the lines that chance brings forth.

    `draw` gives a label out of a memory, and `feed` the memory after the label at a position of the answer. Memories
    are values: whoever keeps one can go on from it again.
    """

    def __init__(
        self,
        start: Memory,
        steps: int,
        settings: SamplingSettings,
        draw: Callable[[Memory], Grown],
        feed: Callable[[Memory, Any, int], Memory],
    ) -> None:
        """Raises: ValueError when no step is asked for."""
        if steps < 1:
            raise ValueError(f"an answer has at least one step, not {steps}")
        self._steps, self._settings, self._draw, self._feed = steps, settings, draw, feed
        # The first iteration takes the odd steps, so that the others are all of one length.
        self._until = (steps - 1) % settings.steps_per_iteration + 1
        self._waiting: deque[Line[Memory]] = deque()
        self._done: list[Line[Memory]] = []
        self._branch([Line((), 0.0, start)] * settings.beam)

    def advance(self) -> Line[Memory] | None:
        """One step of one line; the likeliest line when all are done. Raises: what `draw` and `feed` raise."""
        line = self._waiting.popleft()
        memory = self._feed(line.memory, line.labels[-1], len(line.labels) - 1) if line.labels else line.memory
        choice = self._draw(memory)
        line = Line((*line.labels, choice.label), line.log_likelihood + choice.log_likelihood, memory)
        if len(line.labels) < self._until:
            self._waiting.appendleft(line)
            return None
        self._done.append(line)
        if self._waiting:
            return None
        kept = sorted(self._done, key=lambda line: -line.log_likelihood)[: self._settings.beam]
        if self._until == self._steps:
            return kept[0]
        self._until += self._settings.steps_per_iteration
        self._branch(kept)
        return None

    def _branch(self, lines: list[Line[Memory]]) -> None:
        self._done = []
        self._waiting = deque(line for line in lines for _ in range(self._settings.branch))
