"""A MIDI clock and the conductor that follows it, in virtual time."""

import pytest

from appliance.tempo.clock_reader import CLOCK, CONTINUE, SONG_POSITION, START, STOP
from appliance.tempo.conductor import Conductor
from appliance.tempo.pulse import BeatFell, ClockCame, ClockLost, ClockStarted, ClockStopped, Retimed
from appliance.tempo.settings import Source, TempoSettings
from tests.tempo.clocks import PPQN, cable, steady, step, truth

AHEAD = 0.1


def conductor(qpm=120.0, source="clock"):
    return Conductor(TempoSettings(qpm, "4/4", Source(source)), AHEAD)


def play(the, messages, end):
    """Messages in order of time, each deadline between them kept, and then every deadline up to `end`."""
    said = []
    for time, message in [*messages, (end, None)]:
        while (deadline := the.next_deadline()) is not None and deadline <= time:
            said += the.advance(deadline)
        if message is not None:
            the.receive(time, message)
            said += the.advance(time)
    return said


def ticks(times):
    return [(time, bytes((CLOCK,))) for time in times]


def started(times, message=bytes((START,))):
    return [(times[0] - 0.002, message), *ticks(times)]


def of(kind, said):
    return [event for event in said if isinstance(event, kind)]


def test_the_tick_behind_a_start_is_quarter_0():
    the = conductor()
    times = truth(steady(100.0), 8)
    said = play(the, started(times), times[-1])
    assert of(ClockStarted, said) == [ClockStarted(times[0], 0.0)]
    assert the.pulse.qpm == pytest.approx(100.0)
    assert the.pulse.time_of(4) == pytest.approx(times[4 * PPQN])
    assert the.running


def test_each_beat_of_a_jittered_clock_falls_once_and_in_its_place():
    the = conductor()
    times = truth(step(100.0, 140.0, 16), 32)
    messages = [(times[0] - 0.004, bytes((START,))), *ticks(time for _, time in cable(times, 7, lost=0.0))]
    said = of(BeatFell, play(the, messages, times[-1] - AHEAD))
    assert [beat.bar * 4 + beat.beat for beat in said] == list(range(len(said)))
    for number, beat in enumerate(said[:32]):
        if number >= 4 and number != 17:
            assert abs(beat.time - times[number * PPQN]) < 0.004


def test_a_song_position_and_a_continue_go_to_a_sixteenth():
    the = conductor()
    times = truth(steady(120.0), 4)
    position = 2 * 16 + 8  # sixteenths: bar 2 and a half
    messages = [(9.5, bytes((SONG_POSITION, position & 0x7F, position >> 7))), *started(times, bytes((CONTINUE,)))]
    said = play(the, messages, times[-1])
    assert of(ClockStarted, said) == [ClockStarted(times[0], 10.0)]
    assert the.pulse.quarter_at(times[-1]) == pytest.approx(10 + (len(times) - 1) / PPQN)
    first = of(BeatFell, said)[0]
    assert (first.bar, first.beat) == (2, 2)


def test_a_continue_goes_on_where_the_song_stood():
    the = conductor()
    times = truth(steady(120.0), 8)
    half = 4 * PPQN
    messages = [
        *started(times[:half]),
        (times[half - 1] + 0.005, bytes((STOP,))),
        (14.0, bytes((CONTINUE,))),
        *ticks(time + 4.0 for time in times[half:]),
    ]
    said = play(the, messages, times[-1] + 4.0)
    assert len(of(ClockStopped, said)) == 1
    assert [event.quarter for event in of(ClockStarted, said)] == [0.0, 4.0]


def test_a_stop_lets_the_grid_go_though_the_ticks_go_on():
    the = conductor()
    times = truth(steady(120.0), 4)
    play(the, [*started(times), (times[-1] + 0.001, bytes((STOP,)))], times[-1] + 0.002)
    assert not the.running
    later = [times[-1] + 0.5 / PPQN * number for number in range(1, 40)]
    said = play(the, ticks(later), later[-1])
    assert not of(BeatFell, said)
    assert the.pulse.qpm == pytest.approx(120.0, rel=1e-3)


def test_without_a_start_the_clock_gives_the_tempo_and_the_first_hit_the_beat():
    the = conductor()
    times = truth(steady(90.0), 12)
    play(the, ticks(times[:100]), times[99])
    assert not the.running
    hit = times[99] + 0.0123
    the.anchor(hit)
    the.hold("duet")
    play(the, ticks(times[100:]), times[-1])
    assert the.pulse.time_of(0) == pytest.approx(hit, abs=1e-3)
    assert the.pulse.qpm == pytest.approx(90.0, rel=1e-3)


def test_when_the_clock_goes_the_beat_goes_on_for_whoever_needs_it():
    the = conductor()
    the.hold("duet")
    times = truth(steady(120.0), 8)
    said = play(the, started(times), times[-1] + 10.0)
    assert len(of(ClockLost, said)) == 1
    beats = of(BeatFell, said[said.index(ClockStarted(times[0], 0.0)) :])
    assert [beat.bar * 4 + beat.beat for beat in beats] == list(range(len(beats)))
    assert len(beats) >= 28
    assert beats[-1].time == pytest.approx(times[0] + (len(beats) - 1) * 0.5, abs=1e-3)


def test_a_clock_that_comes_back_is_followed_at_its_place():
    the = conductor()
    the.hold("duet")
    times = truth(steady(120.0), 24)
    said = play(the, started([*times[: 8 * PPQN], *times[12 * PPQN :]]), times[-1])
    assert len(of(ClockCame, said)) == 2
    assert abs(the.pulse.time_of(23) - times[23 * PPQN]) < 1e-3


def test_a_clock_that_nobody_chose_moves_nothing():
    the = conductor(source="settings")
    times = truth(steady(90.0), 4)
    assert play(the, started(times), times[-1]) == []
    assert the.pulse.qpm == 120.0


def test_a_knob_does_not_argue_with_a_clock():
    the = conductor()
    times = truth(steady(90.0), 4)
    play(the, started(times), times[-1])
    the.set_tempo(times[-1], 200.0)
    assert the.pulse.qpm == pytest.approx(90.0, rel=1e-3)


def test_a_quiet_clock_says_little():
    the = conductor()
    times = truth(steady(120.0), 64)
    came = [time for _, time in cable(times, 3, jitter=0.0003, lost=0.0)]
    said = play(the, started(came), times[-1])
    assert len([event for event in of(Retimed, said) if event.time > times[8 * PPQN]]) < 20


def test_of_two_clocks_the_chosen_one_is_followed():
    the = Conductor(TempoSettings(120.0, "4/4", Source.CLOCK), AHEAD, clock_input="daw")
    for port, qpm in (("synth", 70.0), ("daw", 90.0)):
        for time in truth(steady(qpm), 2):
            the.receive(time, bytes((CLOCK,)), port)
    assert the.pulse.qpm == pytest.approx(90.0, rel=1e-3)
