"""What the end of a journal says of a box: which pad is there, how late its strokes are, what went wrong last."""

from collections import deque

import msgspec

from appliance.answer.worker_news import AnswererLost, ModelRefused
from appliance.pad.presence import PortFound, PortLost
from appliance.strike.outcome import LeftOut, Struck
from appliance.strike.wire import Fault
from appliance.views.figures import percentile
from appliance.views.journal import Entry

_FAULTS = 5  # of those that are remembered


class Summary(msgspec.Struct, frozen=True):
    """Lateness in s, at the median and at worst, None without a stroke; faults with their instants (s, monotonic)."""

    strokes: int
    left_out: int
    median: float | None
    worst: float | None
    pads: dict[str, str]
    faults: tuple[tuple[float, str], ...]


class LastEvents:
    """Follows the end of a journal."""

    def __init__(self) -> None:
        self._lateness: list[float] = []
        self._left_out = 0
        self._pads: dict[str, str] = {}
        self._faults: deque[tuple[float, str]] = deque(maxlen=_FAULTS)

    def see(self, entry: Entry) -> None:
        """Take an event in."""
        match entry.event:
            case Struck(_, lateness):
                self._lateness.append(lateness)
            case LeftOut():
                self._left_out += 1
            case PortFound(_, name, port):
                self._pads[name] = port
            case PortLost(time, name, text):
                self._pads.pop(name, None)
                self._faults.append((time, text))
            case AnswererLost(time, reason) | ModelRefused(time, _, reason):
                self._faults.append((time, reason))
            case Fault(text):
                self._faults.append((entry.time, text))

    @property
    def summary(self) -> Summary:
        """What was seen."""
        late = self._lateness
        return Summary(
            len(late),
            self._left_out,
            percentile(late, 0.5) if late else None,
            max(late, default=None),
            dict(self._pads),
            tuple(self._faults),
        )
