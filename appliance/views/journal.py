"""Every event as one JSON line: what a view reads, and what a concert is replayed from."""

import msgspec

from appliance.answer.worker_news import WorkerNews
from appliance.happenings import Happening
from appliance.notation.timeline import Grid
from appliance.pad.presence import Presence
from appliance.strike.outcome import LeftOut, NotTried, Struck, Tried
from appliance.strike.wire import Fault, GrooveEnded, GrooveHeld, Hello


class Began(msgspec.Struct, frozen=True, tag=True):
    """The player begins: which model answers, and the seed from which all its chance comes."""

    model: str
    seed: int


class Tuned(msgspec.Struct, frozen=True, tag=True):
    """The rooms now listen on this grid; `name` says for what."""

    name: str
    grid: Grid


Event = (
    Began
    | Tuned
    | Happening
    | Presence
    | WorkerNews
    | Hello
    | Struck
    | LeftOut
    | Tried
    | NotTried
    | GrooveHeld
    | GrooveEnded
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


_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Entry)


def line(entry: Entry) -> bytes:
    """The entry as a line of JSON."""
    return _encode(entry) + b"\n"


def read_line(text: bytes) -> Entry:
    """The entry of a line. Raises: msgspec.DecodeError when it is none."""
    return _decoder.decode(text)
