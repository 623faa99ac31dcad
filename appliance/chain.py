"""What one duet plays, as hits of those that hear it: each at the instant at which it sounds."""

import heapq
from collections.abc import Iterable
from typing import NamedTuple

from appliance.answer.answering import StepAnswered
from appliance.notation.hit import Hit

# Steps on their way from duet to duet: 8 s of 64ths at 300 quarters a minute are 640, for each of some duets.
_MOST = 8192


class Passing(NamedTuple):
    """A step of a duet that will be heard at an instant."""

    time: float
    order: int
    source: str
    step: int


class Chain:
    """Steps that are announced, taken back and announced again before they sound."""

    def __init__(self) -> None:
        self._heap: list[Passing] = []
        self._hits: dict[tuple[str, int], tuple[Passing, tuple[Hit, ...]]] = {}
        self._order = 0

    def announce(self, source: str, step: StepAnswered) -> None:
        """A step of a duet will sound; announced again, it takes the place of what it was."""
        if not step.strokes:
            self._hits.pop((source, step.step), None)
            return
        self._order += 1
        passing = Passing(step.strokes[0].time, self._order, source, step.step)
        hits = tuple(Hit(stroke.time, stroke.pitch, stroke.velocity) for stroke in step.strokes)
        self._hits[source, step.step] = (passing, hits)
        heapq.heappush(self._heap, passing)
        while len(self._heap) > _MOST:
            self._forget(heapq.heappop(self._heap))

    def take_back(self, source: str, time: float) -> None:
        """What a duet was to sound from an instant on is not to be heard."""
        for place, (passing, _) in list(self._hits.items()):
            if place[0] == source and passing.time >= time:
                del self._hits[place]

    def clear(self) -> None:
        """Nothing is on its way."""
        self._heap.clear()
        self._hits.clear()

    def next_deadline(self) -> float | None:
        """When the next step is to be heard."""
        while self._heap and not self._is_current(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0].time if self._heap else None

    def advance(self, now: float) -> Iterable[tuple[str, Hit]]:
        """The hits that sound by now, each with the duet that plays it."""
        heard: list[tuple[str, Hit]] = []
        while (deadline := self.next_deadline()) is not None and deadline <= now:
            passing = heapq.heappop(self._heap)
            _, hits = self._hits.pop((passing.source, passing.step))
            heard += [(passing.source, hit) for hit in hits]
        return heard

    def _is_current(self, passing: Passing) -> bool:
        known = self._hits.get((passing.source, passing.step))
        return known is not None and known[0] is passing

    def _forget(self, passing: Passing) -> None:
        if self._is_current(passing):
            del self._hits[passing.source, passing.step]
