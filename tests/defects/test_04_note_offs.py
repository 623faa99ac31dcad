"""Magenta's MIDI interface, defect 4: a note-off that came in a response left its pitch open.

The first hit of that pitch in the next call was lost.
"""

import pytest

from tests.parrot import Parrot
from tests.rooms import KICK, SNARE, STEP, calls_of, instrument, note_off, note_on, play

BAR = 16 * STEP
CALL = [(0.0, note_on(KICK)), (12 * STEP, note_on(SNARE))]


@pytest.mark.parametrize("off", [note_off(SNARE), note_on(SNARE, 0)], ids=["note-off", "velocity 0"])
@pytest.mark.parametrize("when", [1.2, 1.9, 2.0, 2.5])
def test_a_late_note_off_eats_no_hit_of_the_next_call(off, when):
    told = play(instrument(Parrot()), [*CALL, (when * BAR, off), *((3 * BAR + time, one) for time, one in CALL)])
    assert [[note.pitch for note in call.track.notes] for call in calls_of(told)] == [[KICK, SNARE]] * 2
