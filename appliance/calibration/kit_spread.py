"""How far apart the strokes of a kit arrive that were meant for one instant."""

import statistics
from collections.abc import Iterable

import msgspec

from appliance.calibration.findings import Check


class Spread(msgspec.Struct, frozen=True):
    """`deviation`: standard deviation (s) of the arrivals beside their instants, over motors and velocities.

    What the ear adds is in it. `silent` of `strokes` were not heard.
    """

    deviation: float
    strokes: int
    silent: int


def spread(checks: Iterable[Check]) -> Spread:
    """Of the strokes of all motors together."""
    errors = [check.error for check in checks]
    heard = [error for error in errors if error is not None]
    return Spread(statistics.pstdev(heard) if len(heard) > 1 else 0.0, len(errors), len(errors) - len(heard))
