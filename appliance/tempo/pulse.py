"""Where quarters and seconds meet: what a conductor says, and all duets play by, whatever grid their models have."""

import math

import msgspec

from appliance.notation.timeline import Grid, Meter, Timeline


class Pulse(msgspec.Struct, frozen=True):
    """Quarter 0 of the song is at `origin` (s), and from there on `qpm` quarters pass a minute.

    Raises: ValueError when the origin is no instant, or the tempo not above 0.
    """

    origin: float
    qpm: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.origin):
            raise ValueError(f"a pulse begins at a finite number of seconds, not {self.origin}")
        if not (math.isfinite(self.qpm) and self.qpm > 0):
            raise ValueError(f"a tempo is above 0 quarters a minute, not {self.qpm}")

    def time_of(self, quarter: float) -> float:
        """The instant of a quarter, in seconds."""
        return self.origin + quarter * 60.0 / self.qpm

    def quarter_at(self, instant: float) -> float:
        """How many quarters have passed at an instant."""
        return (instant - self.origin) * self.qpm / 60.0

    def timeline(self, quarter: float, meter: Meter, steps_per_quarter: int) -> Timeline:
        """The timeline of what begins on a quarter, for a model with so many steps a quarter. Raises: ValueError."""
        return Timeline(self.time_of(quarter), Grid(self.qpm, meter, steps_per_quarter))

    def at_tempo(self, instant: float, qpm: float) -> "Pulse":
        """The pulse that has this one's place at an instant, and another tempo from there on. Raises: ValueError."""
        return Pulse(instant - self.quarter_at(instant) * 60.0 / qpm, qpm)


class Retimed(msgspec.Struct, frozen=True, tag=True):
    """From `time` (s) on, the song's quarters are where `pulse` has them."""

    time: float
    pulse: Pulse


class BeatFell(msgspec.Struct, frozen=True, tag=True):
    """A beat of the meter is due at `time` (s), said ahead of it.

    `beat` counts from 0 within `bar`, from 0 as well; bars that are counted in before the first are negative.
    `clicks`: it is to be heard, because the metronome is on or the beat counts in; `counts`: it counts in.
    """

    time: float
    bar: int
    beat: int
    clicks: bool = False
    counts: bool = False


class CountedIn(msgspec.Struct, frozen=True, tag=True):
    """At `time` (s) it was settled that a call begins on the bar line at `quarter`.

    What was played before is no part of it.
    """

    time: float
    quarter: float


class ClockCame(msgspec.Struct, frozen=True, tag=True):
    """A clock from outside can be followed from `time` (s) on."""

    time: float


class ClockLost(msgspec.Struct, frozen=True, tag=True):
    """The clock from outside has been silent; the beat goes on at its last tempo."""

    time: float


class ClockStarted(msgspec.Struct, frozen=True, tag=True):
    """The clock's song plays from `quarter` on: start, or continue."""

    time: float
    quarter: float


class ClockStopped(msgspec.Struct, frozen=True, tag=True):
    """The clock's song stands still."""

    time: float


class GridRuns(msgspec.Struct, frozen=True, tag=True):
    """From `time` (s) on the grid goes on: somebody plays or counts in, a metronome is on, a clock's song plays."""

    time: float
    pulse: Pulse


class GridRests(msgspec.Struct, frozen=True, tag=True):
    """Nobody needs the grid any more: the next hit is quarter 0 of another song."""

    time: float


Beating = Retimed | BeatFell | CountedIn | GridRuns | GridRests | ClockCame | ClockLost | ClockStarted | ClockStopped
