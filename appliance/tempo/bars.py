"""Which beat of which bar a quarter is."""

import math

import msgspec

from appliance.notation.timeline import Meter

# A quarter within this part of a quarter of a line counts as on it: sums of float seconds err by far less.
_ON_LINE = 1e-6


class Bars(msgspec.Struct, frozen=True):
    """Bars of a meter; the line of bar `bar` is at `quarter`."""

    meter: Meter = Meter()
    quarter: float = 0.0
    bar: int = 0

    @property
    def beat_quarters(self) -> float:
        """How long the meter's own beat is, in quarters: 1 in 4/4, a half in 6/8."""
        return 4.0 / self.meter.denominator

    @property
    def bar_quarters(self) -> float:
        """How long a bar is, in quarters: 3.5 in 7/8."""
        return self.meter.numerator * self.beat_quarters

    def line_at(self, quarter: float) -> float:
        """The quarter of the bar line at or before a quarter."""
        return self._line(math.floor((quarter - self.quarter + _ON_LINE) / self.bar_quarters))

    def next_line(self, quarter: float) -> float:
        """The quarter of the bar line at or after a quarter."""
        return self._line(math.ceil((quarter - self.quarter - _ON_LINE) / self.bar_quarters))

    def beat_at_or_after(self, quarter: float) -> float:
        """The quarter of the first beat that is not before a quarter."""
        return self.quarter + math.ceil((quarter - self.quarter - _ON_LINE) / self.beat_quarters) * self.beat_quarters

    def place(self, quarter: float) -> tuple[int, int]:
        """The bar that the beat on a quarter is in, and its place there, from 0."""
        bar, beat = divmod(round((quarter - self.quarter) / self.beat_quarters), self.meter.numerator)
        return self.bar + bar, beat

    def changed(self, quarter: float, meter: Meter) -> "Bars":
        """Bars of another meter, from the next line on."""
        line = self.next_line(quarter)
        bar = self.bar + round((line - self.quarter) / self.bar_quarters)
        return Bars(meter, line, bar)

    def _line(self, bars: int) -> float:
        return self.quarter + bars * self.bar_quarters
