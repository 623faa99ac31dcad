"""A stick obeys mechanics: harder is sooner and louder, what is pushed on is damped, a seed strikes alike."""

import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.strike.motor import COAST, Inputs
from appliance.strike.stick import STEADY, Contact, Mechanics, Stick, Unsteadiness, different

KIT = different(seed=1)


def throw(mechanics: Mechanics, forward: float, duty: float, unsteadiness: Unsteadiness = STEADY) -> list[Contact]:
    stick = Stick(mechanics, unsteadiness, seed=7)
    stick.drive(Inputs(1, 0, duty))
    met = list(stick.advance(forward))
    stick.drive(COAST)
    return met + list(stick.advance(forward + 0.3))


@pytest.mark.parametrize("mechanics", KIT)
def test_a_harder_push_arrives_sooner_and_louder(mechanics: Mechanics) -> None:
    firsts = [throw(mechanics, 0.018, duty)[0] for duty in (0.75, 0.85, 1.0)]
    assert firsts == sorted(firsts, key=lambda contact: -contact.time)
    assert firsts == sorted(firsts, key=lambda contact: contact.speed)


@pytest.mark.parametrize("mechanics", KIT)
def test_a_stick_let_alone_is_on_the_head_for_three_to_six_milliseconds(mechanics: Mechanics) -> None:
    first = throw(mechanics, 0.017, 1.0)[0]
    assert not first.damped
    assert 0.0029 <= first.seconds <= 0.0066
    assert first.seconds == pytest.approx(mechanics.contact, rel=0.15)


@pytest.mark.parametrize("mechanics", KIT)
def test_a_push_that_lasts_beyond_the_arrival_damps(mechanics: Mechanics) -> None:
    arrival = throw(mechanics, 0.05, 1.0)[0]
    assert arrival.damped
    assert not throw(mechanics, arrival.time - 0.001, 1.0)[0].damped


@pytest.mark.parametrize("mechanics", KIT)
def test_a_push_too_weak_for_its_friction_moves_nothing(mechanics: Mechanics) -> None:
    stall = mechanics.force * mechanics.supply / mechanics.resistance
    assert throw(mechanics, 0.05, 0.95 * (mechanics.friction + mechanics.weight) / stall) == []


@pytest.mark.parametrize("mechanics", KIT)
def test_the_head_returns_the_share_of_speed_that_it_should(mechanics: Mechanics) -> None:
    still = msgspec.structs.replace(mechanics, friction=0.0, weight=0.0)
    stick = Stick(still, STEADY, seed=1)
    stick.drive(Inputs(1, 0, 1.0))
    list(stick.advance(0.015))
    stick.drive(COAST)
    first = next(stick.advance(0.2))
    fell = stick.place
    list(stick.advance(first.time + first.seconds + 0.002))
    back = (fell - stick.place) / 0.002
    assert back / first.speed == pytest.approx(mechanics.rebound, abs=0.08)


def test_no_stick_is_faster_than_its_motor_without_load() -> None:
    for mechanics in KIT:
        assert throw(mechanics, 0.05, 1.0)[0].speed < mechanics.supply / mechanics.force


def test_a_pull_brings_the_stick_home() -> None:
    stick = Stick(KIT[0], STEADY, seed=1)
    stick.drive(Inputs(1, 0, 1.0))
    list(stick.advance(0.018))
    stick.drive(COAST)
    list(stick.advance(0.05))
    assert not stick.still
    stick.drive(Inputs(0, 1, 0.7))
    list(stick.advance(0.085))
    stick.drive(COAST)
    list(stick.advance(0.25))
    assert stick.still
    assert stick.place == 0.0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.0005, 0.03), min_size=1, max_size=8), st.sampled_from(KIT))
def test_how_often_it_is_asked_changes_no_arrival(cuts: list[float], mechanics: Mechanics) -> None:
    stick = Stick(mechanics, STEADY, seed=7)
    stick.drive(Inputs(1, 0, 1.0))
    met: list[Contact] = []
    now = 0.0
    for cut in cuts:
        now = min(now + cut, 0.018)
        met += stick.advance(now)
    met += stick.advance(0.018)
    stick.drive(COAST)
    met += stick.advance(0.4)
    once = throw(mechanics, 0.018, 1.0)
    assert met[0].time == pytest.approx(once[0].time, abs=50e-6)


def test_the_same_seed_strikes_alike_and_another_does_not() -> None:
    def times(seed: int) -> list[float]:
        stick = Stick(KIT[0], Unsteadiness(), seed)
        stick.drive(Inputs(1, 0, 1.0))
        return [contact.time for contact in stick.advance(0.1)]

    assert times(3) == times(3)
    assert times(3) != times(4)


def test_eight_motors_are_eight() -> None:
    assert len(set(KIT)) == 8
    assert different(seed=1) == KIT
    firsts = [throw(mechanics, 0.018, 1.0)[0].time for mechanics in KIT]
    assert max(firsts) - min(firsts) > 0.005
    assert all(math.isfinite(first) for first in firsts)
