"""What an evening leaves as music, in virtual time."""

import pytest

from appliance.views.journal import Entry
from appliance.views.phrases import Phrases
from tests.parrot import Parrot
from tests.rooms import HAT, KICK, SNARE, STEP, instrument, note_on, play

BAR = 16 * STEP
ROCK = [(0.0, note_on(KICK, 110)), (4 * STEP, note_on(SNARE, 90)), (8.2 * STEP, note_on(KICK, 80))]


def phrases_of(told):
    phrases = Phrases()
    found = [phrase for one in told for phrase in phrases.see(Entry(0.0, 0.0, one.happening, one.duet))]
    return found + phrases.rest()


def notes(phrase):
    return [(note.step, note.pitch, note.velocity) for note in phrase.track.notes]


def test_a_call_and_its_answer_have_one_number():
    call, answer = phrases_of(play(instrument(Parrot()), ROCK))
    assert [(one.number, one.kind, one.duet) for one in (call, answer)] == [
        (1, "call", "ghost"),
        (1, "answer", "ghost"),
    ]
    assert notes(call) == notes(answer) == [(0, KICK, 110), (4, SNARE, 90), (8, KICK, 80)]
    assert call.track.length == answer.track.length == 16


def test_a_call_has_its_hits_as_they_were_played():
    call, _ = phrases_of(play(instrument(Parrot()), ROCK))
    assert [hit.time for hit in call.hits] == pytest.approx([0.0, 4 * STEP, 8.2 * STEP])
    assert call.timeline.origin == 0.0


def test_an_answer_that_was_cut_ends_with_the_cut():
    restless = [(step * STEP, note_on(HAT)) for step in range(32)]
    told = play(instrument(Parrot(), bars=2), [*restless, (38 * STEP, note_on(SNARE))])
    cut = next(one for one in phrases_of(told) if one.kind == "answer")
    assert [note.step for note in cut.track.notes] == list(range(6))
    assert cut.track.length == 16


def test_every_turn_of_an_evening_is_there_once():
    evening = [(turn * 4 * BAR + time, message) for turn in range(5) for time, message in ROCK]
    found = phrases_of(play(instrument(Parrot()), evening))
    assert [(one.number, one.kind) for one in found] == [
        (number, kind) for number in range(1, 6) for kind in ("call", "answer")
    ]


def test_an_accompaniment_lies_beside_the_call_that_it_went_along_with():
    steady = [(step * STEP, note_on(HAT)) for step in range(0, 40, 2)]
    found = phrases_of(play(instrument(Parrot(), bars=0, mode="accompany"), steady))
    answer, call = found
    assert (answer.kind, call.kind) == ("answer", "call")
    assert [note.step for note in call.track.notes] == list(range(0, 40, 2))
    # The parrot says what it heard sixteen steps ago.
    assert {step for step, pitch, _ in notes(answer) if pitch == HAT} >= set(range(16, 40, 2))
