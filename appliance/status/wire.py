"""What other processes say to the board, and it to them: a MessagePack word a datagram, no word needs an answer."""

import msgspec

from appliance.status.board import Notice
from appliance.status.codes import Code


class Post(msgspec.Struct, frozen=True, tag=True):
    """It is so, from now on."""

    code: Code
    motor: int = 0


class Lift(msgspec.Struct, frozen=True, tag=True):
    """It is so no more."""

    code: Code
    motor: int = 0


class See(msgspec.Struct, frozen=True, tag=True):
    """The crew has seen what is shown."""


class Look(msgspec.Struct, frozen=True, tag=True):
    """Send a Report back."""


class Follow(msgspec.Struct, frozen=True, tag=True):
    """From now on, send each press of the footswitch back."""


class Report(msgspec.Struct, frozen=True, tag=True):
    """Everything on the board."""

    state: Code
    faults: tuple[Notice, ...]


class Stepped(msgspec.Struct, frozen=True, tag=True):
    """The footswitch was pressed at the instant `at` (s)."""

    at: float


Word = Post | Lift | See | Look | Follow
Answer = Report | Stepped
