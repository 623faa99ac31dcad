"""What went wrong, as a sentence for the person at the page, with what to do."""

from appliance.answer.worker_news import AnswererLost, AnswerGivenUp, ModelRefused
from appliance.beginning import Missed
from appliance.happenings import LastBarHeld
from appliance.pad.presence import PortLost
from appliance.strike.wire import Fault

Sentence = tuple[str, str]


def trouble(event: object) -> Sentence | None:
    """What it was and what to do; None for an event that is no trouble."""
    match event:
        case Fault(text):
            return text, ""
        case AnswererLost(_, reason):
            return reason, "Nothing: another worker starts by itself."
        case ModelRefused(_, _, reason):
            return reason, "Choose another model."
        case AnswerGivenUp():
            return "An answer was given up: the models' workers died on it.", "Play another call."
        case LastBarHeld():
            return "The model was late: the last bar went on.", "If it comes often: choose a smaller model."
        case Missed(lines):
            return f"{lines} lines are missing in the journal.", "Use a faster card."
        case PortLost(_, _, text):
            return text, "Plug it in: it is found by itself."
    return None
