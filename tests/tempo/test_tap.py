"""Taps and counted hits: the tempo and the beat they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.tempo.conductor import Conductor
from appliance.tempo.pulse import CountedIn
from appliance.tempo.settings import Source, TempoSettings
from appliance.tempo.tap import CountingHits, Taps


def conductor(source, meter="4/4"):
    return Conductor(TempoSettings(120.0, meter, Source(source)), 0.1)


@given(st.floats(30, 300), st.integers(2, 20))
def test_even_taps_are_the_beat(qpm, count):
    taps = Taps()
    for number in range(count):
        beat = taps.tap(5.0 + number * 60.0 / qpm)
    assert beat is not None
    assert beat.period == pytest.approx(60.0 / qpm)
    assert beat.time == pytest.approx(5.0 + (count - 1) * 60.0 / qpm)


def test_a_pause_forgets_the_taps():
    taps = Taps()
    for time in (0.0, 0.5, 1.0, 6.0):
        beat = taps.tap(time)
    assert beat is None


def test_a_new_tempo_takes_two_taps():
    taps = Taps()
    for time in (0.0, 0.5, 1.0, 1.5, 2.5):
        beat = taps.tap(time)
    assert beat is not None
    assert beat.period == pytest.approx(1.0)


def test_a_bounce_is_no_tap():
    taps = Taps()
    taps.tap(0.0)
    assert taps.tap(0.02) is None
    assert taps.tap(0.5).period == pytest.approx(0.5)


def test_taps_move_the_beat_of_a_running_grid_to_the_foot():
    the = conductor("tap")
    the.anchor(0.0)
    the.hold("loop")
    for time in (4.1, 4.7, 5.3):
        the.tap(time)
    assert the.pulse.qpm == pytest.approx(100.0)
    quarter = the.pulse.quarter_at(5.3)
    assert quarter == pytest.approx(round(quarter))


def test_a_foot_takes_three_eighths_at_once():
    the = conductor("tap", "6/8")
    for time in (0.0, 0.75, 1.5):
        the.tap(time)
    assert the.pulse.qpm == pytest.approx(120.0)


def test_taps_are_heard_only_where_the_settings_say_so():
    the = conductor("settings")
    for time in (0.0, 0.75, 1.5):
        the.tap(time)
    assert the.pulse.qpm == 120.0


def test_four_even_hits_count_a_call_in():
    the = conductor("hits")
    the.anchor(1.0)
    the.hold("duet")
    for time in (1.0, 1.61, 2.19, 2.8):
        the.hit(time)
    said = the.advance(2.8)
    assert CountedIn(2.8, 0.0) in said
    assert the.pulse.origin == pytest.approx(3.4, abs=0.01)
    assert the.pulse.qpm == pytest.approx(100.0, rel=0.01)
    assert the.running


@given(st.lists(st.floats(0.06, 2.4), min_size=5, max_size=30))
def test_only_the_first_hits_behind_a_pause_count(gaps):
    counting, now, counts = CountingHits(), 0.0, 0
    for gap in gaps:
        counts += counting.hit(now) is not None
        now += gap
    assert counts <= 1


def test_uneven_hits_are_played():
    counting = CountingHits()
    assert [counting.hit(time) for time in (0.0, 0.5, 0.75, 1.5, 2.0, 2.5, 3.0)] == [None] * 7
