"""What calibration finds of a simulated kit is true of it, within a minute a drum; what it cannot know it says."""

import functools
from itertools import pairwise

import pytest

from appliance.calibration.bench import calibrate
from appliance.calibration.findings import Findings, calibrated
from appliance.drivers.simulated_ear import EarFaults
from appliance.strike.kit import Motor
from appliance.strike.motor import Inputs
from appliance.strike.stick import STEADY, Contact, Stick, Unsteadiness
from appliance.strike.touch import profile_of, push_of
from tests.calibration.bench import SETTINGS, mechanics_of, simulated, truth

SEED = 1
KIT = pytest.mark.parametrize("motor", SETTINGS.motors, ids=lambda motor: motor.name)
VELOCITIES = range(1, 128, 9)


@functools.cache
def found(name: str) -> tuple[Findings, float]:
    bench = simulated(SEED)
    motor = next(motor for motor in SETTINGS.motors if motor.name == name)
    findings = calibrate(motor, SETTINGS, bench)
    return findings, bench.now()


@KIT
def test_a_lead_is_within_a_millisecond_of_the_truth(motor: Motor) -> None:
    findings, _ = found(motor.name)
    assert findings.doubts == ()
    measured = calibrated(motor, findings)
    mechanics = mechanics_of(motor, SEED)
    for velocity in VELOCITIES:
        push = push_of(measured, velocity)
        contact = truth(mechanics, push.forward, push.duty)
        assert contact is not None
        assert push.lead == pytest.approx(contact.time, abs=0.001)
        assert not contact.damped


@KIT
def test_loudness_rises_with_every_velocity_tried(motor: Motor) -> None:
    measured = calibrated(motor, found(motor.name)[0])
    mechanics = mechanics_of(motor, SEED)
    pushes = [push_of(measured, velocity) for velocity in VELOCITIES]
    speeds = [contact.speed for push in pushes if (contact := truth(mechanics, push.forward, push.duty))]
    assert len(speeds) == len(VELOCITIES) >= 8
    assert all(harder > softer for softer, harder in pairwise(speeds))
    assert speeds[-1] > 3 * speeds[0]


@KIT
def test_a_drum_takes_a_minute_at_most(motor: Motor) -> None:
    findings, seconds = found(motor.name)
    assert seconds <= 60.0
    assert findings.strokes > 300


@KIT
def test_the_weakest_push_is_near_the_brink(motor: Motor) -> None:
    findings, _ = found(motor.name)
    mechanics = mechanics_of(motor, SEED)
    forward = findings.touch[0].forward
    assert truth(mechanics, forward, findings.weakest - 0.06) is None
    assert truth(mechanics, forward, findings.weakest + 0.02) is not None


@KIT
@pytest.mark.parametrize("first", [1, 64, 127])
@pytest.mark.parametrize("second", [19, 64, 127])
def test_a_stroke_as_soon_as_the_motor_may_arrives_on_time(motor: Motor, first: int, second: int) -> None:
    measured = calibrated(motor, found(motor.name)[0])
    profiles = [profile_of(measured, velocity) for velocity in (first, second)]
    starts = (0.0, profiles[0].rest + SETTINGS.dead_time)
    edges = [(start + at, duty) for start, p in zip(starts, profiles, strict=True) for at, duty in p.edges]
    stick = Stick(mechanics_of(motor, SEED), STEADY, seed=0)
    met: list[Contact] = []
    for at, duty in edges:
        met += stick.advance(at)
        stick.drive(Inputs(int(duty > 0), int(duty < 0), abs(duty)))
    met += stick.advance(starts[1] + 0.1)
    arrival = next(contact.time for contact in met if contact.time > starts[1])
    assert arrival - starts[1] == pytest.approx(profiles[1].lead, abs=0.004)


def test_an_unsteady_stick_is_called_so_and_not_believed() -> None:
    loose = simulated(SEED, unsteadiness=Unsteadiness(friction=0.9, supply=0.08))
    findings = calibrate(SETTINGS.motors[1], SETTINGS, loose)
    assert not findings.steady
    assert findings.doubts
    with pytest.raises(ValueError, match="not measured well enough"):
        calibrated(SETTINGS.motors[1], findings)


def test_an_ear_that_jitters_too_much_is_not_believed() -> None:
    findings = calibrate(SETTINGS.motors[1], SETTINGS, simulated(SEED, EarFaults(jitter=0.012)))
    assert not findings.steady


def test_a_deaf_ear_is_asked_about_in_a_sentence() -> None:
    findings = calibrate(SETTINGS.motors[1], SETTINGS, simulated(SEED, EarFaults(outliers=1.0, wild=10.0)))
    assert not findings.steady
    assert "heard" in findings.doubts[0] or "steady" in findings.doubts[0]


def test_the_same_seed_finds_the_same() -> None:
    motor = SETTINGS.motors[2]
    assert calibrate(motor, SETTINGS, simulated(5)) == calibrate(motor, SETTINGS, simulated(5))
