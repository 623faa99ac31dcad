"""The board's time is known to a tenth of a millisecond though answers are late by chance."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.arduino.clock_fit import ClockFit

THERE, BACK = 0.0006, 0.001


def fitted(rate: float, offset: int, seed: int, samples: int, late: float) -> tuple[ClockFit, float]:
    """A fit of a clock that is so many parts fast, through answers each way of which waits for up to `late` s."""
    chance, fit, now = random.Random(seed), ClockFit(), 100.0
    for _ in range(samples):
        there, back = (chance.choice((0.0, 0.0, chance.uniform(0, late))) for _ in range(2))
        arrives = now + THERE + there
        ticks = (offset + round(arrives * 250_000 * rate)) % (1 << 32)
        fit.add(now, arrives + back + BACK, ticks, THERE, BACK)
        now += 0.05
    return fit, now


@settings(deadline=None)
@given(st.floats(0.995, 1.005), st.integers(0, (1 << 32) - 1), st.integers(0, 1000))
def test_instants_to_come_are_known_to_a_tenth_of_a_millisecond(rate: float, offset: int, seed: int) -> None:
    fit, now = fitted(rate, offset, seed, 60, 0.01)
    soon = now + 0.03
    true = (offset + round(soon * 250_000 * rate)) % (1 << 32)
    off = (fit.ticks_at(soon) - true + (1 << 31)) % (1 << 32) - (1 << 31)
    assert abs(off) * 4e-6 < 0.0001


def test_the_rate_is_the_boards_own() -> None:
    fit, _ = fitted(1.002, 7, 1, 60, 0.001)
    assert fit.rate == pytest.approx(250_000 * 1.002, rel=1e-5)


def test_a_few_answers_are_needed() -> None:
    assert not fitted(1.0, 0, 1, 7, 0.0)[0].ready
    assert fitted(1.0, 0, 1, 8, 0.0)[0].ready


def answer(fit: ClockFit, at: float, ticks: int) -> bool:
    return fit.add(at - THERE, at + BACK, ticks % (1 << 32), THERE, BACK)


@given(st.integers(0, (1 << 32) - 1))
def test_an_answer_of_noise_moves_nothing(noise: int) -> None:
    fit, now = fitted(1.0, 0, 1, 20, 0.001)
    before = fit.ticks_at(now + 0.03)
    answer(fit, now, noise)
    assert not fit.broken
    assert abs(fit.ticks_at(now + 0.03) - before) * 4e-6 < 0.002


def test_a_clock_that_begins_anew_is_noticed() -> None:
    fit, now = fitted(1.0, 0, 1, 20, 0.001)
    used = [answer(fit, now + n / 10, n * 25_000) for n in range(8)]
    assert not any(used)
    assert fit.broken
