"""Simulated drums are dry motors with sticks: they refuse what a bridge refuses, and tell what was struck."""

import pytest

from appliance.clock import VirtualClock
from appliance.drivers.simulated_drum import SimulatedDrums, sticks_of
from appliance.errors import MotorFault
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import COAST, Inputs
from appliance.strike.striker import Striker
from tests.bridge_checker import BridgeChecker

SETTINGS = load_settings().room("strike", StrikeSettings)


def test_what_a_bridge_refuses_is_refused() -> None:
    clock = VirtualClock()
    drums = SimulatedDrums(SETTINGS, sticks_of(SETTINGS, seed=1), clock)
    drums.write("snare", Inputs(1, 0, 1.0))
    with pytest.raises(MotorFault, match="turn round"):
        drums.write("snare", Inputs(0, 1, 1.0))
    with pytest.raises(MotorFault, match="there is no motor"):
        drums.write("gong", COAST)


def test_every_hard_stroke_of_the_kit_is_heard_once_or_more_and_safely() -> None:
    clock = VirtualClock()
    drums = SimulatedDrums(SETTINGS, sticks_of(SETTINGS, seed=1), clock)
    checker = BridgeChecker.of(SETTINGS)
    striker = Striker(SETTINGS)
    pitches = (36, 38, 42, 45, 48, 50, 49, 51)
    striker.receive([Stroke(1.0 + 0.3 * n, pitch, 127) for n, pitch in enumerate(pitches)], clock.now())
    while (deadline := striker.next_deadline()) is not None:
        clock.set(max(deadline, clock.now()))
        for write in striker.advance(clock.now()):
            checker.write(clock.now(), write.motor, write.inputs)
            drums.write(write.motor, write.inputs)
    clock.set(5.0)
    checker.finish()
    beats = drums.take_beats()
    assert {beat.motor for beat in beats} == {motor.name for motor in SETTINGS.motors}
    assert [beat.contact.time for beat in beats] == sorted(beat.contact.time for beat in beats)
    assert drums.take_beats() == []
