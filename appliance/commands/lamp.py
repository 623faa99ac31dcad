"""What the status lamp is told of the music."""

from appliance.answer.worker_news import AnswererBack, AnswererLost, ModelRefused
from appliance.drivers.status_link import StatusLink
from appliance.happenings import AnswerEnded, LastBarHeld, TurnTaken
from appliance.pad.presence import PortFound, PortLost
from appliance.status.codes import Code
from appliance.status.wire import Lift, Post
from appliance.turn import Turn
from appliance.views.journal import Entry, Tuned

_LISTENS = (Turn.LISTENING, Turn.ACCOMPANYING)


class Lamp:
    """Follows the journal; nothing waits for it. `pads` are the inputs whose loss the crew must see."""

    def __init__(self, status: StatusLink, pads: frozenset[str]) -> None:
        self._status = status
        self._pads = pads
        self._lost: set[str] = set()
        self._listening: set[str] = set()

    def see(self, entry: Entry) -> None:
        """Take an event in."""
        match entry.event:
            case TurnTaken(_, turn):
                self._turn(entry.duet, turn)
            case AnswererLost() | ModelRefused(needed=True) | LastBarHeld():
                self._status.tell(Post(Code.MODEL_FAULTY))
            case AnswerEnded() as ended if ended.fault:
                self._status.tell(Post(Code.MODEL_FAULTY))
            case AnswererBack() | AnswerEnded():
                self._status.tell(Lift(Code.MODEL_FAULTY))
            case PortLost(_, name) if name in self._pads:
                self._lost.add(name)
                self._status.tell(Post(Code.PAD_LOST))
            case PortFound(_, name):
                self._lost.discard(name)
                if not self._lost:
                    self._status.tell(Lift(Code.PAD_LOST))
            case Tuned():
                self._status.tell(Lift(Code.PAD_LOST))

    def _turn(self, duet: str, turn: Turn) -> None:
        if turn in _LISTENS:
            self._listening.add(duet)
            self._status.tell(Post(Code.LISTENING))
        else:
            self._listening.discard(duet)
            if not self._listening:
                self._status.tell(Lift(Code.LISTENING))
