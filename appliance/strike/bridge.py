"""An H-bridge as a machine: a signed duty in, inputs out that no bridge burns from."""

import math

from appliance.errors import MotorFault
from appliance.strike.budget import Budget, Heat
from appliance.strike.motor import COAST, Inputs


class Bridge:
    """One motor's bridge: it coasts for the dead time before it turns round, and rests after max_on of driving.

    It rests too when the motor's duty budget is used up. A drive that was cut stays off until a duty of 0 has been
    received.
    """

    def __init__(self, dead_time: float, max_on: float, budget: Budget) -> None:
        self._dead_time = dead_time
        self._max_on = max_on
        self._heat = Heat(budget)
        self._wanted = COAST
        self._inputs = COAST
        self._way = 0  # of the latest drive: 1 forward, -1 back, 0 none yet
        self._rests_since = -math.inf
        self._driven_since = -math.inf
        self._duty_before = 0.0  # of the drive that the present one followed without a rest, until that is written
        self._changed = -math.inf  # when the duty that is driven now began
        self._hot_at = math.inf  # when a drive under way has used up the budget
        self._ending: float | None = None  # the duty of a drive whose coast is not written yet
        self._cut = False
        self._hot = False

    @property
    def inputs(self) -> Inputs:
        """What the bridge's pins are to be at."""
        return self._inputs

    @property
    def cut(self) -> bool:
        """Whether a drive was cut, at max_on or by the duty budget, and has not been let go since."""
        return self._cut

    @property
    def hot(self) -> bool:
        """Whether it was the duty budget that cut the latest drive that was cut."""
        return self._hot

    def heat(self, now: float) -> float:
        """The used part of the duty budget, up to the latest drive that ended."""
        return self._heat.share(now)

    def receive(self, duty: float) -> None:
        """-1 is full back, 0 a coast, 1 full forward, from the next `advance` on. Raises: MotorFault beyond that."""
        if not -1 <= duty <= 1:
            raise MotorFault(f"a duty is -1 to 1, not {duty}")
        if duty > 0:
            self._wanted = Inputs(1, 0, duty)
        elif duty < 0:
            self._wanted = Inputs(0, 1, -duty)
        else:
            self._wanted = COAST
            self._cut = False

    def next_deadline(self) -> float | None:
        """When the bridge must be advanced though nothing is received: the end of a dead time, max_on or the budget."""
        if self._inputs.driven:
            return min(self._driven_since + self._max_on, self._hot_at)
        return self._rests_since + self._dead_time if self._wanted.driven and not self._cut else None

    def advance(self, now: float) -> Inputs | None:
        """The inputs to write now, or None when they stay as they are."""
        if self._inputs.driven and now >= min(self._driven_since + self._max_on, self._hot_at):
            self._cut = bool(self._wanted.driven)
            self._hot = now >= self._hot_at
        goal = COAST if self._cut else self._wanted
        if goal.driven and self._must_rest(goal.driven, now):
            goal = COAST
        if goal.driven and not self._inputs.driven and self._heat.left(now) <= 0:
            self._cut = self._hot = True
            goal = COAST
        return None if goal == self._inputs else self._turn(goal, now)

    def written(self, at: float) -> None:
        """The inputs reached the pins at `at`, later than they were computed for.

        A dead time counts from there, and the drive that it ended was that much longer, whether a rest or another duty
        follows it.
        """
        if self._inputs.driven:
            self._pay(at)
            return
        if self._ending is not None and at > self._rests_since:
            self._heat.add(self._rests_since, at, self._ending)
        self._ending = None
        self._rests_since = max(self._rests_since, at)

    def _pay(self, at: float) -> None:
        """For the duty before this one, which lasted until the new one came; what is driven now is less by that."""
        cost = self._inputs.duty**2
        if self._duty_before and at > self._changed:
            self._heat.add(self._changed, at, self._duty_before)
            if cost:
                self._hot_at = min(self._hot_at, self._changed + self._heat.left(at) / cost)
        self._duty_before = 0.0

    def _must_rest(self, way: int, now: float) -> bool:
        if self._inputs.driven:
            return way != self._inputs.driven
        return way == -self._way and now < self._rests_since + self._dead_time

    def _turn(self, inputs: Inputs, now: float) -> Inputs:
        if self._inputs.driven:
            self._heat.add(self._changed, now, self._inputs.duty)
        if inputs.driven:
            self._duty_before = self._inputs.duty if self._inputs.driven else 0.0
            self._changed = now
            cost = inputs.duty**2  # 0 of the least duties: floats end at 5e-324
            self._hot_at = now + self._heat.left(now) / cost if cost else math.inf
            self._ending = None
        if inputs.driven and not self._inputs.driven:
            self._driven_since = now
            self._way = inputs.driven
        if self._inputs.driven and not inputs.driven:
            self._rests_since = now
            self._ending = self._inputs.duty
        self._inputs = inputs
        return inputs
