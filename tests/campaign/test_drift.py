"""A drift is told from what a run has anyway: noise, and a machine that stands still."""

import random

import pytest

from bench.drift import drift


def edges(ppm: float, seed: int = 1) -> list[tuple[float, float]]:
    """Ten minutes of 64 edges a second, 15 us late and some; now and then 30 ms, as when a machine stands still."""
    chance = random.Random(seed)
    run = []
    for number in range(64 * 600):
        at = number / 64
        stall = 0.030 if chance.random() < 0.002 else 0.0
        run.append((1000.0 + at, 15e-6 + abs(chance.gauss(0.0, 5e-6)) + stall + 1e-6 * ppm * at))
    return run


@pytest.mark.parametrize("ppm", [-0.5, 0.02, 20.0])
def test_a_drift_is_told_within_its_confidence(ppm: float) -> None:
    told = drift(edges(ppm))
    assert told is not None
    assert abs(told.ppm - ppm) <= 2 * told.ppm_sure
    assert told.ppm_sure < 0.01
    assert not told.none
    assert told.ms == pytest.approx(told.ppm * 600 / 1000, rel=0.01)


def test_where_there_is_none_none_is_told() -> None:
    told = [drift(edges(0.0, seed)) for seed in range(5)]
    assert sum(one is not None and one.none for one in told) >= 4  # of 95 %


def test_a_run_too_short_tells_nothing() -> None:
    assert drift([]) is None
    assert drift(edges(1.0)[: 64 * 40]) is None
