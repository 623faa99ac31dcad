"""Whether a model answers at all: what a journal of one call and its answer must show."""

from appliance.answer.delivered import AnswerEnded, LastBarHeld
from appliance.answer.worker_news import AnswererLost, ModelRefused
from appliance.strike.wire import Fault
from appliance.views.journal import Entry


class Played:
    """Follows a journal; `wrong` has the verdict.

    A step that comes late is no fault here: a concert beside the test goes first.
    """

    def __init__(self) -> None:
        self.answers = 0
        self._held = False
        self.fault = ""

    def see(self, entry: Entry) -> None:
        """Take an event in."""
        match entry.event:
            case LastBarHeld():
                self._held = True
            case AnswerEnded() as answer:
                # The likelihood is that of the steps that the model made.
                self.answers += answer.log_likelihood != 0
                self._note("" if self._held else answer.fault)
            case AnswererLost(_, reason) | ModelRefused(_, _, reason) | Fault(reason):
                self._note(reason)

    def wrong(self) -> str:
        """Empty when the model answered; else why it did not, in a sentence."""
        if self.fault:
            return self.fault
        return "" if self.answers else "the model gave no answer"

    def _note(self, fault: str) -> None:
        self.fault = self.fault or fault
