"""When each motor must move for each stroke to land on time, and which strokes cannot be played."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from appliance.notation.hit import Stroke
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import Asked, Dropped, Reason, dropped
from appliance.strike.touch import Touch
from appliance.strike.trial import Try

# Strokes that wait at a time: nine drums on every sixteenth of fourteen bars. A client gone wild is stopped here.
CAPACITY = 2048

# Two strokes of one motor this close (seconds) are meant as one: the finest step, a 32nd at 300 qpm, lasts 25 ms.
SAME_INSTANT = 0.001


class DutyChange(msgspec.Struct, frozen=True, gc=False):
    """From `time` on a motor's signed duty; `begins` is what its motion is for, where one starts."""

    time: float
    motor: str
    duty: float
    begins: Asked | None = None
    batch: int = 0


@dataclass(slots=True, eq=False)
class _Filed:
    """A stroke or a try with a place in the schedule; `edge` counts the edges that are done."""

    asked: Asked
    batch: int
    motor: str
    start: float
    edges: tuple[tuple[float, float], ...]
    edge: int = 0
    gone: bool = False

    @property
    def deadline(self) -> float:
        return self.start + self.edges[self.edge][0]

    @property
    def end(self) -> float:
        return self.start + self.edges[-1][0]


class Schedule:
    """Strokes in, duty changes out at start = beat - lead; ties go in the order of arrival.

    It is told the time and never asks. What is left out waits in `take_left_out`.
    """

    def __init__(self, settings: StrikeSettings) -> None:
        self._kit = settings.kit
        self._touch = Touch(self._kit)
        self._dead_time = settings.dead_time
        self._tolerance = settings.tolerance
        self._heap: list[tuple[float, int, _Filed]] = []
        self._order = 0
        self._filed: dict[str, list[_Filed]] = {motor.name: [] for motor in settings.motors}
        self._rested = dict.fromkeys(self._filed, float("-inf"))  # when each motor is at rest after its latest motion
        self._faulty: set[str] = set()
        self._left_out: list[Dropped] = []
        self._settings = settings

    @property
    def waiting(self) -> int:
        """How many strokes have not ended yet."""
        return len(self._heap)

    def receive(self, strokes: Iterable[Stroke], now: float, batch: int = 0) -> None:
        """File strokes, the earliest first; one that stands already keeps its place against one that comes later."""
        for stroke in sorted(strokes, key=lambda stroke: stroke.time):
            reason = self._file(stroke, now, batch)
            if reason is not None:
                self._left_out.append(dropped(stroke, reason, batch))

    def attempt(self, trial: Try, now: float) -> None:
        """File a try: like a stroke, it is left out where it cannot be made."""
        reason = self._admit(trial, now)
        if reason is not None:
            self._left_out.append(dropped(trial, reason, trial.batch))

    def cancel(self, after: float) -> None:
        """Drop the strokes that were to sound at or after that instant and have not begun."""
        self._drop([filed for filed in self._pending() if filed.asked.time >= after], Reason.CANCELLED)

    def panic(self) -> None:
        """Drop everything, the motions under way too: their motors count as busy until they would have been at rest."""
        self._drop(self._pending(), Reason.PANIC)
        self._forget_all([filed for _, _, filed in self._heap])

    def take_out(self, motor: str) -> None:
        """Play no more strokes of a motor at fault."""
        self._faulty.add(motor)
        self._drop([filed for filed in self._pending() if filed.motor == motor], Reason.FAULT)
        self._forget_all(list(self._filed[motor]))

    def abandon(self, motor: str) -> None:
        """Forget the motions under way of a motor; it counts as busy until it would have been at rest."""
        self._forget_all([filed for filed in self._filed[motor] if filed.edge > 0])

    def next_deadline(self) -> float | None:
        """When the next duty change is due."""
        return self._heap[0][0] if self._heap else None

    def advance(self, now: float) -> list[DutyChange]:
        """The duty changes due by now, in order of time; strokes that should long have begun are left out."""
        changes: list[DutyChange] = []
        heap = self._heap
        while heap and heap[0][0] <= now:
            deadline, order, filed = heap[0]
            if filed.edge == 0 and now - deadline > self._tolerance:
                heapq.heappop(heap)
                self._leave_out(filed, Reason.LATE)
                continue
            changes.append(self._change(filed, deadline))
            filed.edge += 1
            if filed.edge < len(filed.edges):
                heapq.heapreplace(heap, (filed.deadline, order, filed))
            else:
                heapq.heappop(heap)
                self._forget(filed)
        return changes

    def take_left_out(self) -> list[Dropped]:
        """What was left out since the last time of asking."""
        left_out = self._left_out
        if left_out:
            self._left_out = []
        return left_out

    def _file(self, stroke: Stroke, now: float, batch: int) -> Reason | None:
        motor = self._kit.motor_for(stroke.pitch)
        if motor is None:
            return Reason.NO_MOTOR
        if motor.name in self._faulty:
            return Reason.FAULT
        profile = self._touch.profile(motor.name, stroke.velocity)
        return self._enter(_Filed(stroke, batch, motor.name, stroke.time - profile.lead, profile.edges), now)

    def _admit(self, trial: Try, now: float) -> Reason | None:
        if trial.motor not in self._filed:
            return Reason.NO_MOTOR
        if trial.motor in self._faulty:
            return Reason.FAULT
        if not self._settings.allows(trial):
            return Reason.LIMIT
        return self._enter(_Filed(trial, trial.batch, trial.motor, trial.time, trial.profile.edges), now)

    def _enter(self, filed: _Filed, now: float) -> Reason | None:
        if now - filed.start > self._tolerance:
            return Reason.LATE
        if len(self._heap) >= CAPACITY:
            return Reason.FULL
        return self._place(filed)

    def _place(self, filed: _Filed) -> Reason | None:
        others = self._filed[filed.motor]
        twin = next((other for other in others if _at_once(other, filed)), None)
        if twin is not None and (twin.edge > 0 or _hardness(twin.asked) >= _hardness(filed.asked)):
            return Reason.DOUBLED
        if filed.start < self._rested[filed.motor]:
            return Reason.RECOVERY
        if any(self._meet(filed, other) for other in others if other is not twin):
            return Reason.RECOVERY
        if twin is not None:
            self._drop([twin], Reason.DOUBLED)
        others.append(filed)
        self._order += 1
        heapq.heappush(self._heap, (filed.start, self._order, filed))
        return None

    def _meet(self, one: _Filed, other: _Filed) -> bool:
        return one.start < other.end + self._dead_time and other.start < one.end + self._dead_time

    def _change(self, filed: _Filed, deadline: float) -> DutyChange:
        duty = filed.edges[filed.edge][1]
        if filed.edge == 0:
            return DutyChange(deadline, filed.motor, duty, filed.asked, filed.batch)
        return DutyChange(deadline, filed.motor, duty)

    def _pending(self) -> list[_Filed]:
        return [filed for _, _, filed in sorted(self._heap, key=lambda entry: entry[:2]) if filed.edge == 0]

    def _drop(self, dropped: list[_Filed], reason: Reason) -> None:
        for filed in dropped:
            self._leave_out(filed, reason)
        self._clear_gone()

    def _forget_all(self, ended: list[_Filed]) -> None:
        for filed in ended:
            self._forget(filed)
        self._clear_gone()

    def _leave_out(self, filed: _Filed, reason: Reason) -> None:
        filed.gone = True
        self._filed[filed.motor].remove(filed)
        self._left_out.append(dropped(filed.asked, reason, filed.batch))

    def _forget(self, filed: _Filed) -> None:
        filed.gone = True
        self._filed[filed.motor].remove(filed)
        self._rested[filed.motor] = max(self._rested[filed.motor], filed.end + self._dead_time)

    def _clear_gone(self) -> None:
        self._heap = [entry for entry in self._heap if not entry[2].gone]
        heapq.heapify(self._heap)


def _at_once(one: _Filed, other: _Filed) -> bool:
    return abs(one.asked.time - other.asked.time) < SAME_INSTANT


def _hardness(asked: Asked) -> int:
    # A try gives way to a stroke: music comes before measurements.
    return 0 if isinstance(asked, Try) else asked.velocity
