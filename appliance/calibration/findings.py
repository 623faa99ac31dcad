"""What a calibration found of a motor, and whether it may be believed."""

import msgspec

from appliance.calibration.curve import Level
from appliance.strike.kit import Knot, Motor, Return


class Check(msgspec.Struct, frozen=True):
    """A stroke of some velocity: the lead that the settings promise, and what was heard (s, the ear's loudness)."""

    velocity: int
    promised: float
    lead: float | None
    loudness: float | None

    @property
    def error(self) -> float | None:
        """How late it was beside its promise (s), or None when it was not heard."""
        return None if self.lead is None else self.lead - self.promised


class Findings(msgspec.Struct, frozen=True):
    """The measured touch and return of a motor; `doubts` has a sentence for each reason not to believe them.

    `before` was struck with the settings as they were, `after` with what was found; `weakest` is the least duty that
    sounded, `repeat` the shortest safe time between two strokes (s).
    """

    motor: str
    doubts: tuple[str, ...]
    strokes: int
    seconds: float
    weakest: float = 0.0
    repeat: float = 0.0
    levels: tuple[Level, ...] = ()
    touch: tuple[Knot, ...] = ()
    back: Return | None = None
    before: tuple[Check, ...] = ()
    after: tuple[Check, ...] = ()

    @property
    def steady(self) -> bool:
        """Whether it may be written to the settings."""
        return not self.doubts and bool(self.touch) and self.back is not None


def calibrated(motor: Motor, findings: Findings) -> Motor:
    """The motor as it was found to be. Raises: ValueError for findings in doubt."""
    if not findings.steady or findings.back is None:
        raise ValueError(f"motor {motor.name!r} was not measured well enough: {' '.join(findings.doubts)}")
    return touched(motor, findings.touch, findings.back)


def touched(motor: Motor, touch: tuple[Knot, ...], back: Return) -> Motor:
    """The motor with another touch and return."""
    return msgspec.structs.replace(motor, soft=touch[0].push, hard=touch[-1].push, touch=touch, back=back, curve=1.0)
