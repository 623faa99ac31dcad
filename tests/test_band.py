"""Laws of several duets in one box: chained, closed in a loop, side by side; in virtual time."""

import gc
import sys

import pytest

from appliance.controls.control import Control, Turned
from appliance.happenings import AnswerBegan, AnswerOver, HitHeard, Silence, StrokesDue, TurnTaken
from appliance.notation.timeline import Timeline
from appliance.routes import DuetSettings, Routes
from appliance.turn import Turn
from tests.moves import BAR, ROCK, rock_at
from tests.parrot import Forgetful, Parrot
from tests.rooms import (
    GRID,
    HAT,
    PAD,
    STEP,
    calls_of,
    happened,
    instrument,
    note_on,
    play,
    run_until,
    sounded,
    strokes_of,
)

CHAIN = {"a": DuetSettings(inputs=(PAD,)), "b": DuetSettings(inputs=("a",))}
CIRCLE = {"a": DuetSettings(inputs=(PAD, "b")), "b": DuetSettings(inputs=("a",))}


def steps(told, duet):
    return [(pytest.approx(stroke.time / STEP), stroke.pitch) for stroke in strokes_of(told, duet)]


def test_what_one_duet_answers_is_the_next_ones_call():
    told = play(instrument(Parrot(), duets=CHAIN), ROCK)
    assert steps(told, "a") == rock_at(1)
    assert steps(told, "b") == rock_at(2)
    assert calls_of(told, "b")[0].timeline.origin == pytest.approx(BAR)
    assert calls_of(told, "b")[0].answer_time == pytest.approx(2 * BAR)


def test_a_stroke_is_heard_at_the_instant_at_which_it_sounds():
    band = instrument(Parrot(), duets=CHAIN)
    told = play(band, ROCK)
    heard = [one.hit for one in happened(told, "b") if isinstance(one, HitHeard)]
    assert [(hit.time, hit.pitch, hit.velocity) for hit in heard] == [
        (stroke.time, stroke.pitch, stroke.velocity) for stroke in strokes_of(told, "a")
    ]


def test_a_call_that_breaks_off_is_not_answered():
    told = play(instrument(Parrot(), duets=CHAIN), [*ROCK, (1.5 * BAR, note_on(HAT))], 1.9 * BAR)
    assert [one.turn for one in happened(told, "b") if isinstance(one, TurnTaken)] == [Turn.LISTENING, Turn.IDLE]
    assert calls_of(told, "b") == []


@pytest.mark.parametrize(("bars", "at"), [(2, 0.5), (2, 1.5), (1, 1.5), (3, 1.2)])
def test_an_answer_that_is_made_longer_or_shorter_is_as_long_a_call_of_the_next_duet(bars, at):
    chain = {**CHAIN, "a": DuetSettings(inputs=(PAD,), controls={"answer_bars": 2})}
    band = instrument(Parrot(), duets=chain)
    told = play(band, ROCK, at * BAR)
    told += band.turn(Turned(at * BAR, Control.ANSWER_BARS, bars, "a"))
    told += run_until(band, 20 * BAR)
    assert sounded(told, "a")[-1] == rock_at(bars)[-1]
    assert [call.track.length for call in calls_of(told, "b")] == [16 * bars]
    assert steps(told, "b") == [stroke for bar in range(bars) for stroke in rock_at(1 + bars + bar)]


def test_two_duets_in_a_circle_answer_each_other_without_end_and_on_one_grid():
    band = instrument(Parrot(), duets=CIRCLE)
    told = play(band, ROCK, 41 * BAR - STEP)
    both = sorted((stroke.time, stroke.pitch) for stroke in strokes_of(told))
    expected = [(step * STEP, key) for bar in range(1, 41) for step, key in rock_at(bar)]
    assert both[: len(expected)] == [(pytest.approx(time), key) for time, key in expected]


def test_the_player_breaks_into_a_circle_of_two():
    band = instrument(Parrot(), duets=CIRCLE)
    told = play(band, [*ROCK, (3.5 * BAR, note_on(HAT))], 8 * BAR)
    hat = [stroke for stroke in strokes_of(told) if stroke.pitch == HAT]
    assert hat


def test_duets_side_by_side_hear_one_pad_each_with_its_own_model():
    duets = {"a": DuetSettings(), "b": DuetSettings(controls={"answer_bars": 2})}
    told = play(instrument(Parrot(), duets=duets), ROCK)
    assert steps(told, "a") == rock_at(1)
    assert steps(told, "b") == rock_at(1) + rock_at(2)


def test_a_control_is_for_the_duet_that_it_names():
    duets = {"a": DuetSettings(), "b": DuetSettings()}
    band = instrument(Parrot(), duets=duets)
    band.turn(Turned(0.0, Control.TEMPERATURE, 1.5, "b"))
    assert [duet.dials.sampling.temperature for duet in band.duets.values()] == [0.0, 1.5]


def test_a_panic_is_for_all():
    band = instrument(Parrot(), duets=CIRCLE)
    play(band, ROCK, 2.5 * BAR)
    told = band.receive(PAD, 2.5 * BAR, bytes((0xB0, 120, 0)))
    assert happened(told)[0] == Silence(2.5 * BAR)
    assert {duet.turn for duet in band.duets.values()} == {Turn.IDLE}
    assert strokes_of(run_until(band, 100.0)) == []
    assert band.next_deadline() is None


def test_a_muted_duet_is_still_heard_by_the_next():
    band = instrument(Parrot(), duets={**CHAIN, "a": DuetSettings(inputs=(PAD,), controls={"mute": True})})
    told = play(band, ROCK)
    assert all(one.muted for one in happened(told, "a") if isinstance(one, StrokesDue))
    assert steps(told, "b") == rock_at(2)


def test_a_tempo_moves_a_circle_as_one():
    band = instrument(Parrot(), duets=CIRCLE)
    told = play(band, ROCK, 2.5 * BAR)
    told += band.turn(Turned(2.5 * BAR, Control.TEMPO, 60.0))
    told += run_until(band, 20 * BAR)
    later = {duet: [stroke.time for stroke in strokes_of(told, duet) if stroke.time > 5 * BAR] for duet in "ab"}
    grid = Timeline(2.5 * BAR, GRID.__class__(60.0))
    for times in later.values():
        assert times
        for time in times:
            assert grid.time_of(grid.step_at(time)) == pytest.approx(time)


def test_an_input_that_is_neither_pad_nor_duet_is_said():
    with pytest.raises(ValueError, match="did you mean pad"):
        Routes({"a": DuetSettings(inputs=("pat",))}, [PAD])


def blocks():
    """How many blocks of memory the interpreter holds: what grows without end grows here."""
    gc.collect()
    return sys.getallocatedblocks()


def test_an_hour_of_two_duets_in_a_circle_stays_on_its_grid_and_in_its_memory():
    band = instrument(Forgetful(), duets=CIRCLE)
    play(band, ROCK, BAR)
    off, answers, held = 0, 0, []
    for minute in range(1, 61):
        told = run_until(band, 60.0 * minute)
        for stroke in strokes_of(told):
            steps = stroke.time / STEP
            off = max(off, abs(steps - round(steps)))
        answers += sum(isinstance(one, AnswerBegan) for one in happened(told))
        assert sum(isinstance(one, AnswerOver) for one in happened(told)) > 25
        del told
        held.append(blocks())
    assert answers == 1800 - 1  # a bar of 2 s each
    assert off * STEP < 1e-6
    assert max(held[30:]) < max(held[:30]) + 500


def test_an_hour_of_a_looped_answer_beside_an_accompaniment_stays_in_its_memory():
    duets = {"a": DuetSettings(controls={"loop": True}), "b": DuetSettings(controls={"mode": "accompany"})}
    band = instrument(Forgetful(), duets=duets)
    play(band, ROCK, BAR)
    held = []
    for minute in range(1, 61):
        # The one is broken into and loops on; the other plays along for a while.
        hits = [(60.0 * minute + 4 * number * STEP, note_on(HAT)) for number in range(8)]
        told = play(band, hits, 60.0 * minute + 50.0)
        assert strokes_of(told)
        del told
        held.append(blocks())
    assert max(held[30:]) < max(held[:30]) + 500
