"""Magenta's MIDI interface, defect 11, of the rooms: only 4/4, fixed velocities, no count-in, one generator."""

import pytest

from appliance.controls.control import Control, Turned
from appliance.happenings import TurnTaken
from appliance.notation.timeline import Grid, Meter
from appliance.routes import DuetSettings
from appliance.tempo.pulse import BeatFell
from appliance.turn import Turn
from tests.parrot import Parrot
from tests.rooms import HAT, KICK, STEP, calls_of, happened, instrument, note_on, play, run_until, strokes_of

BAR = 16 * STEP


@pytest.mark.parametrize("meter", [(3, 4), (6, 8), (7, 8), (5, 4), (12, 8)])
def test_a_call_of_any_meter_is_answered_on_its_bar_line(meter):
    grid = Grid(120.0, Meter(*meter))
    told = play(instrument(Parrot(), grid=grid), [(0.0, note_on(KICK))])
    assert calls_of(told)[0].answer_time == pytest.approx(grid.steps_per_bar * STEP)


def test_an_answer_has_the_velocities_of_its_call():
    hits = [(step * STEP, note_on(HAT, 120 if step % 4 == 0 else 33)) for step in range(16)]
    assert [one.velocity for one in strokes_of(play(instrument(Parrot()), hits))] == [120, 33, 33, 33] * 4


def test_a_bar_is_counted_in_with_a_click_on_each_beat():
    band = instrument(Parrot())
    told = band.turn(Turned(0.0, Control.COUNT_IN)) + run_until(band, 1.5 * BAR)
    listening = next(one.time for one in happened(told) if one.__class__ is TurnTaken and one.turn is Turn.LISTENING)
    clicks = [one.time for one in happened(told) if isinstance(one, BeatFell) and one.clicks]
    assert clicks == pytest.approx([listening - beat * 4 * STEP for beat in (4, 3, 2, 1)])


def test_several_models_play_in_one_box():
    models = {"one": Parrot(), "other": Parrot()}
    duets = {"a": DuetSettings(), "b": DuetSettings(controls={"model": "other"})}
    play(instrument(models, duets=duets), [(0.0, note_on(KICK))])
    assert all(model.heard for model in models.values())
