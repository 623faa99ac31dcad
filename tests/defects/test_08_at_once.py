"""Magenta's MIDI interface, defect 8: panic, end-call and every change of state waited for the next bar line."""

import pytest

from appliance.controls.control import Control, Turned
from appliance.happenings import Silence, TurnTaken
from appliance.turn import Turn
from tests.parrot import Parrot
from tests.rooms import KICK, PAD, SNARE, STEP, calls_of, happened, instrument, note_on, play, run_until

BAR = 16 * STEP


@pytest.mark.parametrize("when", [0.01, 0.3, 1.07, 1.999])
def test_a_panic_silences_at_the_instant_of_its_message(when):
    band = instrument(Parrot())
    play(band, [(0.0, note_on(KICK))], when * BAR)
    assert Silence(when * BAR) in happened(band.receive(PAD, when * BAR, bytes((0xB0, 120, 0))))


def test_the_turn_changes_with_the_hit_that_takes_it():
    band = instrument(Parrot())
    assert TurnTaken(3.21, Turn.LISTENING) in happened(band.receive(PAD, 3.21, note_on(KICK)))


def test_an_end_call_is_answered_on_the_next_step_where_answers_may_begin_there():
    band = instrument(Parrot(), bars=0, call={"start": "step"})
    play(band, [(0.0, note_on(KICK)), (3 * STEP, note_on(SNARE))], 3.5 * STEP)
    told = band.turn(Turned(3.5 * STEP, Control.END_CALL)) + run_until(band, 2 * BAR)
    # From step 3.6 on a stroke on step 4 could no longer be met: 55 ms are 0.44 of a step.
    assert calls_of(told)[0].answer_time == pytest.approx(4 * STEP)
