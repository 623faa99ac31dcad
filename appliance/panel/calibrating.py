"""A calibration as a page sees it: what was heard so far, and what became of it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from appliance.strike.kit import Motor

LASTS = 60.0  # s, at the most, of a motor

_MOST = 1000  # dots: more than the strokes of a minute


class State(StrEnum):
    """How it goes, or how it ended; the page has words for each."""

    RUNS = "runs"
    STEADY = "steady"
    DOUBTFUL = "doubtful"
    PANIC = "panic"
    PLAYED = "played"  # somebody played, and goes first
    STOPPED = "stopped"
    FAILED = "failed"


class Calibrating:
    """The place `calibration` of the state tree; each change makes it anew."""

    def __init__(self, motor: str, ear: str, began: float) -> None:
        self._dots: list[list[float | None]] = []
        self.tree: dict[str, Any] = {
            "motor": motor,
            "ear": ear,
            "state": State.RUNS.value,
            "began": began,
            "lasts": LASTS,
            "dots": [],
            "points": [],
            "kept": False,
            "texts": [],
        }

    @property
    def state(self) -> State:
        """Whether it runs, or how it ended."""
        return State(self.tree["state"])

    def hear(self, dots: Sequence[Sequence[float | None]]) -> None:
        """Attempts, each with its duty, its lead (s) and its loudness."""
        fine = [[None if one is None else round(one, 5) for one in dot] for dot in dots]
        self._dots = [*self._dots, *fine][-_MOST:]
        self.tree = {**self.tree, "dots": self._dots}

    def end(self, state: State, texts: Sequence[str] = (), found: Motor | None = None, *, kept: bool = False) -> None:
        """It is over; the first end counts. `kept`: whether the owner's settings have it now."""
        if self.state is not State.RUNS:
            return
        points = [] if found is None else [[knot.velocity, knot.duty, knot.lead] for knot in found.touch]
        self.tree = {**self.tree, "state": state.value, "texts": list(texts), "points": points, "kept": kept}
