"""All that the rooms are told, as the journal keeps it: told again in this order, they say the same again."""

import msgspec

from appliance.answer.answering import Made
from appliance.controls.control import Turned
from appliance.controls.wire import Learn, Lines, Offer
from appliance.notation.timeline import Grid, Timeline


class Received(msgspec.Struct, frozen=True, tag=True):
    """A MIDI message came in by a port at `time` (s)."""

    port: str
    time: float
    message: bytes


class TurnedBy(msgspec.Struct, frozen=True, tag=True):
    """A control was turned by somebody who is no MIDI port."""

    turned: Turned


class Trodden(msgspec.Struct, frozen=True, tag=True):
    """The footswitch was pressed at `time` (s)."""

    time: float


class Redrawn(msgspec.Struct, frozen=True, tag=True):
    """Other lines were drawn between pads, duets and outputs at `time` (s), or there is a duet more or less."""

    time: float
    route: Lines


class Unplugged(msgspec.Struct, frozen=True, tag=True):
    """A port was lost at `time` (s)."""

    port: str
    time: float


class Reading(msgspec.Struct, frozen=True, tag=True):
    """From here on there is another band, of one duet: it hears a file's call of so many bars, on a MIDI channel."""

    grid: Grid
    bars: int
    channel: int


class Opened(msgspec.Struct, frozen=True, tag=True):
    """A call was begun on this timeline, before its first hit."""

    timeline: Timeline


class Advanced(msgspec.Struct, frozen=True, tag=True):
    """The rooms were told the instant `now` (s)."""

    now: float


class Taken(msgspec.Struct, frozen=True, tag=True):
    """While the band was told the input before, a duet took `count` steps of its answer that had been made.

    `duet` is its place among the band's, from 0. `faulty` has those that are no model's work, as the model had failed.
    """

    duet: int
    count: int
    faulty: tuple[Made, ...] = ()


# `Learn`, `Redrawn` and `Offer` are what a panel asks for: to bind the next knob that is turned, to draw other lines
# between pads, duets and outputs, to have a duet more or less, another model to choose from.
Input = Received | TurnedBy | Learn | Redrawn | Offer | Trodden | Unplugged | Opened | Advanced
