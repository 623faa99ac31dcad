"""What the player and the worker that holds the models say to one another: a MessagePack message a packet.

Every order but `Preload` and `Ping` is one duet's, and the orders of a duet are worked off as they came.
"""

import msgspec

from appliance.answer.answering import Made, Question
from appliance.answer.card import Card
from appliance.answer.groove_settings import GrooveSettings
from appliance.answer.sampling_settings import SamplingSettings
from appliance.call.listener import StepHeard
from appliance.notation.timeline import Meter

# Both ends name the version they speak. Change it with any field below or in what they carry.
VERSION = 2


class Seat(msgspec.Struct, frozen=True, tag=True):
    """A duet takes its place: which model answers it (a name, or a file), from which seed, in which meter.

    `grooves` are the groove models beside it. A seat that is taken again is a fresh one.
    """

    duet: int
    model: str
    seed: int
    meter: Meter
    grooves: GrooveSettings = GrooveSettings()


class Leave(msgspec.Struct, frozen=True, tag=True):
    """The duet is no more."""

    duet: int


class Listen(msgspec.Struct, frozen=True, tag=True):
    """A step of the duet's call that can no longer change."""

    duet: int
    heard: StepHeard


class Begin(msgspec.Struct, frozen=True, tag=True):
    """The call is over: this is to be answered."""

    duet: int
    question: Question


class Ask(msgspec.Struct, frozen=True, tag=True):
    """The steps below `until` are wanted."""

    duet: int
    until: int


class Rewind(msgspec.Struct, frozen=True, tag=True):
    """The steps from `step` on are wanted again, as take `take` and by these rules."""

    duet: int
    step: int
    take: int
    sampling: SamplingSettings


class Choose(msgspec.Struct, frozen=True, tag=True):
    """From the next call or rewind on the duet has another model."""

    duet: int
    model: str


class Reset(msgspec.Struct, frozen=True, tag=True):
    """The duet's call and answer are no more; what it ordered before and is not yet begun is dropped."""

    duet: int
    remember: bool


class Preload(msgspec.Struct, frozen=True, tag=True):
    """A model that will be wanted: have it ready."""

    model: str


class Ping(msgspec.Struct, frozen=True, tag=True):
    """Say that you live."""


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The worker's first word."""

    version: int
    pid: int


class Loading(msgspec.Struct, frozen=True, tag=True):
    """A model is read: until it is loaded or refused the worker does nothing else."""

    model: str


class Loaded(msgspec.Struct, frozen=True, tag=True):
    """A model can be used; `card` says what it is."""

    model: str
    card: Card


class GrooveLoaded(msgspec.Struct, frozen=True, tag=True):
    """A groove model can be used."""

    model: str


class Refused(msgspec.Struct, frozen=True, tag=True):
    """A model cannot be used, and why; who has another keeps it."""

    model: str
    reason: str


class Worked(msgspec.Struct, frozen=True, tag=True):
    """Steps of a duet's answer, in order."""

    duet: int
    made: tuple[Made, ...]


class Pong(msgspec.Struct, frozen=True, tag=True):
    """The answer to a Ping."""


class Died(msgspec.Struct, frozen=True, tag=True):
    """The worker's last word, where it has one: the error that ends it, in a sentence."""

    reason: str


Work = Seat | Listen | Begin | Ask | Rewind | Choose | Reset
DuetOrder = Work | Leave
Order = DuetOrder | Preload | Ping
Report = Ready | Loading | Loaded | GrooveLoaded | Refused | Worked | Pong | Died
