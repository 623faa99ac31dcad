"""What no pin of a bridge may do, read from the pins themselves; no code is shared with firmware or strike/."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from appliance.strike.motor import Inputs
from tests.bridge_checker import BridgeChecker

# The strength is made of pulses 0.1 ms apart: a line that is low for longer has ended its drive, from a duty of 0.2 on.
_PULSES = 0.0006


@dataclass
class PinRules:
    """Two inputs a motor: never both high, a dead time between them, and none high for longer than is allowed."""

    motors: Mapping[str, tuple[int, int]]
    dead_time: float
    longest: float
    high_since: dict[int, float] = field(default_factory=dict)
    low_since: dict[int, float] = field(default_factory=dict)
    shortest_rest: float = float("inf")
    longest_high: float = 0.0

    def check(self, edges: Iterable[tuple[float, int, int]]) -> None:
        other = {a: b for pins in self.motors.values() for a, b in (pins, pins[::-1])}
        for at, pin, level in edges:
            if pin not in other:
                continue
            if level:
                assert other[pin] not in self.high_since, f"pins {pin} and {other[pin]} are both high at {at}"
                rest = at - self.low_since.get(other[pin], float("-inf"))
                self.shortest_rest = min(self.shortest_rest, rest)
                assert rest >= self.dead_time, f"pin {pin} goes high {rest} s after pin {other[pin]} at {at}"
                self.high_since[pin] = at
            else:
                high = at - self.high_since.pop(pin)
                self.longest_high = max(self.longest_high, high)
                assert high <= self.longest, f"pin {pin} was high for {high} s at {at}"
                self.low_since[pin] = at
        assert not self.high_since, f"pins are left high: {self.high_since}"


def check_bridges(
    checker: BridgeChecker,
    edges: Iterable[tuple[float, int, int]],
    motors: Mapping[str, tuple[int, int, int]],
    duty: float = 1.0,
) -> None:
    """Direction pins to the checker of the Python bridge; `duty` is what the strength pin is known to make at most."""
    level = {pin: 0 for pins in motors.values() for pin in pins}
    owner = {pin: name for name, pins in motors.items() for pin in pins[:2]}
    for at, pin, high in edges:
        if pin not in owner:
            continue
        level[pin] = high
        first, second = (level[p] for p in motors[owner[pin]][:2])
        assert not (first and second), f"both inputs of {owner[pin]} are high at {at}"
        checker.write(at, owner[pin], Inputs(first, second, duty if first or second else 0.0))


def drives(edges: Iterable[tuple[float, int, int]], pin: int) -> list[tuple[float, float]]:
    """When a line was driven, its pulses of strength taken together, as (since, until)."""
    found: list[list[float]] = []
    for at, number, level in edges:
        if number != pin:
            continue
        if not level:
            found[-1][1] = at
        elif found and at - found[-1][1] < _PULSES:
            found[-1][1] = float("inf")
        else:
            found.append([at, float("inf")])
    return [(since, until) for since, until in found]
