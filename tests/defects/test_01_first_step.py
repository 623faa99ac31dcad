"""Magenta's MIDI interface, defect 1: the first step of each call was lost, and the first sixteenth of each answer.

Its quantiser rounded the start of the call up: a hit on the downbeat was dropped, all metric counters were off by one.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.notation.timeline import Grid
from tests.parrot import Parrot
from tests.rooms import KICK, STEP, calls_of, instrument, note_on, play, strokes_of


@settings(deadline=None)
@given(st.floats(0, 1e6), st.floats(40, 300))
def test_the_downbeat_of_a_call_is_heard_and_answered_whenever_it_falls(begins, qpm):
    model, grid = Parrot(), Grid(qpm)
    told = play(instrument(model, grid=grid), [(begins, note_on(KICK, 99))], begins + 100 * grid.step_seconds)
    assert model.heard[0] == (1, 1)  # a kick, at position 0 of the counter, which counts from 1
    assert [(note.step, note.pitch) for note in calls_of(told)[0].track.notes] == [(0, KICK)]
    (first,) = strokes_of(told)
    assert first.time == pytest.approx(begins + 16 * grid.step_seconds)


def test_the_counter_of_an_answer_goes_on_from_that_of_its_call():
    model = Parrot()
    play(instrument(model), [(0.0, note_on(KICK))], 40 * STEP)
    assert [counter for _, counter in model.heard] == list(range(1, 32))
