"""A sink for writes that fails on what burns a bridge, by rules of its own: it shares no code with strike/bridge.py."""

from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import Inputs

ROUNDING = 1e-9  # of sums of seconds in doubles; no motor feels a nanosecond


class BridgeChecker:
    """Takes every write with the instant it reached the pins, and says which rule it breaks."""

    def __init__(self, dead_time: float, max_on: float) -> None:
        self._dead_time = dead_time
        self._max_on = max_on
        self._now = float("-inf")
        self._inputs: dict[str, Inputs] = {}
        self._on_since: dict[str, float] = {}
        self._off_since: dict[str, tuple[float, int]] = {}
        self.writes: list[tuple[float, str, Inputs]] = []

    @classmethod
    def of(cls, settings: StrikeSettings) -> "BridgeChecker":
        return cls(settings.dead_time, settings.max_on)

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
        if way:
            self._check_turn(motor, was, way, at)
        if way and not was:
            self._on_since[motor] = at
        if was and not way:
            self._off_since[motor] = (at, was)
        self._inputs[motor] = inputs
        self.writes.append((at, motor, inputs))

    def finish(self) -> None:
        driven = [motor for motor, inputs in self._inputs.items() if inputs.in1 or inputs.in2]
        assert not driven, f"left driven at the end: {driven}"

    def _check_on_time(self, motor: str, at: float) -> None:
        on = at - self._on_since[motor]
        assert on <= self._max_on + ROUNDING, f"{motor}: driven for {on} s, max_on is {self._max_on} s"

    def _check_turn(self, motor: str, was: int, way: int, at: float) -> None:
        assert was in (0, way), f"{motor}: turned round without a coast at {at}"
        since, last = self._off_since.get(motor, (float("-inf"), 0))
        if last == -way and not was:
            rest = at - since
            assert rest >= self._dead_time - ROUNDING, f"{motor}: dead time {rest} s, at least {self._dead_time} s"
