"""The follower on clocks as cables bring them, in virtual time."""

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance.tempo.follower import FASTEST, SLOWEST, Follower
from tests.tempo.clocks import PPQN, cable, steady, step, truth


def errors(times, ticks, follower=None):
    """By how much (s) the follower misplaces each tick that arrives, as (true number, error)."""
    follower = follower or Follower(120.0)
    found = []
    for number, at in ticks:
        follower.tick(at)
        found.append((number, follower.line.time_of(number) - times[number]))
    return found


def rms(values):
    return math.sqrt(sum(value * value for value in values) / len(values))


def p99(values):
    return sorted(abs(value) for value in values)[math.ceil(0.99 * len(values)) - 1]


def test_a_jittered_clock_is_followed_within_a_millisecond_behind_its_first_bar():
    found = []
    for seed in range(8):
        times = truth(steady(120.0), 24)
        found += [error for number, error in errors(times, cable(times, seed)) if number >= 4 * PPQN]
    assert rms(found) <= 0.001
    assert p99(found) <= 0.002


def test_a_step_of_tempo_is_followed_within_a_beat():
    behind = []
    for seed in range(8):
        times = truth(step(100.0, 140.0, 8), 12)
        found = errors(times, cable(times, seed, lost=0.0))
        behind += [error for number, error in found if number >= 9 * PPQN]
    assert rms(behind) <= 0.001
    assert p99(behind) <= 0.002


@pytest.mark.parametrize(("before", "after"), [(60, 180), (180, 60), (120, 60), (60, 120), (120, 126), (140, 100)])
def test_a_step_is_never_taken_for_lost_or_doubled_ticks(before, after):
    times = truth(step(before, after, 8), 16)
    found = errors(times, cable(times, 1, jitter=0.001, lost=0.0))
    assert max(abs(error) for number, error in found if number >= 10 * PPQN) < 0.001


@settings(deadline=None, max_examples=40)
@given(st.floats(40, 220), st.integers(0, 10**6), st.integers(30, 180))
@example(40.0, 338577, 32)  # whose first ticks lie so straight that no later one was believed
def test_the_count_goes_on_through_a_lost_tick(qpm, seed, lost):
    times = truth(steady(qpm), 8)
    ticks = [tick for tick in cable(times, seed, jitter=0.001, lost=0.0) if tick[0] != lost]
    assert abs(errors(times, ticks)[-1][1]) < 0.002


@settings(deadline=None, max_examples=40)
@given(st.floats(40, 220), st.integers(0, 10**6), st.integers(30, 180))
def test_a_doubled_tick_counts_once(qpm, seed, doubled):
    times = truth(steady(qpm), 8)
    ticks = list(cable(times, seed, jitter=0.001, lost=0.0))
    ticks.insert(doubled + 1, (doubled, ticks[doubled][1] + 0.0004))
    assert abs(errors(times, ticks)[-1][1]) < 0.002


@settings(deadline=None, max_examples=40)
@given(st.floats(40, 220), st.integers(1, 9))
def test_a_tick_lost_among_the_first_is_missed_behind_ten(qpm, lost):
    times = truth(steady(qpm), 4)
    ticks = [tick for tick in cable(times, 3, jitter=0.0002, lost=0.0) if tick[0] != lost]
    assert abs(errors(times, ticks)[-1][1]) < 0.001


def test_one_late_tick_moves_nothing():
    times = truth(steady(120.0), 8)
    ticks = [
        (number, at + (0.015 if number == 100 else 0.0)) for number, at in cable(times, 5, jitter=0.0005, lost=0.0)
    ]
    assert max(abs(error) for number, error in errors(times, ticks) if number > 90) < 0.001


def test_a_song_goes_on_behind_a_hole_in_its_clock():
    times = truth(steady(120.0), 16)
    ticks = [tick for tick in cable(times, 2, jitter=0.001, lost=0.0) if not 200 <= tick[0] < 280]
    found = errors(times, ticks)
    assert abs(found[-1][1]) < 0.001
    assert max(abs(error) for number, error in found if number >= 300) < 0.002


def test_a_slow_change_of_tempo_is_followed_all_along():
    times = truth(lambda quarter: 100.0 + 1.5 * quarter, 32)
    found = errors(times, cable(times, 4, jitter=0.001))
    assert rms([error for number, error in found if number >= 4 * PPQN]) < 0.0015


@given(st.lists(st.floats(0.0, 0.2), min_size=1, max_size=400))
@settings(deadline=None, max_examples=60)
def test_whatever_comes_the_line_is_finite_and_of_a_tempo_that_can_be(gaps):
    follower, now = Follower(120.0), 0.0
    for gap in gaps:
        now += gap
        assert isinstance(follower.tick(now), int)
        assert math.isfinite(follower.line.time)
        assert SLOWEST - 1e-6 <= 60.0 / (follower.line.period * PPQN) <= FASTEST + 1e-6


def test_two_ticks_lost_among_the_first_are_missed_behind_ten():
    times = truth(steady(120.0), 4)
    ticks = [tick for tick in cable(times, 3, jitter=0.003, lost=0.0) if tick[0] not in (4, 7)]
    assert abs(errors(times, ticks)[-1][1]) < 0.002


def test_ticks_that_are_lost_in_turn_are_no_new_tempo():
    times = truth(steady(120.0), 12)
    ticks = [tick for tick in cable(times, 3, jitter=0.003, lost=0.0) if tick[0] not in (200, 202, 204)]
    assert max(abs(error) for number, error in errors(times, ticks) if number > 100) < 0.003


@pytest.mark.parametrize(("before", "after"), [(100.0, 140.0), (140.0, 100.0), (90.0, 120.0)])
def test_a_tick_that_is_lost_at_the_very_step_seldom_costs_a_place(before, after):
    """With a jitter of a fifth of a tick it can be told in nine songs of ten (in_time.md)."""
    times, lost = truth(step(before, after, 8.0), 12), range(8 * PPQN - 1, 8 * PPQN + 4)
    wrong = 0
    for seed in range(6):
        for gone in lost:
            found = errors(times, [tick for tick in cable(times, seed, lost=0.0) if tick[0] != gone], Follower(before))
            wrong += abs(found[-1][1]) > 0.008
    assert wrong <= 3


def test_a_slow_change_is_never_taken_for_a_step_that_was_miscounted():
    for seed in range(4):
        times = truth(lambda quarter: 100.0 + 1.5 * quarter, 32)
        found = errors(times, cable(times, seed, jitter=0.001))
        assert abs(found[-1][1]) < 0.004, seed


def test_ticks_that_come_all_at_once_behind_a_step_are_borne():
    follower, times = Follower(120.0), truth(steady(120.0), 6)
    for time in times:
        follower.tick(time)
    for count in range(200):
        follower.tick(times[-1] + 0.004 + (count % 7) * 1e-9)
    assert SLOWEST - 1 <= 60.0 / (follower.line.period * PPQN) <= FASTEST + 1
