"""Laws of what is turned while a duet plays, in virtual time: tempo, meter, model, mode, and knobs that are swept."""

import pytest

from appliance.controls.control import Control, Turned
from appliance.happenings import (
    AnswerBegan,
    AnswerOver,
    CallEnded,
    StrokesDue,
    TurnRefused,
)
from appliance.notation.timeline import Grid, Meter
from appliance.tempo.pulse import BeatFell
from appliance.turn import Turn
from tests.moves import BAR, ROCK, at, rock_at, turn, turn_of
from tests.parrot import Dicing, Parrot
from tests.rooms import (
    KICK,
    ONLY,
    SNARE,
    STEP,
    answers_of,
    calls_of,
    happened,
    instrument,
    note_on,
    play,
    run_until,
    sounded,
    strokes_of,
)

# --- controls at once, also in an answer


def test_a_longer_answer_is_wished_for_while_it_sounds():
    band = instrument(Parrot())
    told = play(band, ROCK, 1.5 * BAR)
    told += turn(band, 1.5 * BAR, Control.ANSWER_BARS, 2)
    told += run_until(band, 10 * BAR)
    assert sounded(told) == rock_at(1) + rock_at(2)


def test_a_shorter_answer_is_wished_for_while_it_sounds():
    band = instrument(Parrot(), answer_bars=4)
    told = play(band, ROCK, 1.5 * BAR)
    told += turn(band, 1.5 * BAR, Control.ANSWER_BARS, 1)
    told += run_until(band, 10 * BAR)
    assert sounded(told) == rock_at(1)


def test_a_temperature_is_heard_as_soon_as_a_stick_can():
    band = instrument(Dicing(), temperature=0.0, answer_bars=2)
    told = play(band, ROCK, 2 * BAR)
    assert sounded(told) == []  # the likeliest of all that are alike is the first, a rest
    told += turn(band, 2 * BAR, Control.TEMPERATURE, 1.0)
    told += run_until(band, 10 * BAR)
    assert min(one[0].expected for one in sounded(told)) <= 32 + 2


def test_another_model_goes_on_in_the_middle_of_an_answer():
    band = instrument({"parrot": Parrot(), "other": Parrot()}, answer_bars=2)
    told = play(band, ROCK, 1.5 * BAR)
    told += turn(band, 1.5 * BAR, Control.MODEL, "other")
    told += run_until(band, 10 * BAR)
    # It has heard the call and what has sounded, so it goes on with the same.
    assert sounded(told) == rock_at(1) + rock_at(2)
    assert len(band_models(band)["other"].heard) > 20


def band_models(band):
    return {name: band.duets[ONLY]._answering._models(name) for name in ("parrot", "other")}


def test_a_tempo_moves_what_has_not_sounded():
    band = instrument(Parrot())
    told = play(band, ROCK, 1.5 * BAR)
    told += turn(band, 1.5 * BAR, Control.TEMPO, 60.0)
    told += run_until(band, 10 * BAR)
    # Half a bar of four beats at 60 quarters a minute is left, from the middle of the answer on.
    assert sounded(told) == [(16, KICK), (20, SNARE), (24, KICK), (24 + 8, SNARE)]
    over = next(one for one in happened(told) if isinstance(one, AnswerOver))
    assert over.time == pytest.approx(1.5 * BAR + BAR)


def test_a_tempo_in_a_call_moves_the_steps_that_have_not_been_heard():
    band = instrument(Parrot())
    told = play(band, [(0.0, note_on(KICK))], 0.5 * BAR)
    told += turn(band, 0.5 * BAR, Control.TEMPO, 60.0)
    told += play(band, [(0.5 * BAR + 8 * STEP, note_on(SNARE))], 10 * BAR)
    assert [(note.step, note.pitch) for note in calls_of(told)[0].track.notes] == [(0, KICK), (12, SNARE)]


@pytest.mark.parametrize(
    ("control", "value"),
    [
        (Control.TEMPERATURE, 99.0),
        (Control.MODEL, "none"),
        (Control.MODE, "dance"),
        (Control.SCENE, 3),
        (Control.CALL_BARS, 60),
        (Control.TEMPO, -1.0),
        (Control.LOOP, 3),
        (Control.MODEL, 7),
    ],
)
def test_a_control_that_cannot_be_so_is_said_and_stays(control, value):
    band = instrument(Parrot())
    before = band.duets[ONLY].dials
    refused = [one for one in happened(band.turn(Turned(0.0, control, value))) if isinstance(one, TurnRefused)]
    assert [one.control for one in refused] == [control]
    assert refused[0].reason
    assert band.duets[ONLY].dials == before


def test_a_scene_turns_all_it_names():
    scenes = {"ballad": {"tempo": 60.0, "mode": "trade", "temperature": 0.5, "kit": {"snare": "low_tom"}}}
    band = instrument(Parrot(), scenes=scenes)
    told = turn(band, 0.0, Control.SCENE, "ballad")
    assert not any(isinstance(one, TurnRefused) for one in happened(told))
    told += play(band, [(2 * time, message) for time, message in ROCK], 5 * BAR)
    assert calls_of(told)[0].timeline.grid == Grid(60.0)
    assert [(step.expected, key) for step, key in sounded(told)] == [(32, 36), (40, 45), (48, 36), (56, 45)]
    assert band.duets[ONLY].dials.sampling.temperature == 0.5


def grids(told):
    return [one.timeline.grid for one in happened(told) if isinstance(one, CallEnded)]


def test_another_meter_is_that_of_the_next_call_and_no_phrase_is_cut():
    band = instrument(Parrot(), mode="trade", bars=1)
    told = turn(band, 0.0, Control.METRONOME, True)
    told += play(band, ROCK, 0.5 * BAR)
    told += turn(band, 0.5 * BAR, Control.METER, "7/8")  # in the call: its answer is of its own meter
    told += play(band, [(2 * BAR + time, message) for time, message in ROCK[:3]], 4 * BAR)
    assert [str(grid.meter) for grid in grids(told)] == ["4/4", "7/8"]
    assert [call.answer_time for call in calls_of(told)] == pytest.approx([BAR, 2 * BAR + 14 * STEP])
    lines = [beat.time for beat in happened(told) if isinstance(beat, BeatFell) and beat.beat == 0]
    assert lines == pytest.approx([0.0, BAR, 2 * BAR, *(2 * BAR + 14 * STEP * bar for bar in range(1, len(lines) - 2))])
    assert len(lines) > 4


def test_another_meter_is_there_at_once_where_nobody_plays_and_by_a_scene():
    band = instrument(Parrot(), scenes={"waltz": {"meter": "3/4", "tempo": 90.0}})
    turn(band, 0.0, Control.SCENE, "waltz")
    told = play(band, [(1.0 + time, message) for time, message in ROCK[:2]], 10.0)
    assert [(str(grid.meter), grid.qpm) for grid in grids(told)] == [("3/4", 90.0)]


def test_a_model_that_comes_while_a_meter_waits_is_not_left_with_one_that_it_cannot_count():
    band = instrument({"parrot": Parrot(), "triplets": Parrot(3)})
    told = play(band, ROCK, 0.5 * BAR) + turn(band, 0.5 * BAR, Control.METER, "7/8")
    told += turn(band, 1.5 * BAR, Control.MODEL, "triplets") + run_until(band, 3 * BAR)
    refused = [one.control for one in happened(told) if isinstance(one, TurnRefused)]
    assert refused in ([Control.METER], [Control.MODEL])
    told = play(band, [(4 * BAR + time, message) for time, message in ROCK], 8 * BAR)
    assert answers_of(told)


def test_another_answer_to_a_call_of_another_meters_model_is_refused_in_words():
    band = instrument({"triplets": Parrot(3), "parrot": Parrot()})
    play(band, ROCK, 4 * BAR)
    turn(band, 4 * BAR, Control.MODEL, "parrot")
    turn(band, 4 * BAR, Control.METER, "7/8")
    told = turn(band, 5 * BAR, Control.MUTATE)
    assert [one.control for one in happened(told) if isinstance(one, TurnRefused)] == [Control.MUTATE]


def test_a_loop_keeps_no_meter_waiting():
    band = instrument(Parrot(), loop=True)
    told = turn(band, 0.0, Control.METRONOME, True) + play(band, ROCK, 2.5 * BAR)
    told += turn(band, 2.5 * BAR, Control.METER, "3/4") + run_until(band, 6 * BAR)
    lines = [beat.time for beat in happened(told) if isinstance(beat, BeatFell) and beat.beat == 0]
    assert lines == pytest.approx([0.0, BAR, 2 * BAR, 3 * BAR, 3.75 * BAR, 4.5 * BAR, 5.25 * BAR, 6 * BAR], abs=1e-6)


@pytest.mark.parametrize("value", ["7/9", "seven", "0/4", "17/4", "", 7, None, True, "7/8"])
def test_a_meter_that_is_none_or_that_a_model_cannot_count_is_said(value):
    band = instrument({"triplets": Parrot(3), "parrot": Parrot()})
    told = turn(band, 0.0, Control.METER, value)
    assert [one.control for one in happened(told) if isinstance(one, TurnRefused)] == [Control.METER]
    assert str(band.duets[ONLY]._conductor.meter) == "4/4"


@pytest.mark.parametrize("mode", ["answer", "trade", "accompany", "echo"])
@pytest.mark.parametrize("other", ["answer", "trade", "accompany", "echo"])
def test_modes_change_at_any_time_and_the_next_call_is_answered(mode, other):
    for when in (0.5 * BAR, 1.5 * BAR, 3.3 * BAR):
        band = instrument(Parrot(), mode=mode)
        told = play(band, [one for one in at(0) if one[0] <= when], when)
        told += turn(band, when, Control.MODE, other)
        run_until(band, 10 * BAR)
        assert turn_of(band) is Turn.IDLE
        later = play(band, [*at(12), *at(13)], 20 * BAR)
        assert strokes_of(later)
        assert turn_of(band) is Turn.IDLE


WHOLE = [
    (meter, steps, resolution)
    for meter, steps in (((3, 4), 12), ((6, 8), 12), ((7, 8), 14), ((5, 4), 20))
    for resolution in (3, 4, 6, 12)
    if resolution * 4 * meter[0] % meter[1] == 0
]


@pytest.mark.parametrize(("meter", "steps", "resolution"), WHOLE)
def test_a_call_and_its_answer_are_bars_of_any_meter_and_triplet_grids_where_they_fit(meter, steps, resolution):
    grid = Grid(120.0, Meter(*meter), resolution)
    told = play(instrument(Parrot(resolution), grid=grid), [(0.0, note_on(KICK))])
    assert calls_of(told)[0].track.length == steps * resolution // 4
    began = next(one for one in happened(told) if isinstance(one, AnswerBegan))
    assert began.timeline.origin == pytest.approx(steps * STEP)


def test_a_model_that_cannot_count_the_meter_is_refused():
    grid = Grid(120.0, Meter(7, 8), 4)
    band = instrument({"parrot": Parrot(4), "triplets": Parrot(3)}, grid=grid)
    (refused,) = [one for one in happened(turn(band, 0.0, Control.MODEL, "triplets")) if isinstance(one, TurnRefused)]
    assert "7/8" in refused.reason
    assert band.duets[ONLY].dials.answer.model == "parrot"


def test_a_model_of_another_resolution_answers_from_the_next_call_on():
    band = instrument({"parrot": Parrot(4), "triplets": Parrot(3)})
    told = play(band, ROCK, 1.5 * BAR)
    told += turn(band, 1.5 * BAR, Control.MODEL, "triplets")
    told += play(band, at(4), 8 * BAR)
    assert [call.timeline.grid.steps_per_quarter for call in calls_of(told)] == [4, 3]
    assert [call.track.length for call in calls_of(told)] == [16, 12]
    assert not [one for one in answers_of(told) if one.fault]


@pytest.mark.parametrize(
    ("control", "values"),
    [
        (Control.TEMPERATURE, [0.5 + number / 1000 for number in range(500)]),
        (Control.TEMPO, [100.0 + number / 10 for number in range(500)]),
        (Control.MUTE, [number % 2 == 0 for number in range(500)]),
        (Control.MUTATE, [None] * 500),
    ],
)
def test_a_knob_that_is_swept_floods_no_striker(control, values):
    band = instrument(Parrot(), answer_bars=8)
    play(band, ROCK, 1.5 * BAR)
    told = []
    for number, value in enumerate(values):  # 500 in half a second
        told += turn(band, 1.5 * BAR + number / 1000, control, value)
    # A step or two that are near go out each time; what is far ahead waits until the hand is still.
    assert len([one for one in happened(told) if isinstance(one, StrokesDue)]) < 4 * len(values)
    assert len(strokes_of(run_until(band, 4 * BAR))) > 4


def test_an_answer_that_was_muted_and_swept_is_whole_behind_it():
    band = instrument(Parrot(), answer_bars=4)
    told = play(band, ROCK, 1.5 * BAR)
    for number in range(100):
        told += turn(band, 1.5 * BAR + number / 1000, Control.TEMPERATURE, number / 100)
    told += run_until(band, 10 * BAR)
    assert sounded(told) == rock_at(1) + rock_at(2) + rock_at(3) + rock_at(4)
