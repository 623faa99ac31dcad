"""Every event as one JSON line: what a view reads, and what a concert is replayed from."""

from typing import Any

import msgspec

from appliance.answer.worker_news import WorkerNews
from appliance.happenings import Happening
from appliance.inputs import Input, Reading, Taken
from appliance.notation.timeline import Grid
from appliance.pad.presence import Presence
from appliance.strike.outcome import LeftOut, NotTried, Struck, Tried
from appliance.strike.wire import Fault, GrooveEnded, GrooveHeld, Hello


class Began(msgspec.Struct, frozen=True, tag=True):
    """The player begins: which model answers, and the seed from which all its chance comes."""

    model: str
    seed: int


class EveningBegan(msgspec.Struct, frozen=True, tag=True):
    """The first line of a journal that is kept: all that the rooms were made of.

    `settings`: every table in force; `arguments`: what was said on the command line, with the seed; `models`: the
    SHA-256 of each that was loaded, by its name. `wall` is the date by a clock that may be wrong.
    """

    format: int
    program: str
    wall: str
    settings: dict[str, Any]
    arguments: dict[str, Any]
    models: dict[str, str]


class Missed(msgspec.Struct, frozen=True, tag=True):
    """So many lines found no place in this journal."""

    lines: int


class Tuned(msgspec.Struct, frozen=True, tag=True):
    """The rooms now listen on this grid; `name` says for what."""

    name: str
    grid: Grid


Event = (
    Began
    | EveningBegan
    | Missed
    | Tuned
    | Input
    | Reading
    | Taken
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


FORMAT = 1  # of a journal; change it when an older one can no longer be repeated

_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Entry)


def line(entry: Entry) -> bytes:
    """The entry as a line of JSON."""
    return _encode(entry) + b"\n"


def read_line(text: bytes) -> Entry:
    """The entry of a line. Raises: msgspec.DecodeError when it is none."""
    return _decoder.decode(text)
