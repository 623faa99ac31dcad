"""The conductor in virtual time: where quarters are, and which beats are said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.notation.timeline import Meter
from appliance.tempo.conductor import Conductor
from appliance.tempo.pulse import BeatFell, CountedIn, GridRests, GridRuns, Pulse, Retimed
from appliance.tempo.settings import Source, TempoSettings

AHEAD = 0.1


def conductor(qpm=120.0, meter="4/4", source="settings") -> Conductor:
    return Conductor(TempoSettings(qpm, meter, Source(source)), AHEAD)


def run_until(conductor, end):
    """Every deadline up to `end`."""
    said = []
    while (deadline := conductor.next_deadline()) is not None and deadline <= end:
        said += conductor.advance(deadline)
    return said


def beats(said):
    return [event for event in said if isinstance(event, BeatFell)]


def test_the_first_hit_is_quarter_0():
    the = conductor()
    the.anchor(10.0)
    assert run_until(the, 10.0) == [Retimed(10.0, Pulse(10.0, 120.0))]


def test_a_grid_that_somebody_holds_is_not_anchored_again():
    the = conductor()
    the.anchor(10.0)
    the.hold("duet")
    the.anchor(11.3)
    assert the.pulse == Pulse(10.0, 120.0)
    the.release("duet")
    the.anchor(11.3)
    assert the.pulse == Pulse(11.3, 120.0)


@settings(deadline=None)
@given(st.floats(20, 400), st.sampled_from(["4/4", "3/4", "6/8", "7/8"]), st.floats(0, 1e5))
def test_each_beat_is_said_once_in_order_and_ahead_of_its_time(qpm, meter, origin):
    the = conductor(qpm, meter)
    the.anchor(origin)
    the.hold("duet")
    numerator, denominator = map(int, meter.split("/"))
    said = []
    while len(said) < 40:
        deadline = the.next_deadline()
        new = beats(the.advance(deadline))
        assert all(beat.time <= deadline + AHEAD + 1e-6 for beat in new)
        said += new
    assert [(beat.bar, beat.beat) for beat in said] == [divmod(number, numerator) for number in range(len(said))]
    times = [origin + number * 4 / denominator * 60 / qpm for number in range(len(said))]
    assert [beat.time for beat in said] == pytest.approx(times)


def test_nobody_is_told_of_beats_that_nobody_needs():
    the = conductor()
    the.anchor(1.0)
    the.advance(1.0)
    assert the.next_deadline() is None


def test_beats_that_passed_unsaid_are_left_out():
    the = conductor()
    the.anchor(0.0)
    the.hold("duet")
    the.advance(0.0)
    assert [beat.time for beat in beats(the.advance(100.0))] == [100.0]


def test_a_new_tempo_goes_on_from_where_the_song_is():
    the = conductor(120.0)
    the.anchor(0.0)
    the.hold("duet")
    run_until(the, 1.75)
    the.set_tempo(1.75, 60.0)
    assert the.pulse.quarter_at(1.75) == pytest.approx(3.5)
    said = beats(run_until(the, 4.0))
    assert [beat.time for beat in said] == pytest.approx([2.25, 3.25])
    assert [(beat.bar, beat.beat) for beat in said] == [(1, 0), (1, 1)]


def test_a_new_meter_waits_for_the_bar_line():
    the = conductor()
    the.anchor(0.0)
    the.hold("duet")
    run_until(the, 0.7)
    the.set_meter(0.7, Meter(3, 4))
    said = beats(run_until(the, 3.9))
    assert [(beat.bar, beat.beat) for beat in said] == [
        *((0, 2), (0, 3)),
        *((1, 0), (1, 1), (1, 2)),
        *((2, 0), (2, 1)),
    ]


def test_a_metronome_keeps_the_grid_and_clicks():
    the = conductor()
    the.set_metronome(5.0, on=True)
    assert all(beat.clicks for beat in beats(run_until(the, 8.0)))
    assert the.running
    the.set_metronome(8.0, on=False)
    assert not the.running


def test_a_count_in_clicks_a_bar_and_then_the_call_begins():
    the = conductor()
    the.count_in(10.0)
    said = run_until(the, 13.0)
    assert CountedIn(10.0, 0.0) in said
    assert the.pulse.origin == pytest.approx(12.0 + AHEAD)
    clicks = [(beat.bar, beat.beat, beat.clicks) for beat in beats(said)]
    assert clicks[:5] == [(-1, 0, True), (-1, 1, True), (-1, 2, True), (-1, 3, True), (0, 0, False)]
    assert beats(said)[0].time == pytest.approx(10.0 + AHEAD)


def test_a_player_may_come_in_late_behind_a_count_in():
    the = conductor()
    the.count_in(10.0)
    origin = the.pulse.origin
    run_until(the, origin + 0.03)
    the.anchor(origin + 0.03)
    assert the.pulse.origin == origin


def test_a_count_in_that_nobody_follows_lets_the_grid_go():
    the = conductor()
    the.count_in(10.0)
    run_until(the, 100.0)
    assert not the.running


def test_a_count_in_on_a_running_grid_takes_its_next_bar():
    the = conductor()
    the.anchor(0.0)
    the.hold("loop")
    run_until(the, 0.6)
    the.count_in(0.6)
    said = run_until(the, 5.0)
    assert CountedIn(0.6, 8.0) in said
    assert [beat.bar for beat in beats(said) if beat.clicks] == [1, 1, 1, 1]


def test_it_says_when_the_grid_begins_to_run_and_when_it_rests():
    the = conductor()
    the.anchor(10.0)
    the.hold("left")
    the.hold("right")
    said = run_until(the, 11.0)
    the.release("left")
    said += run_until(the, 12.0)
    the.release("right")
    said += run_until(the, 12.0)
    states = [event for event in said if isinstance(event, GridRuns | GridRests)]
    assert states[0] == GridRuns(10.0, Pulse(10.0, 120.0))
    assert isinstance(states[1], GridRests)
    assert len(states) == 2
