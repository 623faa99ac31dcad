"""A calibrated touch is obeyed at its knots and straight between them; one out of order is refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.settings import load_settings
from appliance.strike.kit import Knot, Motor, StrikeSettings
from appliance.strike.touch import profile_of, push_of

SNARE = next(motor for motor in load_settings().room("strike", StrikeSettings).motors if motor.name == "snare")
KNOTS = (Knot(1, 0.018, 0.5, 0.050), Knot(40, 0.018, 0.62, 0.037), Knot(127, 0.019, 1.0, 0.024))


def touched(*knots: Knot) -> Motor:
    return msgspec.structs.replace(SNARE, soft=knots[0].push, hard=knots[-1].push, touch=knots)


def test_a_knot_is_the_push_of_its_velocity() -> None:
    motor = touched(*KNOTS)
    for knot in KNOTS:
        assert push_of(motor, knot.velocity) == knot.push


@given(st.integers(1, 126))
def test_between_knots_a_harder_stroke_is_never_weaker_nor_slower(velocity: int) -> None:
    softer, harder = (profile_of(touched(*KNOTS), v) for v in (velocity, velocity + 1))
    assert harder.forward.duty >= softer.forward.duty
    assert harder.lead <= softer.lead
    assert harder.forward.seconds <= harder.lead


def test_half_way_is_half_of_each() -> None:
    push = push_of(touched(Knot(1, 0.010, 0.4, 0.040), Knot(127, 0.020, 0.8, 0.030)), 64)
    assert (push.forward, push.duty, push.lead) == pytest.approx((0.015, 0.6, 0.035))


@pytest.mark.parametrize(
    ("knots", "sentence"),
    [
        ((Knot(2, 0.01, 0.5, 0.05), KNOTS[-1]), "goes from velocity 1 to 127"),
        ((KNOTS[0], KNOTS[1], KNOTS[1], KNOTS[2]), "velocity 40 out of order"),
        ((KNOTS[0], Knot(40, 0.018, 0.4, 0.037), KNOTS[2]), "duty, 0.5, is above"),
        ((KNOTS[0], Knot(40, 0.018, 0.6, 0.020), KNOTS[2]), "lead, 0.024, is above"),
    ],
)
def test_a_touch_out_of_order_is_refused(knots: tuple[Knot, ...], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        touched(*knots)


def test_a_touch_and_its_ends_must_agree() -> None:
    with pytest.raises(ValueError, match="begins with its soft push"):
        msgspec.structs.replace(SNARE, touch=KNOTS)


def test_a_settings_file_writes_knots_as_lists() -> None:
    knots = msgspec.convert([[1, 0.018, 0.5, 0.05], [127, 0.019, 1, 0.024]], tuple[Knot, ...])
    assert knots == (KNOTS[0], KNOTS[2])


def test_the_time_to_settle_counts_in_the_repeat() -> None:
    back = msgspec.structs.replace(SNARE.back, settle=0.01)
    slow = msgspec.structs.replace(SNARE, back=back)
    assert slow.repeat == pytest.approx(SNARE.repeat + 0.01)
    assert profile_of(slow, 60).rest == pytest.approx(profile_of(SNARE, 60).total + 0.01)
