"""Magenta's MIDI interface, defect 7: a tempo control moved the metronome and the quantisation, but not the ticks by
which calls and answers were timed. Here one pulse is the beat of all of them."""

import pytest

from appliance.notation.timeline import Grid
from appliance.out.clock_maker import CLOCK, ClockMaker
from appliance.tempo.conductor import Conductor
from appliance.tempo.pulse import BeatFell, Retimed
from appliance.tempo.settings import TempoSettings


def test_a_new_tempo_is_that_of_the_beats_the_grid_and_the_clock_at_once():
    conductor, clock = Conductor(TempoSettings(120.0, "4/4"), 0.1), ClockMaker(always=True)
    conductor.anchor(0.0)
    conductor.hold("duet")
    said, ticks = [], []
    for now in (number / 100 for number in range(1000)):
        if now == 3.0:
            conductor.set_tempo(now, 90.0)
        for one in conductor.advance(now):
            said.append(one)
            if isinstance(one, Retimed):
                clock.follow(one.time, one.pulse, playing=True)
        ticks += [time for time, data in clock.advance(now) if data[0] == CLOCK]
    changed = [one for one in said if isinstance(one, Retimed)][-1]
    assert changed.time == 3.0
    beats = [one.time for one in said if isinstance(one, BeatFell) and one.time > 3.2]
    assert beats == pytest.approx([3.0 + number * 60 / 90 for number in range(1, len(beats) + 1)])
    later = [time for time in ticks if time > 3.0]
    assert later == pytest.approx([3.0 + number * 60 / 90 / 24 for number in range(1, len(later) + 1)])
    assert conductor.pulse.timeline(6, conductor.meter, 4).grid == Grid(90.0)
