"""The tempo and meter of what is played live, and who gives them."""

from enum import StrEnum

import msgspec

from appliance.notation.timeline import Grid
from appliance.notation.timeline import read_meter as read_meter

# Far beyond what anybody plays: outside, no bar is one that the striker could keep going (strike/groove.py).
_SLOWEST, _FASTEST = 5.0, 5000.0
_LONGEST_BAR = 64  # sixteenths


class Source(StrEnum):
    """Who says where the beat is."""

    SETTINGS = "settings"  # the tempo stands until a control changes it
    TAP = "tap"  # the same, and a foot that taps gives tempo and beat
    HITS = "hits"  # four even hits before a call count it in
    CLOCK = "clock"  # a MIDI clock from outside


class TempoSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`qpm`: quarters a minute; `meter`: such as "4/4"; `source`: who gives tempo and beat.

    With a source from outside, `qpm` is the tempo until it has been heard. Raises: ValueError for what is none.
    """

    qpm: float
    meter: str
    source: Source = Source.SETTINGS

    def __post_init__(self) -> None:
        if not _SLOWEST <= self.qpm <= _FASTEST:
            raise ValueError(f"tempo.qpm is {_SLOWEST:g} to {_FASTEST:g} quarters a minute, not {self.qpm:g}")
        if self.grid(4).steps_per_bar > _LONGEST_BAR:
            raise ValueError(f"a bar of {self.meter} is longer than {_LONGEST_BAR // 16} whole notes")

    def grid(self, steps_per_quarter: int) -> Grid:
        """The grid on which a model with so many steps a quarter listens. Raises: ValueError."""
        return Grid(self.qpm, read_meter(self.meter), steps_per_quarter)
