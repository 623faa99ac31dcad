"""Dry motors refuse what real ones would burn from."""

import pytest

from appliance.clock import VirtualClock
from appliance.drivers.dry_bridge import DryBridge
from appliance.errors import MotorFault
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import COAST, Inputs

SHIPPED = load_settings().room("strike", StrikeSettings)
FORWARD, BACK = Inputs(1, 0, 0.8), Inputs(0, 1, 0.5)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(1.0)


@pytest.fixture
def motors(clock: VirtualClock) -> DryBridge:
    return DryBridge(SHIPPED, clock)


def test_a_proper_stroke_is_in_the_log(motors: DryBridge, clock: VirtualClock) -> None:
    for at, inputs in ((1.0, FORWARD), (1.02, COAST), (1.03, BACK), (1.05, COAST)):
        clock.set(at)
        motors.write("snare", inputs)
    assert [(entry.time, entry.inputs) for entry in motors.log] == [
        (1.0, FORWARD),
        (1.02, COAST),
        (1.03, BACK),
        (1.05, COAST),
    ]


def test_a_motor_that_is_not_there_is_refused(motors: DryBridge) -> None:
    with pytest.raises(MotorFault, match="there is no motor 'cowbell': the kit has kick, snare"):
        motors.write("cowbell", COAST)


def test_a_turn_without_a_coast_is_refused(motors: DryBridge) -> None:
    motors.write("snare", FORWARD)
    with pytest.raises(MotorFault, match="turn round without a coast"):
        motors.write("snare", BACK)


def test_a_turn_within_the_dead_time_is_refused_and_changes_nothing(motors: DryBridge, clock: VirtualClock) -> None:
    motors.write("snare", FORWARD)
    motors.write("snare", COAST)
    clock.set(1.0 + SHIPPED.dead_time / 2)
    with pytest.raises(MotorFault, match=r"the dead time is 0\.001 s"):
        motors.write("snare", BACK)
    assert motors.log[-1].inputs == COAST
    clock.set(1.0 + SHIPPED.dead_time)
    motors.write("snare", BACK)


def test_driving_on_beyond_max_on_is_refused_and_a_coast_is_not(motors: DryBridge, clock: VirtualClock) -> None:
    motors.write("snare", FORWARD)
    clock.set(1.0 + SHIPPED.max_on)
    with pytest.raises(MotorFault, match=r"max_on is 0\.06 s"):
        motors.write("snare", Inputs(1, 0, 0.3))
    motors.write("snare", COAST)


def test_a_coast_of_all_reaches_every_motor(motors: DryBridge) -> None:
    motors.write("snare", FORWARD)
    motors.coast_all()
    assert {entry.motor for entry in motors.log if entry.inputs == COAST} == {motor.name for motor in SHIPPED.motors}


def test_the_log_is_bounded(motors: DryBridge) -> None:
    for _ in range(5000):
        motors.write("snare", COAST)
    assert len(motors.log) == 4096
