"""Magenta's MIDI interface, defect 10: any error in a model killed the interaction, and the process lived on, deaf."""

import pytest

from tests.parrot import Broken
from tests.rooms import KICK, ONLY, SNARE, STEP, answers_of, instrument, note_on, play, strokes_of

BAR = 16 * STEP
CALL = [(0.0, note_on(KICK)), (8 * STEP, note_on(SNARE))]


@pytest.mark.parametrize("mode", ["answer", "trade", "accompany", "echo"])
@pytest.mark.parametrize("fails_at", [0, 7, 15, 16, 25])
def test_a_model_that_fails_costs_an_echo_and_the_next_call_is_heard(fails_at, mode):
    band = instrument(Broken(fails_at), mode=mode)
    told = play(band, [*CALL, *((BAR + time, one) for time, one in CALL if mode == "accompany")], 4 * BAR)
    assert strokes_of(told) or mode == "accompany"
    assert band.duets[ONLY].turn.value == "idle"
    again = play(band, [(8 * BAR + time, one) for time, one in CALL], 12 * BAR)
    assert strokes_of(again) or mode == "accompany"
    assert band.duets[ONLY].turn.value == "idle"


def test_the_fault_is_named():
    told = play(instrument(Broken(3)), CALL)
    assert answers_of(told)[0].fault == "the parrot has flown"
