"""Magenta's MIDI interface, defect 5: a note-on without a note-off before it was ignored, so rolls were lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parrot import Parrot
from tests.rooms import HORIZON, SNARE, STEP, calls_of, instrument, note_on, play


@settings(deadline=None)
@given(st.lists(st.integers(1, 14), min_size=1, max_size=14, unique=True))
def test_every_note_on_is_a_hit_whether_it_was_let_go_or_not(steps):
    hits = [(step * STEP, note_on(SNARE, 50 + step)) for step in [0, *sorted(steps)]]
    track = calls_of(play(instrument(Parrot()), hits))[0].track
    assert [(note.step, note.velocity) for note in track.notes] == [(step, 50 + step) for step in [0, *sorted(steps)]]


def test_a_roll_faster_than_steps_is_on_each_of_them():
    last = 16 * STEP - HORIZON
    hits = [(number * STEP / 4, note_on(SNARE)) for number in range(64) if number * STEP / 4 < last]
    track = calls_of(play(instrument(Parrot()), hits))[0].track
    assert [note.step for note in track.notes] == list(range(16))
