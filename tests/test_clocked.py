"""Duets by a clock from outside, by a foot and by hits that count in; in virtual time."""

import random
from itertools import pairwise

import pytest

from appliance.controls.control import Control, Turned
from appliance.happenings import AnswerOver, StrokesDue, StrokesOff, TurnTaken
from appliance.turn import Turn
from tests.parrot import Parrot
from tests.rooms import (
    HORIZON,
    KICK,
    ONLY,
    PAD,
    SNARE,
    STEP,
    calls_of,
    happened,
    instrument,
    note_on,
    play,
    run_until,
    strokes_of,
)

BAR = 16 * STEP
START, STOP, TICK = bytes((0xFA,)), bytes((0xFC,)), bytes((0xF8,))
ROCK = [(0.0, note_on(KICK)), (4 * STEP, note_on(SNARE)), (8 * STEP, note_on(KICK)), (12 * STEP, note_on(SNARE))]


def clock(seconds, qpm=120.0, jitter=0.0, dropped=0.0, seed=1):
    """A song of a clock from 1.0 s on, its first tick on the first beat."""
    chance = random.Random(seed)
    tick = 60.0 / qpm / 24
    ticks = [
        (1.0 + number * tick + chance.uniform(-jitter, jitter), TICK)
        for number in range(int(seconds / tick))
        if chance.random() >= dropped
    ]
    return [(0.99, START), *ticks]


def heard(band, messages, end):
    """What sounds in the end, as (instant, key), and how long ahead of its sound each stroke was sent."""
    sounding, ahead = {}, []

    def take(now, told):
        for one in happened(told):
            if isinstance(one, StrokesOff):
                for place in [place for place in sounding if place[0] >= one.time]:
                    del sounding[place]
            if isinstance(one, StrokesDue):
                for stroke in one.step.strokes:
                    sounding[stroke.time, stroke.pitch] = now
                    ahead.append(stroke.time - now)

    for time, message in [*sorted(messages), (end, bytes((0xFE,)))]:
        while (deadline := band.next_deadline()) is not None and deadline <= time:
            take(deadline, band.advance(deadline))
        take(time, band.receive(PAD, time, message))
    return sorted(sounding), ahead


@pytest.mark.parametrize("seed", range(3))
def test_an_answer_stays_with_a_clock_that_jitters_and_drops_ticks(seed):
    band = instrument(Parrot(), source="clock", loop=True)
    hits = [(1.0 + 4 * BAR + time, message) for time, message in ROCK]
    sounds, ahead = heard(band, [*clock(60.0, jitter=0.003, dropped=0.01, seed=seed), *hits], 60.0)
    steps = [(time - 1.0) / STEP for time, _ in sounds]
    assert len(sounds) > 80
    assert max(abs(step - round(step)) for step in steps) * STEP < 0.004
    assert [key for _, key in sounds] == [KICK, SNARE, KICK, SNARE] * (len(sounds) // 4) + [KICK, SNARE, KICK, SNARE][
        : len(sounds) % 4
    ]
    assert min(ahead) > HORIZON - 0.002


def test_a_call_begins_on_the_clocks_bar_line():
    band = instrument(Parrot(), source="clock")
    told = play(band, sorted([*clock(20.0), (1.0 + 2 * BAR + 5 * STEP, note_on(SNARE))]), 20.0)
    assert calls_of(told)[0].timeline.origin == pytest.approx(1.0 + 2 * BAR, abs=0.001)
    assert [note.step for note in calls_of(told)[0].track.notes] == [5]


def test_a_clock_that_stops_ends_the_answer():
    band = instrument(Parrot(), source="clock", loop=True)
    hits = [(1.0 + 2 * BAR + time, message) for time, message in ROCK]
    messages = [one for one in clock(30.0) if one[0] < 13.3]
    told = play(band, sorted([*messages, *hits, (13.3, STOP)]), 30.0)
    over = [one.time for one in happened(told) if isinstance(one, AnswerOver)]
    assert over == [13.3]
    assert band.duets[ONLY].turn is Turn.IDLE


def test_a_clock_that_is_gone_is_coasted_through():
    band = instrument(Parrot(), source="clock", loop=True)
    hits = [(1.0 + 2 * BAR + time, message) for time, message in ROCK]
    messages = [one for one in clock(30.0) if one[0] < 13.3]
    sounds, _ = heard(band, [*messages, *hits], 25.0)
    later = [(time - 1.0) / STEP for time, _ in sounds if time > 14.0]
    assert len(later) > 16
    assert max(abs(step - round(step)) for step in later) < 0.1


def test_a_step_of_the_clocks_tempo_is_followed_by_the_answer():
    band = instrument(Parrot(), source="clock", loop=True)
    slow = [one for one in clock(14.0, 100.0) if one[0] < 13.0]
    line = slow[-1][0] + 60.0 / 100 / 24
    fast = [(line + number * 60.0 / 140 / 24, TICK) for number in range(24 * 40)]
    beat = 60.0 / 100
    hits = [(1.0 + (4 + time / STEP / 4) * beat, message) for time, message in ROCK]
    sounds, _ = heard(band, [*slow, *fast, *hits], line + 12.0)
    late = [time for time, _ in sounds if time > line + 2 * 60.0 / 140]
    gaps = [after - before for before, after in pairwise(late)]
    assert gaps == pytest.approx([60.0 / 140] * len(gaps), abs=0.01)


def test_four_even_hits_count_a_call_in():
    band = instrument(Parrot(), source="hits", bars=0)
    beat = 60.0 / 90
    count = [(number * beat, note_on(SNARE)) for number in range(4)]
    hits = [(4 * beat + time / STEP / 4 * beat, message) for time, message in ROCK]
    told = play(band, [*count, *hits], 30 * beat)
    call = calls_of(told)[-1]
    assert call.timeline.grid.qpm == pytest.approx(90.0)
    assert call.timeline.origin == pytest.approx(4 * beat)
    assert [(note.step, note.pitch) for note in call.track.notes] == [(0, KICK), (4, SNARE), (8, KICK), (12, SNARE)]


def test_a_foot_that_taps_gives_call_and_answer_their_tempo():
    band = instrument(Parrot(), source="tap")
    told = []
    for number in range(5):
        told += run_until(band, number * 0.75)
        told += band.turn(Turned(number * 0.75, Control.TAP))
    told += play(band, [(6.0 + 6 * time, message) for time, message in ROCK[:1]], 20.0)
    assert calls_of(told)[0].timeline.grid.qpm == pytest.approx(80.0)
    assert strokes_of(told)[0].time == pytest.approx(6.0 + 4 * 0.75, abs=0.01)
    assert [one.turn for one in happened(told) if isinstance(one, TurnTaken)][-1] is Turn.IDLE
