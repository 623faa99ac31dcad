"""The verdict on a box that was tried: what is missing is named."""

from appliance.answer.delivered import AnswerEnded, LastBarHeld
from appliance.answer.worker_news import AnswererLost
from appliance.notation.drum_track import DrumTrack
from appliance.notation.timeline import Grid, Timeline
from appliance.views.journal import Entry, Event
from appliance.views.played import Played


def ended(log_likelihood: float = -3.0, fault: str = "") -> AnswerEnded:
    return AnswerEnded(DrumTrack((), 16), Timeline(0.0, Grid()), log_likelihood, fault)


def verdict(*events: Event) -> str:
    played = Played()
    for event in events:
        played.see(Entry(0.0, 0.0, event))
    return played.wrong()


def test_an_answer_of_the_models_is_enough() -> None:
    assert verdict(ended()) == ""


def test_an_answer_without_a_step_of_the_models_is_none() -> None:
    assert verdict(LastBarHeld(1.0, 0), ended(0.0, "too late")) == "the model gave no answer"


def test_steps_that_came_late_are_no_fault() -> None:
    assert verdict(LastBarHeld(1.0, 3), ended(-3.0, "too late")) == ""


def test_a_model_that_fails_in_a_step_is_named() -> None:
    assert verdict(ended(-3.0, "no number came out")) == "no number came out"


def test_a_worker_that_died_is_named() -> None:
    assert verdict(AnswererLost(1.0, "it was killed"), ended()) == "it was killed"


def test_a_journal_of_nothing_shows_nothing() -> None:
    assert verdict() == "the model gave no answer"
