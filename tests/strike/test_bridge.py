"""A bridge burns from nothing that it is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import MotorFault
from appliance.strike.bridge import Bridge
from appliance.strike.budget import Budget
from appliance.strike.motor import COAST, Inputs
from tests.bridge_checker import BridgeChecker

DEAD_TIME, MAX_ON = 0.001, 0.05
AMPLE, SCANT = Budget(on=60.0, window=60.0), Budget(on=0.06, window=1.0)


def bridge(budget: Budget = AMPLE) -> Bridge:
    return Bridge(DEAD_TIME, MAX_ON, budget)


def test_a_drive_from_rest_is_immediate() -> None:
    b = bridge()
    b.receive(0.7)
    assert b.advance(1.0) == Inputs(1, 0, 0.7)
    assert b.advance(1.01) is None


def test_a_turn_round_coasts_for_the_dead_time() -> None:
    b = bridge()
    b.receive(1.0)
    b.advance(1.0)
    b.receive(-0.5)
    assert b.advance(1.01) == COAST
    assert b.next_deadline() == 1.01 + DEAD_TIME
    assert b.advance(1.01 + DEAD_TIME / 2) is None
    assert b.advance(1.01 + DEAD_TIME) == Inputs(0, 1, 0.5)


def test_a_dead_time_counts_from_when_the_pins_coasted() -> None:
    b = bridge()
    for duty, at in ((1.0, 1.0), (0.0, 1.01)):
        b.receive(duty)
        b.advance(at)
    b.written(1.0135)
    b.receive(-1.0)
    assert b.advance(1.014) is None
    assert b.next_deadline() == 1.0135 + DEAD_TIME
    assert b.advance(1.0135 + DEAD_TIME) == Inputs(0, 1, 1.0)


def test_the_same_direction_needs_no_dead_time() -> None:
    b = bridge()
    for duty, at in ((1.0, 1.0), (0.0, 1.01)):
        b.receive(duty)
        b.advance(at)
    b.receive(0.5)
    assert b.advance(1.0101) == Inputs(1, 0, 0.5)


def test_a_drive_is_cut_at_max_on_and_stays_off_until_it_is_let_go() -> None:
    b = bridge()
    b.receive(1.0)
    b.advance(1.0)
    b.receive(0.9)
    b.advance(1.02)
    assert b.next_deadline() == 1.0 + MAX_ON
    assert b.advance(1.0 + MAX_ON) == COAST
    assert b.cut
    b.receive(0.8)
    assert b.advance(1.2) is None
    assert b.next_deadline() is None
    b.receive(0.0)
    b.receive(0.8)
    assert b.advance(1.3) == Inputs(1, 0, 0.8)
    assert not b.cut


@pytest.mark.parametrize("duty", [float("nan"), float("inf"), -float("inf"), 1.0001, -1.0001])
def test_nonsense_is_a_motor_fault_and_changes_nothing(duty: float) -> None:
    b = bridge()
    with pytest.raises(MotorFault, match="a duty is -1 to 1"):
        b.receive(duty)
    assert b.advance(1.0) is None
    assert b.inputs == COAST


@pytest.mark.parametrize(("in1", "in2"), [(1, 1), (2, 0), (0, -1)])
def test_inputs_that_no_bridge_may_get_cannot_exist(in1: int, in2: int) -> None:
    with pytest.raises(MotorFault, match="the inputs of a bridge"):
        Inputs(in1, in2, 0.5)


@pytest.mark.parametrize("duty", [-0.1, 1.1, float("nan")])
def test_a_duty_of_inputs_is_0_to_1(duty: float) -> None:
    with pytest.raises(MotorFault, match="the duty of a bridge"):
        Inputs(1, 0, duty)


def drive(b: Bridge, duty: float, since: float, until: float) -> None:
    for wanted, at in ((duty, since), (0.0, until)):
        b.receive(wanted)
        b.advance(at)
        b.written(at)


def test_a_drive_is_cut_when_the_budget_is_used_up() -> None:
    b = bridge(SCANT)
    drive(b, 1.0, 1.0, 1.04)
    b.receive(1.0)
    b.advance(1.1)
    assert b.next_deadline() == pytest.approx(1.12)
    assert b.advance(1.12 + 1e-9) == COAST
    assert (b.cut, b.hot) == (True, True)


def test_half_the_duty_lasts_four_times_as_long() -> None:
    b = bridge(SCANT)
    drive(b, 1.0, 1.0, 1.05)
    b.receive(0.5)
    b.advance(1.1)
    assert b.next_deadline() == pytest.approx(1.1 + 0.01 * 4)


def test_without_budget_no_drive_begins_and_after_the_window_it_does() -> None:
    b = bridge(SCANT)
    drive(b, 1.0, 1.0, 1.04)
    drive(b, 1.0, 1.1, 1.12)
    assert b.heat(1.2) == pytest.approx(1.0)
    b.receive(1.0)
    assert b.advance(1.2) is None
    assert b.hot
    b.receive(0.0)
    b.receive(1.0)
    assert b.advance(2.05) == Inputs(1, 0, 1.0)
    assert b.heat(3.2) == 0.0


def test_a_coast_that_comes_late_is_paid_for() -> None:
    b = bridge(SCANT)
    for duty, at in ((1.0, 1.0), (0.0, 1.02)):
        b.receive(duty)
        b.advance(at)
    b.written(1.05)
    b.written(1.5)  # a second coast of a motor at rest
    assert b.heat(1.6) == pytest.approx(0.05 / 0.06)


def test_a_lower_duty_that_comes_late_is_paid_for() -> None:
    b = bridge(SCANT)
    for duty, at, late in ((1.0, 1.0, 0.0), (0.3, 1.03, 0.003)):
        b.receive(duty)
        b.advance(at)
        b.written(at + late)
    assert b.heat(1.04) == pytest.approx(0.033 / 0.06)


@given(
    st.lists(st.tuples(st.floats(0, 0.06), st.sampled_from([-1.0, -0.3, 0.0, 0.4, 1.0]), st.floats(0, 0.003))),
)
def test_no_sequence_of_duties_breaches_the_rules(steps: list[tuple[float, float, float]]) -> None:
    b, lag = bridge(SCANT), 0.003
    checker = BridgeChecker(DEAD_TIME, MAX_ON, {"m": SCANT}, lag)
    now = 1.0

    def advance(late: float) -> None:
        nonlocal now
        inputs = b.advance(now)
        if inputs is not None:
            now += late
            checker.write(now, "m", inputs)
            b.written(now)

    def run_until(end: float, late: float) -> None:
        nonlocal now
        while (deadline := b.next_deadline()) is not None and deadline <= end:
            now = max(now, deadline)
            advance(late)
        now = max(now, end)

    for wait, duty, late in steps:
        run_until(now + wait, late)
        b.receive(duty)
        advance(late)
    run_until(now + 1.0, 0.0)
    checker.finish()
