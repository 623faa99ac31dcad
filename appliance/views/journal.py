"""Every event as one JSON line: what a view reads, and what a concert is replayed from."""

import msgspec

from appliance.answer.worker_news import WorkerNews
from appliance.beginning import Began as Began
from appliance.beginning import EveningBegan as EveningBegan
from appliance.beginning import Missed as Missed
from appliance.beginning import Tuned as Tuned
from appliance.happenings import Happening, Standing
from appliance.inputs import Input, Reading, Taken
from appliance.pad.presence import Presence
from appliance.strike.outcome import LeftOut, NotTried, Struck, Tried
from appliance.strike.wire import Fault, GrooveEnded, GrooveHeld, Hello, Panicked

Event = (
    Began
    | EveningBegan
    | Missed
    | Tuned
    | Input
    | Reading
    | Taken
    | Happening
    | Standing
    | Presence
    | WorkerNews
    | Hello
    | Struck
    | LeftOut
    | Tried
    | NotTried
    | GrooveHeld
    | GrooveEnded
    | Panicked
    | Fault
)


class Entry(msgspec.Struct, frozen=True):
    """An event that was known at `time`, after the rooms had worked on it since `began` (seconds, monotonic).

    `duet`: whom it befell; empty for the whole box.
    """

    time: float
    began: float
    event: Event
    duet: str = ""


FORMAT = 1  # of a journal; change it when an older one can no longer be repeated

_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Entry)


def line(entry: Entry) -> bytes:
    """The entry as a line of JSON."""
    return _encode(entry) + b"\n"


def read_line(text: bytes) -> Entry:
    """The entry of a line. Raises: msgspec.DecodeError when it is none."""
    return _decoder.decode(text)
