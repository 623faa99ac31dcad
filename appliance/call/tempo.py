"""The tempo and meter of a call that no clock and no file gives."""

import msgspec

from appliance.notation.timeline import Grid, Meter


class TempoSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`qpm`: quarters a minute; `meter`: such as "4/4". Raises: ValueError for what is none."""

    qpm: float
    meter: str

    def __post_init__(self) -> None:
        self.grid(4)

    def grid(self, steps_per_quarter: int) -> Grid:
        """The grid on which a model with so many steps a quarter listens. Raises: ValueError."""
        numerator, _, denominator = self.meter.partition("/")
        if not (numerator.isdecimal() and denominator.isdecimal()):
            raise ValueError(f"a meter is such as 4/4 or 7/8, not {self.meter!r}")
        return Grid(self.qpm, Meter(int(numerator), int(denominator)), steps_per_quarter)
