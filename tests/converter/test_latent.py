"""Ways through the latent space: continuous, along the arc, with the ends as they are."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from converter.latent import between, longest_step, slerp


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(2, 60))
def test_no_two_neighbours_lie_further_apart_than_the_bound(seed: int, size: int, count: int) -> None:
    one, other = np.random.default_rng(seed).normal(size=(2, size)).astype(np.float32)
    points = between(one, other, count)
    apart = [float(np.linalg.norm(after - before)) for before, after in pairwise(points)]
    assert max(apart) <= longest_step(one, other, count) * 1.0001 + 1e-5
    assert np.array_equal(points[0], one)
    assert np.array_equal(points[-1], other)


@given(st.integers(0, 10**6))
def test_twice_as_many_steps_halve_the_bound(seed: int) -> None:
    one, other = np.random.default_rng(seed).normal(size=(2, 8)).astype(np.float32)
    assume(np.linalg.norm(one) > 0.1)
    assert longest_step(one, other, 21) == pytest.approx(longest_step(one, other, 11) / 2)


def test_the_way_keeps_to_the_sphere_and_a_straight_line_does_not() -> None:
    one, other = np.eye(2, dtype=np.float32)
    middle = slerp(one, other, 0.5)
    assert np.linalg.norm(middle) == pytest.approx(1)
    assert middle == pytest.approx([np.sqrt(0.5)] * 2)


@pytest.mark.parametrize("other", [[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0], [0.0, 0.0]])
def test_ends_on_one_line_are_joined_by_it(other: list[float]) -> None:
    one, end = np.array([1.0, 0.0], np.float32), np.array(other, np.float32)
    assert slerp(one, end, 0.5) == pytest.approx((one + end) / 2)
    assert np.isfinite(longest_step(one, end, 3))


def test_one_point_is_the_middle_and_none_is_refused() -> None:
    one, other = np.eye(2, dtype=np.float32)
    assert np.array_equal(between(one, other, 1)[0], slerp(one, other, 0.5))
    with pytest.raises(ValueError, match="0 points"):
        between(one, other, 0)
