"""One motor's time: what it did lately and is to do, and what else has room in it."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from operator import attrgetter

from appliance.strike.budget import Budget
from appliance.strike.motion import Motion
from appliance.strike.outcome import Reason

# Two strokes of one motor this close (seconds) are meant as one: the finest step, a 32nd at 300 qpm, lasts 25 ms.
SAME_INSTANT = 0.001

# The part of the budget that is planned with: an edge a little late must not make the bridge cut the next stroke.
_PLANNED = 0.95

_start = attrgetter("start")


class Lane:
    """Motions in order of their start, a dead time apart, none of which makes the motor too hot."""

    def __init__(self, dead_time: float, budget: Budget) -> None:
        self._dead_time = dead_time
        self._window = budget.window
        self._allowed = budget.on * _PLANNED
        self._motions: list[Motion] = []
        self._done: deque[tuple[float, float]] = deque()  # (end, cost)
        self._rested = float("-inf")  # when the motor is at rest after its latest motion
        self.faulty = False
        self.astray = False  # its stick may lie on the head: a motion was broken off, and none has ended since

    def motions(self) -> list[Motion]:
        """What is under way or to come, in order."""
        return list(self._motions)

    def refusal(self, motion: Motion, instead: Motion | None = None) -> Reason | None:
        """Why there is no room for a motion, were it to come in another's place."""
        if motion.start < self._rested or self._meets(motion, instead):
            return Reason.RECOVERY
        return Reason.HOT if self._overheats(motion, instead) else None

    def add(self, motion: Motion) -> None:
        """File a motion for which there is room."""
        self._motions.insert(bisect_left(self._motions, motion.start, key=_start), motion)

    def drop(self, motion: Motion) -> None:
        """A motion does not take place."""
        self._motions.remove(motion)

    def finish(self, motion: Motion, broken_off: bool = False) -> None:
        """A motion has ended, or was broken off: its motor counts as busy until it would have been at rest."""
        self._motions.remove(motion)
        self.astray = broken_off
        self._rested = max(self._rested, motion.end + self._dead_time)
        self._done.append((motion.end, motion.cost))
        while self._done and self._done[0][0] < motion.end - self._window:
            self._done.popleft()

    def at(self, instant: float) -> Motion | None:
        """The motion that is asked for at the same instant, if there is one."""
        # Its start is before, and the next one's behind its end: it is the latest that has started by then.
        motion = self.before(instant + SAME_INSTANT)
        if motion is None or all(abs(part.asked.time - instant) >= SAME_INSTANT for part in motion.parts):
            return None
        return motion

    def before(self, instant: float) -> Motion | None:
        """The latest motion that starts before an instant."""
        place = bisect_left(self._motions, instant, key=_start)
        return self._motions[place - 1] if place else None

    def _meets(self, motion: Motion, instead: Motion | None) -> bool:
        # Motions do not overlap: only the neighbours can be met.
        place = bisect_left(self._motions, motion.start, key=_start)
        near = [other for other in self._motions[max(place - 2, 0) : place + 2] if other is not instead]
        return any(
            motion.start < other.end + self._dead_time and other.start < motion.end + self._dead_time for other in near
        )

    def _overheats(self, motion: Motion, instead: Motion | None) -> bool:
        ends_costs = list(self._near(motion, instead))
        if sum(cost for _, _, cost in ends_costs) <= self._allowed:
            return False
        # Each window that ends with the motion or a later one: a motion counts wholly until its end has left it.
        used, first = 0.0, 0
        for start, end, cost in ends_costs:
            used += cost
            while ends_costs[first][1] <= start - self._window:
                used -= ends_costs[first][2]
                first += 1
            if end >= motion.end and used > self._allowed:
                return True
        return False

    def _near(self, motion: Motion, instead: Motion | None) -> Iterator[tuple[float, float, float]]:
        """(start, end, cost) of all that shares a window with the motion, in order, the motion among them."""
        oldest, latest = motion.start - self._window, motion.end + self._window
        yield from ((end, end, cost) for end, cost in self._done if end > oldest)
        motions = self._motions
        place = bisect_left(motions, motion.start, key=_start)
        first = bisect_left(motions, oldest - self._window, key=_start)
        yield from ((m.start, m.end, m.cost) for m in motions[first:place] if m.end > oldest and m is not instead)
        yield (motion.start, motion.end, motion.cost)
        for later in motions[place:]:
            if later.start >= latest:
                return
            if later is not instead:
                yield (later.start, later.end, later.cost)
