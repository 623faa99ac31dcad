"""What of the music becomes a word for the status lamp."""

from appliance.answer.worker_news import AnswererBack, AnswererLost, ModelRefused
from appliance.commands.lamp import Lamp
from appliance.status.codes import Code
from appliance.status.wire import Lift, Post
from appliance.views.journal import Entry


class Told:
    """A link to the board that keeps what is said."""

    def __init__(self):
        self.words = []

    def tell(self, *words):
        self.words += words
        return True


def said(*events):
    told = Told()
    lamp = Lamp(told, frozenset({"pad"}))
    for event in events:
        lamp.see(Entry(1.0, 1.0, event))
    return told.words


def test_a_model_without_which_a_duet_cannot_answer_is_a_fault_until_a_worker_is_back():
    events = [ModelRefused(1.0, "drums", "it is torn"), AnswererBack(2.0, 7)]
    assert said(*events) == [Post(Code.MODEL_FAULTY), Lift(Code.MODEL_FAULTY)]
    assert said(AnswererLost(1.0, "it hangs")) == [Post(Code.MODEL_FAULTY)]


def test_a_model_that_was_brought_or_chosen_and_is_refused_is_no_fault_of_the_bands():
    assert said(ModelRefused(1.0, "upload", "it is torn", needed=False)) == []
