"""Magenta's MIDI interface, defect 7: a new tempo moved the metronome and the quantiser, but not the call's ticks."""

import pytest

from appliance.controls.control import Control, Turned
from appliance.tempo.pulse import BeatFell
from tests.parrot import Parrot
from tests.rooms import KICK, SNARE, calls_of, happened, instrument, note_on, play, run_until, strokes_of


@pytest.mark.parametrize("qpm", [60.0, 90.0, 187.0])
def test_metronome_call_and_answer_have_one_tempo_from_the_instant_it_is_turned(qpm):
    band = instrument(Parrot())
    band.turn(Turned(0.0, Control.METRONOME, True))
    band.turn(Turned(0.0, Control.TEMPO, qpm))
    beat = 60.0 / qpm
    hits = [(4 * beat, note_on(KICK)), (6 * beat, note_on(SNARE))]
    told = play(band, hits, 12 * beat)
    beats = [one.time for one in happened(told) if isinstance(one, BeatFell)]
    assert beats[:8] == pytest.approx([number * beat for number in range(1, 9)])
    assert calls_of(told)[0].answer_time == pytest.approx(8 * beat)
    assert [stroke.time for stroke in strokes_of(told)] == pytest.approx([8 * beat, 10 * beat])
    assert not [
        one for one in happened(run_until(band, 12 * beat)) if isinstance(one, BeatFell) and one.time < 11 * beat
    ]
