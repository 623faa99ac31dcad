"""How a call begins and ends, as the owner and the controls have it."""

from enum import StrEnum

import msgspec

from appliance.notation.timeline import Grid


class Start(StrEnum):
    """Where an answer may begin."""

    STEP = "step"
    BEAT = "beat"
    BAR = "bar"

    def steps(self, grid: Grid) -> int:
        """How many steps lie between two such places."""
        return {Start.STEP: 1, Start.BEAT: grid.steps_per_beat, Start.BAR: grid.steps_per_bar}[self]


class ListenerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a call ends.

    `bars`: after so many bars; with 0, on the first bar line behind `silence_beats` of silence, and at the latest after
    `max_bars`. A call of less than `min_bars` is not answered. `start`: on steps or beats instead of on bar lines.
    Raises: ValueError for a length that no call can have.
    """

    bars: int
    silence_beats: int
    max_bars: int
    min_bars: int = 0
    start: Start = Start.BAR

    def __post_init__(self) -> None:
        if not 0 <= self.bars <= self.max_bars:
            raise ValueError(f"call.bars is 0 (ends by silence) to call.max_bars ({self.max_bars}), not {self.bars}")
        if self.silence_beats < 1 or self.max_bars < 1:
            raise ValueError("call.silence_beats and call.max_bars are at least 1")
        if not 0 <= self.min_bars <= self.max_bars:
            raise ValueError(f"call.min_bars is 0 to call.max_bars ({self.max_bars}), not {self.min_bars}")


def bars_only(bars: int) -> ListenerSettings:
    """For a call whose length is known: it ends after so many bars, whatever is played."""
    return ListenerSettings(bars=bars, silence_beats=1, max_bars=bars)
