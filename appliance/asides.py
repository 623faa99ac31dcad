"""Strokes that are no answer's: hits that go thru, and a metronome's clicks."""

from collections import Counter, deque
from collections.abc import Iterable
from typing import Protocol

from appliance.notation.hit import Stroke

# Clicks are sent 0.1 s ahead, hits a stick's way: more than these wait in no concert.
_MOST = 256


class Striker(Protocol):
    """The way to the striker. It may raise StrikerLost."""

    def send(self, strokes: Iterable[Stroke], batch: int = 0) -> None:
        """Ask for strokes."""
        ...


class Asides:
    """An answer that is taken back takes all strokes with it that have not begun: these are sent again.

    One whose stick has begun already is refused by the striker, as it stands there. `sent` counts strokes by batch.
    """

    def __init__(self, striker: Striker) -> None:
        self.sent: Counter[int] = Counter()
        self._striker = striker
        self._waiting: deque[tuple[Stroke, int]] = deque(maxlen=_MOST)

    def send(self, stroke: Stroke, batch: int, now: float) -> None:
        """Beat this, whatever is taken back. Raises: StrikerLost."""
        self._waiting = deque((one for one in self._waiting if one[0].time >= now), maxlen=_MOST)
        self._waiting.append((stroke, batch))
        self._put(stroke, batch)

    def again(self, after: float, now: float) -> None:
        """What sounds from an instant on was taken back. Raises: StrikerLost."""
        for stroke, batch in tuple(self._waiting):
            if stroke.time >= max(after, now):
                self._put(stroke, batch)

    def clear(self) -> None:
        """A panic: nothing of it is to sound any more."""
        self._waiting.clear()

    def _put(self, stroke: Stroke, batch: int) -> None:
        self.sent[batch] += 1
        self._striker.send([stroke], batch)
