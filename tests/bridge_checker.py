"""A sink for writes that fails on what burns a bridge or a motor; its rules share no code with strike/."""

from collections.abc import Mapping

from appliance.strike.budget import Budget
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import Inputs

ROUNDING = 1e-9  # of sums of seconds in doubles; no motor feels a nanosecond


class BridgeChecker:
    """Takes every write with the instant it reached the pins, and says which rule it breaks."""

    def __init__(
        self, dead_time: float, max_on: float, budgets: Mapping[str, Budget] | None = None, lag: float = 0.0
    ) -> None:
        """`lag` (s) is how late a coast may reach the pins: max_on and the budgets are then passed by that much."""
        self._dead_time = dead_time
        self._max_on = max_on + lag
        self._budgets = budgets or {}
        self._lag = lag
        self._drives: dict[str, list[tuple[float, float, float]]] = {}  # (since, until, duty)
        self._since: dict[str, float] = {}
        self._now = float("-inf")
        self._inputs: dict[str, Inputs] = {}
        self._on_since: dict[str, float] = {}
        self._off_since: dict[str, tuple[float, int]] = {}
        self.writes: list[tuple[float, str, Inputs]] = []

    @classmethod
    def of(cls, settings: StrikeSettings, lag: float = 0.0) -> "BridgeChecker":
        budgets = {motor.name: motor.budget or settings.budget for motor in settings.motors}
        return cls(settings.dead_time, settings.max_on, budgets, lag)

    def write(self, at: float, motor: str, inputs: Inputs) -> None:
        assert at >= self._now, f"time went back from {self._now} to {at}"
        assert {inputs.in1, inputs.in2} <= {0, 1}, f"{motor}: inputs {inputs}"
        assert not (inputs.in1 and inputs.in2), f"{motor}: both inputs high at {at}"
        assert 0.0 <= inputs.duty <= 1.0, f"{motor}: duty {inputs.duty} at {at}"
        self._now = at
        before = self._inputs.get(motor, Inputs(0, 0, 0.0))
        was, way = before.in1 - before.in2, inputs.in1 - inputs.in2
        if was:
            self._check_on_time(motor, at)
            self._check_budget(motor, before.duty, at)
        if way:
            self._check_turn(motor, was, way, at)
        if way and not was:
            self._on_since[motor] = at
        if was and not way:
            self._off_since[motor] = (at, was)
        self._inputs[motor] = inputs
        self._since[motor] = at
        self.writes.append((at, motor, inputs))

    def finish(self) -> None:
        driven = [motor for motor, inputs in self._inputs.items() if inputs.in1 or inputs.in2]
        assert not driven, f"left driven at the end: {driven}"

    def _check_on_time(self, motor: str, at: float) -> None:
        on = at - self._on_since[motor]
        assert on <= self._max_on + ROUNDING, f"{motor}: driven for {on} s, max_on is {self._max_on} s"

    def _check_budget(self, motor: str, duty: float, at: float) -> None:
        drives = self._drives.setdefault(motor, [])
        drives.append((self._since[motor], at, duty))
        budget = self._budgets.get(motor)
        if budget is None:
            return
        opens = at - budget.window
        drives[:] = [drive for drive in drives if drive[1] > opens]
        # The window that ends now is the fullest of those that end in this drive, or one that was looked at before.
        used = sum(d * d * (until - max(since, opens)) for since, until, d in drives)
        allowed = budget.on + self._lag + ROUNDING
        assert used <= allowed, f"{motor}: driven for {used} s at full duty within {budget.window} s, at most {allowed}"

    def _check_turn(self, motor: str, was: int, way: int, at: float) -> None:
        assert was in (0, way), f"{motor}: turned round without a coast at {at}"
        since, last = self._off_since.get(motor, (float("-inf"), 0))
        if last == -way and not was:
            rest = at - since
            assert rest >= self._dead_time - ROUNDING, f"{motor}: dead time {rest} s, at least {self._dead_time} s"
