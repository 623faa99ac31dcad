"""The checker itself: each breach is seen."""

import msgspec
import pytest

from appliance.strike.budget import Budget
from appliance.strike.motor import COAST, Inputs
from tests.bridge_checker import BridgeChecker

FORWARD, BACK = Inputs(1, 0, 1.0), Inputs(0, 1, 1.0)


def forged(in1: int, in2: int, duty: float) -> Inputs:
    """Inputs that cannot be made otherwise."""
    inputs = Inputs(0, 0, 0.0)
    for name, value in (("in1", in1), ("in2", in2), ("duty", duty)):
        msgspec.structs.force_setattr(inputs, name, value)
    return inputs


@pytest.mark.parametrize(
    ("writes", "sentence"),
    [
        ([(1.0, FORWARD), (1.01, BACK)], "without a coast"),
        ([(1.0, FORWARD), (1.01, COAST), (1.0105, BACK)], "dead time"),
        ([(1.0, FORWARD), (1.051, COAST)], "driven for"),
        ([(1.0, FORWARD), (1.03, Inputs(1, 0, 0.5)), (1.051, COAST)], "driven for"),
        ([(1.0, FORWARD), (0.99, COAST)], "time went back"),
        ([(1.0, COAST), (1.1, FORWARD)], "left driven"),
        ([(1.0, forged(1, 1, 0.5))], "both inputs high"),
        ([(1.0, forged(2, 0, 0.5))], "inputs"),
        ([(1.0, forged(1, 0, float("nan")))], "duty nan"),
        ([(1.0, forged(1, 0, 1.5))], "duty 1.5"),
    ],
)
def test_a_breach_is_seen(writes: list[tuple[float, Inputs]], sentence: str) -> None:
    checker = BridgeChecker(dead_time=0.001, max_on=0.05)
    with pytest.raises(AssertionError, match=sentence):
        feed(checker, writes)


def feed(checker: BridgeChecker, writes: list[tuple[float, Inputs]]) -> None:
    for at, inputs in writes:
        checker.write(at, "m", inputs)
    checker.finish()


@pytest.mark.parametrize(("gap", "hot"), [(0.2, True), (0.9, True), (1.0, False)])
def test_a_used_up_budget_is_seen(gap: float, hot: bool) -> None:
    checker = BridgeChecker(0.001, 0.05, {"m": Budget(on=0.06, window=1.0)})
    writes = [(1.0, FORWARD), (1.04, COAST), (1.0 + gap, FORWARD), (1.04 + gap, COAST)]
    if hot:
        with pytest.raises(AssertionError, match="at full duty within"):
            feed(checker, writes)
    else:
        feed(checker, writes)


def test_a_proper_stroke_passes() -> None:
    feed(BridgeChecker(dead_time=0.001, max_on=0.05), [(1.0, FORWARD), (1.02, COAST), (1.03, BACK), (1.05, COAST)])
