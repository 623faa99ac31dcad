"""A whole motion for a board that plays it by itself."""

import msgspec

from appliance.strike.motion import Edge
from appliance.strike.outcome import Asked


class Sending(msgspec.Struct, frozen=True):
    """The edges of a motion, in seconds since its `start` (s); `asked` is what it is for, two for a double.

    `fetches`: the stick is pulled home before its push.
    """

    start: float
    motor: str
    edges: tuple[Edge, ...]
    asked: tuple[tuple[Asked, int], ...]  # with the number of its batch
    fetches: bool = False
