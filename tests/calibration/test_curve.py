"""Curves rise and fall as a stick's do, through measurements that do not."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from appliance.calibration.curve import VELOCITIES, Level, knots, lead_curve, never_falling
from appliance.calibration.median import Estimate


def level(duty: float, lead: float, loudness: float, count: int = 20) -> Level:
    return Level(duty, Estimate(lead, lead, lead, 0.0, count), Estimate(loudness, loudness, loudness, 0.0, count), 1.0)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20))
def test_never_falling_never_falls_and_keeps_the_mean(values: list[float]) -> None:
    found = never_falling(values)
    assert all(second >= first - 1e-9 for first, second in pairwise(found))
    assert abs(sum(found) - sum(values)) < 1e-6


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20).map(sorted))
def test_what_rises_already_stays(values: list[float]) -> None:
    assert never_falling(values) == values


def test_a_lead_that_is_a_cubic_in_the_inverse_duty_is_found_exactly() -> None:
    duties = [0.45 + 0.06 * n for n in range(10)]
    true = [0.01 + 0.008 / d + 0.001 / d**2 + 0.002 / d**3 for d in duties]
    levels = [level(d, t, n) for n, (d, t) in enumerate(zip(duties, true, strict=True))]
    assert all(abs(a - b) < 1e-9 for a, b in zip(lead_curve(levels, duties), true, strict=True))


def test_knots_rise_in_even_steps_of_loudness_from_1_to_127() -> None:
    levels = [level(0.5 + 0.05 * n, 0.05 - 0.0025 * n, 20.0 + 10 * n) for n in range(10)]
    table = knots(levels, 0.02)
    assert tuple(knot.velocity for knot in table) == VELOCITIES == tuple(range(1, 128, 7))
    assert [round(knot.duty, 3) for knot in table[::2]] == [round(0.5 + 0.05 * n, 3) for n in range(10)]
    assert all(knot.forward <= knot.lead for knot in table)


@given(st.integers(0, 1000))
def test_knots_of_jittery_levels_are_a_touch_that_a_motor_may_have(seed: int) -> None:
    chance = random.Random(seed)
    levels = [
        level(0.5 + 0.05 * n, 0.05 - 0.0025 * n + chance.gauss(0, 0.0006), 20 + 10 * n + chance.gauss(0, 12))
        for n in range(10)
    ]
    table = knots(levels, 0.02)
    for softer, harder in pairwise(table):
        assert harder.duty >= softer.duty
        assert harder.lead <= softer.lead


def test_an_ear_at_its_limit_asks_for_no_harder_push() -> None:
    levels = [level(0.5 + 0.05 * n, 0.05 - 0.0025 * n, min(127.0, 40.0 + 20 * n)) for n in range(10)]
    assert knots(levels, 0.02)[-1].duty == 0.75
