"""Lines that are drawn while the band plays: who hears whom, who plays where, and what cannot be."""

from itertools import pairwise

import pytest

from appliance.controls.control import Control, Turned
from appliance.controls.learning import Refused
from appliance.controls.wire import Join, Offer, Part, Route
from appliance.dials import DIALS
from appliance.happenings import (
    AnswerBegan,
    AnswerOver,
    HitHeard,
    ModelOffered,
    Rerouted,
    StrokesOff,
    TurnRefused,
    TurnTaken,
)
from appliance.inputs import Advanced, Received, Redrawn
from appliance.notation.hit import Hit
from appliance.recording import tell_again
from appliance.routes import DuetSettings
from appliance.turn import Turn
from tests.parrot import Parrot
from tests.rooms import PAD, happened, instrument, note_on, play, run_until

TWO = {"a": DuetSettings((PAD,)), "b": DuetSettings(("a",))}


@pytest.fixture
def band():
    return instrument(Parrot(), duets=TWO)


def kinds(told, kind, duet=None):
    return [one for one in happened(told, duet) if isinstance(one, kind)]


def test_a_duet_hears_what_a_line_is_drawn_to_it_from(band):
    assert happened(band.route(1.0, Route("b", (PAD,), ("motors",))), "b") == [Rerouted((PAD,), ("motors",))]
    told = band.receive(PAD, 2.0, note_on(36))
    assert {one.duet for one in told if isinstance(one.happening, HitHeard)} == {"a", "b"}
    band.route(3.0, Route("b", ("a",), ("motors",)))
    told = band.receive(PAD, 3.1, note_on(36))
    assert {one.duet for one in told if isinstance(one.happening, HitHeard)} == {"a"}


def test_one_that_is_to_sound_elsewhere_stops_first_and_one_that_hears_others_does_not(band):
    play(band, [(1.0, note_on(36)), (1.5, note_on(38))], end=3.2)
    assert band.duets["a"].turn is Turn.ANSWERING
    told = band.route(3.3, Route("a", (PAD, "b"), ("motors",)))
    assert not kinds(told, AnswerOver)
    assert band.duets["a"].turn is Turn.ANSWERING
    happenings = happened(band.route(3.4, Route("a", (PAD,), ())), "a")
    order = [type(one) for one in happenings if isinstance(one, StrokesOff | AnswerOver | TurnTaken | Rerouted)]
    assert order == [StrokesOff, AnswerOver, TurnTaken, Rerouted]
    assert band.duets["a"].turn is Turn.IDLE


def test_one_whose_caller_was_cut_off_waits_for_nobody(band):
    play(band, [(1.0, note_on(36))], end=2.9)
    told = run_until(band, 3.1)
    told += band.route(3.1, Route("b", (PAD,), ("motors",))) + run_until(band, 60.0)
    assert kinds(told, AnswerOver, "a")
    assert band.next_deadline() is None
    assert {duet.turn for duet in band.duets.values()} == {Turn.IDLE}


@pytest.mark.parametrize(
    ("route", "words"),
    [
        (Route("c", (PAD,), ()), "there is no duet 'c': there are a, b"),
        (Route("a", (), ("motors",)), "must hear something"),
        (Route("a", ("a",), ("motors",)), "does not hear itself"),
        (Route("a", ("pat",), ("motors",)), "did you mean pad"),
        (Route("a", (PAD,), ("motor",)), "did you mean motors"),
    ],
)
def test_a_line_that_cannot_be_is_refused_and_all_stays(band, route, words):
    (refused,) = [one.happening for one in band.route(1.0, route) if isinstance(one.happening, Refused)]
    assert words in refused.text
    stands = band.standing(1.0).duets
    assert [stand.inputs for stand in stands.values()] == [(PAD,), ("a",)]
    assert [stand.outputs for stand in stands.values()] == [("motors",), ("motors",)]


def test_a_duet_that_comes_plays_from_the_next_hit_that_it_hears(band):
    band.offer("other")
    play(band, [(1.0, note_on(36))], end=1.4)
    assert happened(band.route(1.4, Join("c", (PAD, "b"), ("motors",))), "c") == [Rerouted((PAD, "b"), ("motors",))]
    told = band.receive(PAD, 1.5, note_on(38)) + run_until(band, 60.0)
    assert {one.duet for one in told if isinstance(one.happening, AnswerBegan)} == {"a", "b", "c"}
    stand = band.standing(60.0).duets["c"]
    assert (stand.turn, stand.models) == (Turn.IDLE, ("parrot", "other"))
    band.turn(Turned(60.0, Control.TEMPERATURE, 0.25, "c"))
    assert band.standing(60.0).duets["c"].controls[Control.TEMPERATURE] == 0.25


def test_a_duet_that_goes_takes_its_strokes_along_and_the_others_play_on(band):
    band.route(0.5, Join("c", (PAD,), ("motors",)))
    play(band, [(1.0, note_on(36)), (1.5, note_on(38))], end=3.2)
    assert band.duets["c"].turn is band.duets["a"].turn is Turn.ANSWERING
    happenings = happened(band.route(3.3, Part("c")), "c")
    order = [type(one) for one in happenings if isinstance(one, StrokesOff | AnswerOver | TurnTaken | Rerouted)]
    assert order == [StrokesOff, AnswerOver, TurnTaken, Rerouted]
    assert set(band.duets) == set(band.standing(3.3).duets) == {"a", "b"}
    told = run_until(band, 60.0)
    assert kinds(told, AnswerOver, "a")
    assert not [one for one in told if one.duet == "c"]
    # Whoever says its name now is told that there is none.
    assert kinds(band.turn(Turned(61.0, Control.LOOP, True, "c")), TurnRefused)


def test_who_hears_a_duet_that_goes_hears_the_rest(band):
    band.route(1.0, Route("b", ("a", PAD), ("motors",)))
    band.route(1.1, Part("a"))
    assert band.standing(1.1).duets["b"].inputs == (PAD,)
    told = band.receive(PAD, 2.0, note_on(36)) + run_until(band, 60.0)
    assert kinds(told, AnswerOver, "b")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (Join("a", (PAD,), ("motors",)), "there is a duet a already"),
        (Join("pad", (PAD,), ("motors",)), "has the name of a pad"),
        (Join("../x", (PAD,), ("motors",)), "is called by letters, digits and _"),
        (Join("c", (), ("motors",)), "must hear something"),
        (Join("c", ("c",), ("motors",)), "does not hear itself"),
        (Join("c", (PAD,), ("motor",)), "did you mean motors"),
        (Part("c"), "there is no duet 'c': there are a, b"),
        (Part("a"), "b hears a alone"),
    ],
)
def test_a_duet_that_cannot_come_or_go_is_refused_and_all_stays(band, lines, words):
    before = band.standing(1.0)
    (refused,) = [one.happening for one in band.route(1.0, lines) if isinstance(one.happening, Refused)]
    assert words in refused.text
    assert band.standing(1.0) == before


def test_the_last_one_stays_and_there_is_an_end_to_those_that_come(band):
    band.route(1.0, Part("b"))
    (refused,) = [one.happening for one in band.route(1.0, Part("a")) if isinstance(one.happening, Refused)]
    assert "a is the only duet" in refused.text
    said = [happened(band.route(2.0, Join(f"d{number}", (PAD,), ()))) for number in range(8)]
    assert [any(isinstance(one, Refused) for one in told) for told in said] == [False] * 7 + [True]
    for number in range(100):
        band.route(3.0, Part("d0"))
        band.route(3.0, Join("d0", (PAD,), ()))
        assert (number < 23) is ("d0" in band.duets)


def test_a_model_that_is_offered_can_be_chosen(band):
    model = Turned(1.0, Control.MODEL, "other", "a")
    assert kinds(band.turn(model), TurnRefused)
    assert happened(band.offer("parrot")) == [ModelOffered("parrot")]
    band.offer("other")
    assert band.standing(1.0).duets["a"].models == ("parrot", "other")


def test_who_comes_in_the_middle_is_told_how_all_stands(band):
    play(band, [(1.0, note_on(36))], end=1.5)
    band.turn(Turned(1.5, Control.TEMPERATURE, 0.25, "b"))
    band.turn(Turned(1.5, Control.METRONOME, True))
    standing = band.standing(1.6)
    assert standing.duets["a"].turn is Turn.LISTENING
    assert standing.duets["b"].controls[Control.TEMPERATURE] == 0.25
    assert set(standing.duets["a"].controls) == set(DIALS)
    assert standing.runs
    assert standing.metronome
    assert standing.pads == (PAD,)
    assert standing.outputs == ("motors",)


def test_an_evening_with_drawn_lines_is_told_again_and_is_the_same():
    told = [
        Redrawn(0.5, Route("b", (PAD, "a"), ("motors",))),
        Received(PAD, 1.0, note_on(36)),
        Offer("other"),
        Redrawn(1.2, Join("c", ("b",), ("motors",))),
        Received(PAD, 1.5, note_on(38)),
        Received(PAD, 9.0, note_on(38)),
        Redrawn(11.5, Part("c")),
    ]
    once, twice = [], []
    for said in (once, twice):
        band = instrument(Parrot(), duets=TWO)
        for one in told:
            said += tell_again(band, one)
        while (deadline := band.next_deadline()) is not None and deadline < 20.0:
            said += tell_again(band, Advanced(deadline))
    assert once == twice
    assert any(isinstance(one.happening, AnswerBegan) and one.duet == "b" for one in once)
    hits = [one.happening.hit for one in once if isinstance(one.happening, HitHeard) and one.duet == "b"]
    assert hits[0] == Hit(1.0, 36, 100)
    assert all(earlier.time <= later.time for earlier, later in pairwise(hits))
