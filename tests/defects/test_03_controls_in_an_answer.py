"""Magenta's MIDI interface, defect 3: in a response panic, end-call, mutate and the clock were thrown away."""

import pytest

from appliance.controls.binding import Binding
from appliance.controls.control import PUSHES, Control, Turned
from appliance.happenings import AnswerMoved, Kept, Silence, StrokesOff
from appliance.tempo.pulse import CountedIn, Retimed
from tests.parrot import Parrot
from tests.rooms import KICK, PAD, SNARE, STEP, happened, instrument, note_on, play, run_until

BAR = 16 * STEP
CALL = [(0.0, note_on(KICK)), (8 * STEP, note_on(SNARE))]
# What each leads to at once, in the middle of an answer.
AT_ONCE = {
    Control.PANIC: Silence,
    Control.MUTATE: StrokesOff,
    Control.KEEP: Kept,
    Control.COUNT_IN: CountedIn,
    Control.TEMPERATURE: AnswerMoved,
    Control.DENSITY: AnswerMoved,
    Control.TEMPO: Retimed,
    Control.MUTE: StrokesOff,
    Control.ANSWER_BARS: StrokesOff,
}


@pytest.mark.parametrize("control", AT_ONCE)
def test_a_control_acts_in_the_middle_of_an_answer_by_its_message(control):
    band = instrument(Parrot(), answer_bars=4, bindings=(Binding(control, "cc 20"),))
    play(band, CALL, 1.5 * BAR)
    told = band.receive(PAD, 1.5 * BAR, bytes((0xB0, 20, 127 if control in PUSHES or control is Control.MUTE else 30)))
    told += run_until(band, 1.5 * BAR)
    assert any(isinstance(one, AT_ONCE[control]) for one in happened(told))


@pytest.mark.parametrize("control", [one for one in Control if one is not Control.SCENE])
def test_every_control_is_told_in_the_middle_of_an_answer(control):
    value = {Control.MODE: "echo", Control.START: "beat", Control.MODEL: "parrot"}.get(control, 2.0)
    if control in PUSHES:
        value = None
    if control in (Control.LOOP, Control.OVERLAP, Control.THRU, Control.MUTE, Control.MEMORY, Control.METRONOME):
        value = True
    band = instrument(Parrot(), answer_bars=4)
    play(band, CALL, 1.5 * BAR)
    turned = Turned(1.5 * BAR, control, value)
    assert happened(band.turn(turned))[0] == turned


def test_a_clock_is_heard_in_an_answer():
    band = instrument(Parrot(), answer_bars=8, source="clock")
    told = play(band, CALL, 1.5 * BAR)
    ticks = [(1.5 * BAR + number / 24 * 0.4, bytes((0xF8,))) for number in range(24 * 8)]  # 150 quarters a minute
    told = play(band, ticks, 1.5 * BAR + 3.2)
    retimed = [one.pulse.qpm for one in happened(told) if isinstance(one, Retimed)]
    assert retimed[-1] == pytest.approx(150.0, rel=0.01)
