"""A humanised answer on stage: its strokes lie beside their steps, once each, through knobs, tempi and panics."""

import itertools

import pytest

from appliance.answer.way import Way
from appliance.controls.control import Control, Turned
from appliance.happenings import Kept, StrokesDue, TurnRefused
from appliance.turn import Turn
from tests.groove.grooves import human_band, sounding
from tests.parrot import Parrot
from tests.rooms import (
    HAT,
    HORIZON,
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
)

CALL = [
    (step * STEP, note_on(key))
    for step in range(32)
    for key in ([KICK] if step % 8 == 0 else [SNARE] if step % 8 == 4 else [HAT] if step % 2 == 0 else [])
]


def turned(band, time, control, value=None):
    return run_until(band, time) + band.turn(Turned(time, control, value))


def answered(**controls):
    """A band with two bars of call behind it, and what was told; the answer is under way."""
    band = human_band(bars=2)
    told = [one for control, value in controls.items() for one in turned(band, 0.0, Control(control), value)]
    told += play(band, CALL, end=4.2)
    assert band.duets[ONLY].turn is Turn.ANSWERING
    return band, told


def beside(strokes, origin=4.0):
    return [(stroke.time - origin) / STEP - round((stroke.time - origin) / STEP) for stroke in strokes]


def test_strokes_lie_beside_their_steps_and_none_before_the_first_beat():
    band, told = answered(humanise=True)
    strokes = sounding(told + run_until(band, 12.0))
    plain, more = answered()
    expected = sounding(more + run_until(plain, 12.0))
    assert len(strokes) == len(expected)
    assert any(abs(share) > 0.01 for share in beside(strokes))
    assert all(abs(share) <= 0.4501 for share in beside(strokes))
    assert min(stroke.time for stroke in strokes) >= 4.0
    places = [(round((stroke.time - 4.0) / STEP), stroke.pitch) for stroke in strokes]
    assert sorted(places) == sorted((round((stroke.time - 4.0) / STEP), stroke.pitch) for stroke in expected)


def test_the_answer_begins_on_the_beat_that_follows_its_call():
    band = human_band(bars=2)
    turned(band, 0.0, Control.HUMANISE, True)
    told = play(band, CALL, end=3.999)
    assert calls_of(told)
    first = [one.step for one in happened(told) if isinstance(one, StrokesDue)]
    assert first, "nothing was sent before the beat"
    assert first[0].step == 0


@pytest.mark.parametrize("times", [(5.0,), (4.5, 4.51, 4.52, 4.7), tuple(4.3 + 0.013 * n for n in range(100))])
def test_a_knob_that_is_swept_doubles_no_stroke_and_loses_none(times):
    band, told = answered(humanise=True)
    for number, time in enumerate(times):
        told += turned(band, time, Control.TEMPERATURE, 0.1 + number % 7 / 10)
    strokes = sounding(told + run_until(band, 12.0))
    places = [(round((stroke.time - 4.0) / STEP), stroke.pitch) for stroke in strokes]
    assert len(set(places)) == len(places)
    assert {step for step, _ in places} >= set(range(0, 32, 4))  # the parrot says its call again


def test_what_is_taken_back_can_still_be_met():
    """No stroke is sent later than the slowest stick's way before its sound."""
    band, told = answered(humanise=True)
    for number in range(60):
        told = turned(band, 4.3 + number * 0.05, Control.TEMPERATURE, 0.2 + number % 2)
        now = 4.3 + number * 0.05
        sent = [stroke for one in happened(told) if isinstance(one, StrokesDue) for stroke in one.step.strokes]
        assert all(stroke.time >= now - 0.05 + HORIZON - 1e-6 for stroke in sent)


def test_it_is_switched_in_the_middle_of_an_answer():
    band, told = answered()
    told += turned(band, 5.0, Control.HUMANISE, True)
    told += turned(band, 6.5, Control.HUMANISE, False)
    strokes = sounding(told + run_until(band, 12.0))
    early = [stroke for stroke in strokes if stroke.time < 5.0]
    human = [stroke for stroke in strokes if 5.3 < stroke.time < 6.4]
    late = [stroke for stroke in strokes if stroke.time > 6.8]
    assert all(abs(share) < 1e-6 for share in beside(early) + beside(late))
    assert any(abs(share) > 0.01 for share in beside(human))
    plain, more = answered()
    assert len(strokes) == len(sounding(more + run_until(plain, 12.0)))


def test_a_tempo_moves_what_lies_beside_a_step_with_it():
    band, told = answered(humanise=True)
    told += turned(band, 4.6, Control.TEMPO, 150.0)
    strokes = sounding(told + run_until(band, 14.0))
    times = sorted(stroke.time for stroke in strokes if stroke.pitch == KICK)
    assert all(later - before > 0.3 for before, later in itertools.pairwise(times))


@pytest.mark.parametrize("way", [way for way in Way if way is not Way.CONTINUE])
@pytest.mark.parametrize("mode", ["answer", "trade", "accompany", "echo"])
def test_every_way_goes_with_every_mode_and_a_panic(way, mode):
    band = human_band(bars=2, temperature=1.0)
    turned(band, 0.0, Control.MODE, mode)
    turned(band, 0.0, Control.WAY, str(way))
    told = play(band, CALL, end=9.0)
    assert sounding(told)
    band.panic(9.0)
    assert band.duets[ONLY].turn is Turn.IDLE
    assert not sounding(run_until(band, 30.0))
    told = play(band, [(40.0 + time, message) for time, message in CALL], end=60.0)
    assert sounding(told)


def test_a_way_without_its_model_is_refused():
    band = instrument(Parrot())
    for control, value in ((Control.WAY, "tap"), (Control.HUMANISE, True), (Control.WAY, "endless")):
        refused = [one for one in happened(turned(band, 0.0, control, value)) if isinstance(one, TurnRefused)]
        assert "name one as groove." in refused[0].reason
    assert band.duets[ONLY].dials.sampling.way is Way.CONTINUE


def test_what_is_kept_is_a_corner_of_the_next_blend():
    band, told = answered()
    told = turned(band, 9.0, Control.KEEP)
    assert [one for one in happened(told) if isinstance(one, Kept)]
    turned(band, 10.0, Control.WAY, "blend")
    turned(band, 10.0, Control.BLEND_X, 0.0)
    turned(band, 10.0, Control.BLEND_Y, 0.0)
    told = play(band, [(20.0 + time, message) for time, message in CALL], end=30.0)
    assert answers_of(told)
