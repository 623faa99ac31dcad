"""Teaches a pad's keys from the page: which drum is to be hit next, and what was learnt."""

from collections.abc import Callable, Sequence
from typing import Any

from appliance.notation.drums import Drum
from appliance.pad.learning import KeyRefused, PadLearning
from appliance.panel.roll import Mark, said

_LABELS = {drum.label: drum for drum in Drum}


class Lesson:
    """Told every message of the pads, and the time. `learnt` is given the pad and its keys when all drums are known."""

    def __init__(self, learnt: Callable[[str, dict[int, int]], None]) -> None:
        self._learnt = learnt
        self._learning: PadLearning | None = None
        self._pad = ""

    def begin(self, pad: str, drums: Sequence[str]) -> None:
        """Ask for these drums, or for all. Raises: ValueError for one that is none."""
        for drum in drums:
            if drum not in _LABELS:
                raise ValueError(f"there is no drum {drum!r}: there are {', '.join(_LABELS)}")
        self._learning = PadLearning([_LABELS[drum] for drum in drums] or list(Drum))
        self._pad = pad

    def stop(self) -> None:
        """Leave it."""
        self._learning = None

    def receive(self, port: str, time: float, message: bytes) -> None:
        """A message of a pad."""
        if self._learning is not None and port == self._pad:
            self._learning.receive(time, message)

    def advance(self, now: float) -> list[Mark]:
        """What is known by now."""
        if self._learning is None:
            return []
        marks: list[Mark] = []
        for one in self._learning.advance(now):
            if isinstance(one, KeyRefused):
                marks.append(said("refused", one.text))
            else:
                marks.append({"e": "learnt", "drum": one.drum.label, "key": one.key})
        self._end()
        return marks

    def skip(self) -> None:
        """The pad does not have the drum that is asked for."""
        if self._learning is not None:
            self._learning.skip()
            self._end()

    def _end(self) -> None:
        if self._learning is not None and self._learning.asked is None:
            self._learnt(self._pad, self._learning.keys)
            self._learning = None

    def next_deadline(self) -> float | None:
        """When a hit is known."""
        return None if self._learning is None else self._learning.next_deadline()

    @property
    def place(self) -> dict[str, Any] | None:
        """Where it is, for the page."""
        if self._learning is None or self._learning.asked is None:
            return None
        drum = self._learning.asked
        return {"pad": self._pad, "drum": drum.label, "left": self._learning.left}
