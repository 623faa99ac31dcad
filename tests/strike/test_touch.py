"""Soft and hard: a velocity gives a motion within the motor's two ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.settings import load_settings
from appliance.strike.kit import Motor, Push, Return, StrikeSettings
from appliance.strike.touch import Touch, profile_of

SHIPPED = load_settings().room("strike", StrikeSettings)


@st.composite
def motors(draw: st.DrawFn) -> Motor:
    soft_duty, hard_duty = sorted(draw(st.tuples(st.floats(0.01, 1), st.floats(0.01, 1))))
    soft_forward, hard_forward = sorted(draw(st.tuples(st.floats(0.003, 0.04), st.floats(0.003, 0.04))))
    hard_lead, soft_lead = sorted(draw(st.tuples(st.floats(0.04, 0.06), st.floats(0.04, 0.06))))
    return Motor(
        name="m",
        drums=("snare",),
        soft=Push(soft_forward, soft_duty, soft_lead),
        hard=Push(hard_forward, hard_duty, hard_lead),
        back=Return(draw(st.floats(0.003, 0.006)), draw(st.floats(0.01, 0.03)), draw(st.floats(0.1, 1))),
        curve=draw(st.floats(0.2, 5)),
    )


@pytest.mark.parametrize("motor", SHIPPED.motors, ids=lambda motor: motor.name)
def test_the_softest_and_the_hardest_stroke_are_the_settings_own(motor: Motor) -> None:
    for velocity, push in ((1, motor.soft), (127, motor.hard)):
        profile = profile_of(motor, velocity)
        assert (profile.forward.seconds, profile.forward.duty, profile.lead) == (push.forward, push.duty, push.lead)


@given(motors(), st.integers(1, 126))
def test_a_harder_stroke_is_never_weaker_nor_slower(motor: Motor, velocity: int) -> None:
    softer, harder = profile_of(motor, velocity), profile_of(motor, velocity + 1)
    assert harder.forward.duty >= softer.forward.duty
    assert harder.forward.seconds >= softer.forward.seconds
    assert harder.lead <= softer.lead


@given(motors(), st.integers(1, 127))
def test_no_velocity_passes_the_ends(motor: Motor, velocity: int) -> None:
    profile = profile_of(motor, velocity)
    assert motor.soft.forward <= profile.forward.seconds <= motor.hard.forward
    assert motor.soft.duty <= profile.forward.duty <= motor.hard.duty
    assert motor.hard.lead <= profile.lead <= motor.soft.lead


@given(motors(), st.integers(1, 127))
def test_the_pull_begins_a_contact_after_the_arrival(motor: Motor, velocity: int) -> None:
    profile = profile_of(motor, velocity)
    assert profile.forward.seconds + profile.pause.seconds == pytest.approx(profile.lead + motor.back.contact)
    assert profile.total <= motor.repeat + 1e-9


def test_edges_are_push_rest_pull_rest() -> None:
    profile = profile_of(SHIPPED.motors[1], 64)
    instants, duties = zip(*profile.edges, strict=True)
    assert list(instants) == sorted(instants)
    assert [duty > 0 for duty in duties] == [True, False, False, False]
    assert [duty < 0 for duty in duties] == [False, False, True, False]
    assert instants[-1] == profile.total


def test_a_touch_holds_every_profile_of_a_kit() -> None:
    touch = Touch(SHIPPED.kit)
    for motor in SHIPPED.motors:
        assert [touch.profile(motor.name, v) for v in range(1, 128)] == [profile_of(motor, v) for v in range(1, 128)]
