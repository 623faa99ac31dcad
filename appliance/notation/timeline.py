"""Where steps and seconds meet, and nowhere else."""

import math

import msgspec

# A step within this part of a step of the grid counts as on it: sums of float seconds err by far less, hands by far
# more.
_ON_GRID = 1e-6


class Meter(msgspec.Struct, frozen=True):
    """A time signature, such as 7/8. Raises: ValueError when it is none that MIDI can write."""

    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        # MIDI 1.0 (Standard MIDI Files, FF 58): the denominator is a power of two.
        if self.numerator < 1 or self.denominator < 1 or self.denominator & (self.denominator - 1):
            raise ValueError(f"a meter is such as 4/4 or 7/8, not {self.numerator}/{self.denominator}")

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


def read_meter(text: str) -> Meter:
    """The meter that is written so, such as "7/8". Raises: ValueError."""
    numerator, _, denominator = text.partition("/")
    if not (numerator.isdecimal() and denominator.isdecimal()):
        raise ValueError(f"a meter is such as 4/4 or 7/8, not {text!r}")
    return Meter(int(numerator), int(denominator))


class Grid(msgspec.Struct, frozen=True):
    """Tempo, meter and resolution: how long a step is, and how many make a bar.

    Raises: ValueError when the tempo is not above 0, or a bar is no whole number of steps.
    """

    qpm: float = 120.0
    meter: Meter = Meter()
    steps_per_quarter: int = 4

    def __post_init__(self) -> None:
        if not (math.isfinite(self.qpm) and self.qpm > 0):
            raise ValueError(f"a tempo is above 0 quarters a minute, not {self.qpm}")
        if self.steps_per_quarter < 1:
            raise ValueError(f"a quarter has at least one step, not {self.steps_per_quarter}")
        if self.steps_per_quarter * 4 * self.meter.numerator % self.meter.denominator:
            raise ValueError(f"a bar of {self.meter} is no whole number of steps at {self.steps_per_quarter} a quarter")

    @property
    def step_seconds(self) -> float:
        """How long a step lasts."""
        return 60.0 / self.qpm / self.steps_per_quarter

    @property
    def steps_per_bar(self) -> int:
        """How many steps a bar has: 16 in 4/4 at four a quarter, 14 in 7/8."""
        return self.steps_per_quarter * 4 * self.meter.numerator // self.meter.denominator

    @property
    def steps_per_beat(self) -> int:
        """How many steps the meter's own beat has (at least one): four for a quarter, two for an eighth."""
        return max(1, self.steps_per_quarter * 4 // self.meter.denominator)


class Timeline(msgspec.Struct, frozen=True):
    """A bijection between steps and seconds: step 0 is at `origin`."""

    origin: float
    grid: Grid

    def time_of(self, step: float) -> float:
        """The instant of a step, in seconds."""
        return self.origin + step * self.grid.step_seconds

    def step_at(self, instant: float) -> int:
        """The nearest step; half-way counts upwards, as in note-seq's quantiser (floor(x + 0.5))."""
        return math.floor(self._position(instant) + 0.5 + _ON_GRID)

    def bar_of(self, instant: float) -> int:
        """The bar in which an instant lies; on a bar line, the bar that begins there."""
        return math.floor(self._position(instant) / self.grid.steps_per_bar + _ON_GRID)

    def _position(self, instant: float) -> float:
        return (instant - self.origin) / self.grid.step_seconds
