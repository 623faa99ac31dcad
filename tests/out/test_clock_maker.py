"""The box as MIDI clock, in virtual time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.out.clock_maker import CLOCK, CONTINUE, PPQN, SONG_POSITION, START, STOP, ClockMaker
from appliance.tempo.clock_reader import ClockReader
from appliance.tempo.pulse import Pulse


def run_until(maker, end):
    """Each message with the instant at which it was due."""
    sent = []
    while (deadline := maker.next_deadline()) is not None and deadline <= end:
        sent += maker.advance(deadline)
    return sent


def kinds(sent):
    return [data[0] for _, data in sent]


def times_of_ticks(sent):
    return [time for time, data in sent if data[0] == CLOCK]


def test_a_song_is_started_just_before_its_first_tick():
    maker = ClockMaker(always=False)
    maker.follow(5.0, Pulse(6.0, 120.0), playing=True)
    sent = run_until(maker, 7.0)
    assert kinds(sent) == [START] + [CLOCK] * 49
    assert sent[0][0] == pytest.approx(6.0 - 0.002)
    assert times_of_ticks(sent) == pytest.approx([6.0 + number / 48 for number in range(49)])


def test_a_song_that_begins_with_a_hit_is_started_at_once():
    maker = ClockMaker(always=False)
    maker.follow(5.0, Pulse(5.0, 120.0), playing=True)
    assert kinds(maker.advance(5.0005))[:2] == [START, CLOCK]


def test_a_song_under_way_is_entered_at_its_next_sixteenth():
    maker = ClockMaker(always=False)
    maker.follow(10.0, Pulse(0.0, 120.0), playing=True)
    sent = run_until(maker, 10.2)
    assert sent[0] == (pytest.approx(10.0 - 0.002), bytes((SONG_POSITION, 80, 0)))
    assert kinds(sent)[:3] == [SONG_POSITION, CONTINUE, CLOCK]


def test_a_stop_is_said_once():
    maker = ClockMaker(always=False)
    maker.follow(0.0, Pulse(0.0, 120.0), playing=True)
    run_until(maker, 1.0)
    maker.follow(1.0, Pulse(0.0, 120.0), playing=False)
    maker.follow(1.1, Pulse(0.0, 120.0), playing=False)
    assert kinds(run_until(maker, 9.0)) == [STOP]


def test_ticks_go_on_between_songs_where_the_settings_say_so():
    maker = ClockMaker(always=True)
    maker.follow(0.0, Pulse(0.0, 60.0), playing=False)
    assert len(times_of_ticks(run_until(maker, 1.001))) == 25


def test_a_count_in_ticks_before_its_start():
    maker = ClockMaker(always=True)
    maker.follow(0.0, Pulse(2.0, 120.0), playing=True)
    sent = run_until(maker, 2.0)
    assert kinds(sent).index(START) == 96
    assert kinds(sent)[-2:] == [START, CLOCK]


def test_another_tempo_goes_on_with_the_next_tick():
    maker = ClockMaker(always=True)
    pulse = Pulse(0.0, 120.0)
    maker.follow(0.0, pulse, playing=True)
    sent = run_until(maker, 1.0)
    faster = pulse.at_tempo(1.0, 180.0)
    maker.follow(1.0, faster, playing=True)
    sent += run_until(maker, 2.0)
    assert kinds(sent).count(START) == 1
    assert STOP not in kinds(sent)
    assert times_of_ticks(sent)[-1] == pytest.approx(faster.time_of((len(times_of_ticks(sent)) - 1) / PPQN))


def test_a_song_that_begins_anew_is_stopped_and_started():
    maker = ClockMaker(always=True)
    maker.follow(0.0, Pulse(0.0, 120.0), playing=True)
    run_until(maker, 1.0)
    maker.follow(1.0, Pulse(1.0, 120.0), playing=True)
    assert kinds(run_until(maker, 1.1))[:3] == [STOP, START, CLOCK]


def test_after_a_standstill_the_place_is_told_and_no_burst_comes():
    maker = ClockMaker(always=True)
    maker.follow(0.0, Pulse(0.0, 120.0), playing=True)
    run_until(maker, 1.0)
    sent = maker.advance(3.01) + run_until(maker, 3.2)
    assert kinds(sent).count(SONG_POSITION) == 1
    assert kinds(sent)[0] == STOP
    assert len(times_of_ticks(sent)) < 12


def test_an_hour_of_ticks_does_not_drift():
    maker = ClockMaker(always=True)
    maker.follow(0.0, Pulse(0.0, 117.3), playing=True)
    ticks = times_of_ticks(run_until(maker, 3600.0))
    assert abs(ticks[-1] - (len(ticks) - 1) * 60.0 / 117.3 / 24) < 1e-6


@settings(deadline=None)
@given(st.floats(30, 300), st.floats(0, 100), st.booleans())
def test_who_reads_our_clock_hears_our_pulse(qpm, into, always):
    maker, reader = ClockMaker(always=always), ClockReader(120.0)
    pulse = Pulse(50.0 - into, qpm)
    maker.follow(50.0, pulse, playing=True)
    for time, data in run_until(maker, 50.0 + 60 * 60.0 / qpm / 10):
        reader.receive(time, data)
    assert reader.plays
    assert reader.pulse.qpm == pytest.approx(qpm, rel=1e-3)
    assert abs(reader.pulse.time_of(100) - pulse.time_of(100)) < 0.02
