"""What is turned, started or counted in at an awkward moment: the band goes on, in virtual time."""

import pytest

from appliance.controls.control import Control, Turned
from appliance.controls.limits import checked
from appliance.happenings import TurnRefused
from appliance.routes import DuetSettings, Routes
from appliance.scenes import Scenes
from appliance.tempo.settings import TempoSettings
from appliance.tempo.tap import Taps
from appliance.turn import Turn
from tests.parrot import Parrot
from tests.rooms import ONLY, PAD, STEP, answers_of, calls_of, happened, instrument, play, run_until
from tests.test_band import CIRCLE, ROCK

BAR = 16 * STEP
TICK = 60 / 120 / 24


def turn(band, time, control, value=None, duet=""):
    return [*run_until(band, time), *band.turn(Turned(time, control, value, duet))]


def test_a_knob_that_is_swept_over_the_end_of_an_answer_leaves_nothing_due():
    band = instrument(Parrot())
    play(band, ROCK, 1.99 * BAR)
    turn(band, 2 * BAR - 0.020, Control.TEMPERATURE, 1.1)
    turn(band, 2 * BAR - 0.010, Control.TEMPERATURE, 1.2)
    run_until(band, 3 * BAR)
    assert band.next_deadline() is None


def test_a_count_in_is_heard_out_when_the_duet_that_called_falls_silent():
    band = instrument(Parrot(), duets=CIRCLE)
    play(band, ROCK, 2.5 * BAR)
    turn(band, 2.5 * BAR + 0.01, Control.COUNT_IN)
    run_until(band, 30.0)
    assert Turn.COUNTING not in {duet.turn for duet in band.duets.values()}
    assert answers_of(play(band, [(31.0 + time, message) for time, message in ROCK], 60.0))


@pytest.mark.parametrize("into", [0.1, 1.2, 2.4, 2.9])
def test_a_shorter_answer_still_ends_on_a_bar_line(into):
    band = instrument(Parrot(), bars=1, answer_bars=4)
    told = play(band, ROCK, (1 + into) * BAR)
    told += turn(band, (1 + into) * BAR, Control.ANSWER_BARS, 1)
    told += run_until(band, 20.0)
    assert answers_of(told)[-1].track.length % 16 == 0
    assert band.duets[ONLY].turn is Turn.IDLE


def test_a_song_that_starts_under_a_loop_ends_it_and_the_next_call_is_answered():
    band = instrument(Parrot(), source="clock", loop=True, bars=1)
    clock = [(number * TICK, b"\xf8") for number in range(2400)]
    start = [(12.0 - 0.001, b"\xfa")]
    before = [(1.0 + time, message) for time, message in ROCK]
    after = [(16.0 + time, message) for time, message in ROCK]
    told = play(band, sorted([*clock, *start, *before, *after]), 40.0)
    assert len(calls_of(told)) == 2


@pytest.mark.parametrize(("source", "refused"), [("settings", 1), ("tap", 0)])
def test_a_tap_that_nobody_hears_is_said(source, refused):
    band = instrument(Parrot(), source=source)
    told = turn(band, 1.0, Control.TAP)
    assert sum(isinstance(one, TurnRefused) for one in happened(told)) == refused


def test_a_tempo_that_is_turned_while_a_clock_leads_is_said():
    band = instrument(Parrot(), source="clock")
    told = play(band, [(number * TICK, b"\xf8") for number in range(96)], 1.9)
    told += turn(band, 1.95, Control.TEMPO, 90.0)
    assert [one.control for one in happened(told) if isinstance(one, TurnRefused)] == [Control.TEMPO]


def test_a_foot_that_bounces_sets_no_tempo():
    taps = Taps()
    assert taps.tap(1.0) is None
    assert taps.tap(1.06) is None


@pytest.mark.parametrize("number", [10**400, -(10**400), 1e300])
def test_a_number_of_any_length_is_refused_in_words(number):
    with pytest.raises(ValueError, match="temperature is"):
        checked(Control.TEMPERATURE, number)


@pytest.mark.parametrize(("qpm", "meter"), [(50_000.0, "4/4"), (1.0, "4/4"), (120.0, "65/4")])
def test_a_tempo_or_a_bar_that_nobody_plays_is_refused(qpm, meter):
    with pytest.raises(ValueError, match=r"tempo\.qpm|longer than"):
        TempoSettings(qpm, meter)


@pytest.mark.parametrize(
    "table", [{"kit": "foo"}, {"kit": {"crash": 5}}, {"duets": 5}, {"duets": {ONLY: 5}}, {"kit": ["kick"]}]
)
def test_a_scene_that_is_no_table_is_refused_in_words(table):
    with pytest.raises(ValueError, match=r"scenes\.loud|kit"):
        Scenes({"loud": table}, {ONLY: DuetSettings()})


def test_a_duet_does_not_hear_itself():
    with pytest.raises(ValueError, match="does not hear itself"):
        Routes({"a": DuetSettings(inputs=(PAD, "a"))}, [PAD])
