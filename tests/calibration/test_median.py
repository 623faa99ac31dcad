"""A middle is where most of the measurements are, whatever a few of them say."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.calibration.median import middle


@given(st.lists(st.floats(-1, 1), min_size=9, max_size=40), st.sampled_from([-1e6, 1e6]))
def test_a_fifth_of_wrong_values_cannot_carry_it_away(values: list[float], wrong: float) -> None:
    assert -1.5 <= middle(values + [wrong] * (len(values) // 5)).value <= 1.5


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30), st.floats(-1e3, 1e3))
def test_it_moves_with_what_is_measured(values: list[float], shift: float) -> None:
    assert middle([value + shift for value in values]).value == pytest.approx(middle(values).value + shift, abs=1e-6)


def test_its_interval_holds_the_truth_as_often_as_it_says() -> None:
    chance = random.Random(1)
    held = 0
    for _ in range(400):
        measured = [chance.uniform(-3, 3) for _ in range(16)]
        estimate = middle(measured)
        held += estimate.low <= 0.0 <= estimate.high
    assert held >= 0.93 * 400


def test_evenly_spread_jitter_costs_less_than_by_the_plain_median() -> None:
    chance = random.Random(2)
    drawn = [sorted(chance.uniform(-3, 3) for _ in range(15)) for _ in range(300)]
    by_pairs = sum(middle(values).value ** 2 for values in drawn)
    plain = sum(values[7] ** 2 for values in drawn)
    assert by_pairs < 0.7 * plain


def test_one_measurement_has_no_middle() -> None:
    with pytest.raises(ValueError, match="two measurements"):
        middle([1.0])
