"""A calibration that somebody looks at while it runs."""

from collections.abc import Callable, Sequence

from appliance.calibration.findings import Findings, calibrated
from appliance.calibration.heard import Reading
from appliance.calibration.session import Procedure, Series
from appliance.calibration.told import FindingsTold, SeriesTold
from appliance.strike.kit import Motor

# Given each series of attempts when its readings are made.
See = Callable[[Series, list[Reading]], object]


def watched(procedure: Procedure, see: See) -> Procedure:
    """The same procedure, with the same findings."""
    series = next(procedure)
    while True:
        readings = yield series
        see(series, readings)
        try:
            series = procedure.send(readings)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def series_told(motor: Motor, series: Series, readings: Sequence[Reading]) -> SeriesTold:
    """The attempts that were made."""
    made = [(a.duty, r.lead, r.loudness) for a, r in zip(series, readings, strict=True) if r.made]
    return SeriesTold(motor.name, made)


def findings_told(motor: Motor, findings: Findings) -> FindingsTold:
    """The end of a motor's calibration."""
    found = calibrated(motor, findings) if findings.steady else None
    return FindingsTold(motor.name, findings.doubts, findings.strokes, findings.seconds, found)
