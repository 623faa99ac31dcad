"""Magenta's MIDI interface, defect 6: what a late model brought was sent all at once, four notes in a millisecond."""

import pytest

from appliance.happenings import StrokesDue
from tests.parrot import Parrot
from tests.rooms import HAT, HORIZON, STEP, happened, instrument, note_on, play
from tests.stalled import Stalled

BAR = 16 * STEP
CALL = [(2 * eighth * STEP, note_on(HAT)) for eighth in range(8)]


@pytest.mark.parametrize("lag", [0.05, 0.3, 1.0])
def test_a_model_that_lags_behind_the_end_of_a_call_brings_no_stroke_late(lag):
    seats = []

    def engage(answering):
        seats.append(Stalled(answering))
        return seats[-1]

    band = instrument(Parrot(), engage=engage)
    play(band, CALL, 0.9 * BAR)
    seats[0].stalled = True
    late = []
    while (deadline := band.next_deadline()) is not None and deadline < 4 * BAR:
        seats[0].stalled = deadline < BAR + lag
        for one in happened(band.advance(deadline)):
            if isinstance(one, StrokesDue):
                late += [stroke for stroke in one.step.strokes if stroke.time < deadline + HORIZON - 0.015]
    assert late == []
