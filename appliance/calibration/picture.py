"""Drawings of a calibration: the curves of one motor, and when the strokes of a whole kit arrive, before and after."""

from collections.abc import Iterator, Sequence
from itertools import chain

from appliance.calibration.axes import AFTER, BEFORE, INK, Axes, drawing, line, text, ticks
from appliance.calibration.curve import Level, loudness_curve
from appliance.calibration.findings import Check, Findings
from appliance.calibration.kit_spread import spread
from appliance.notation.hit import LOUDEST
from appliance.strike.kit import Motor
from appliance.strike.touch import push_of

_MS = 1e3
_VELOCITIES = (1, 32, 64, 96, 127)
_WIDTH = 860


def motor_picture(motor: Motor, findings: Findings) -> str:
    """Lead time and loudness over velocity: what was set, what was measured with its spread, what strokes then did."""
    leads = [1e3 * knot.lead for knot in findings.touch] + [1e3 * push_of(motor, 1).lead]
    lead = Axes(60, 74, 340, 250, (1, LOUDEST), (0, 10 * (max(leads) // 10 + 1)))
    heard = [check.loudness or 0 for check in chain(findings.before, findings.after)]
    loudness = Axes(480, 74, 340, 250, (1, LOUDEST), (min(0.0, *heard), max(1.0, *heard) * 1.05))
    parts = [
        text(20, 28, f"{motor.name}: {findings.strokes} strokes in {findings.seconds:.0f} s", weight="bold"),
        *lead.frame("lead time, ms", _VELOCITIES, ticks(*lead.y)),
        *loudness.frame("loudness, as the ear has it", _VELOCITIES, ticks(*loudness.y)),
        *_leads(lead, motor, findings),
        *_loudness(loudness, findings),
        text(230, 362, "velocity", anchor="middle"),
        text(650, 362, "velocity", anchor="middle"),
        *_legend(20, 388, ("before: as it was set", "after: as it was measured; bars hold two thirds of the strokes")),
    ]
    return drawing(_WIDTH, 408, parts)


def kit_picture(found: Sequence[Findings]) -> str:
    """How late each stroke of each motor arrived beside its instant, before and after calibration."""
    errors = [abs(1e3 * error) for one in found for check in (*one.before, *one.after) if (error := check.error)]
    widest = 5 * (max([5.0, *errors]) // 5 + 1)
    height = 26 * len(found)
    axes = Axes(110, 74, 700, height, (-widest, widest), (0, len(found)))
    before, after = (spread(checks) for checks in _halves(found))
    fall = f", {before.deviation / after.deviation:.0f} times less" if after.deviation else ""
    parts = [
        text(20, 28, "When the strokes of the kit arrive, ms beside their instant", weight="bold"),
        text(
            20,
            48,
            f"standard deviation {_MS * before.deviation:.1f} ms before, {_MS * after.deviation:.2f} ms after{fall}; "
            f"not heard: {before.silent} of {before.strokes} before, {after.silent} of {after.strokes} after",
        ),
        *axes.frame("", ticks(*axes.x, 8), ()),
        line(axes.at(0, 0), axes.at(0, len(found)), INK),
    ]
    for row, findings in enumerate(found):
        parts += _row(axes, len(found) - row, findings)
    parts += _legend(20, axes.top + height + 44, ("before", "after"))
    return drawing(_WIDTH, axes.top + height + 62, parts)


def _halves(found: Sequence[Findings]) -> tuple[Iterator[Check], Iterator[Check]]:
    return (
        (check for one in found for check in one.before),
        (check for one in found for check in one.after),
    )


def _row(axes: Axes, top: int, findings: Findings) -> list[str]:
    across, up = axes.at(axes.x[0], top - 0.5)
    parts = [text(across - 10, up + 4, findings.motor, anchor="end")]
    for checks, colour, place in ((findings.before, BEFORE, 0.7), (findings.after, AFTER, 0.3)):
        errors = [error for check in checks if (error := check.error) is not None]
        parts += [axes.dot(_MS * error, top - 1 + place, colour) for error in errors]
    return parts


def _leads(axes: Axes, motor: Motor, findings: Findings) -> Iterator[str]:
    promised = [(velocity, _MS * push_of(motor, velocity).lead) for velocity in range(1, LOUDEST + 1, 3)]
    yield axes.curve(promised, BEFORE, "5 4")
    yield axes.curve([(knot.velocity, _MS * knot.lead) for knot in findings.touch], AFTER)
    for check, colour in _checks(findings):
        if check.lead is not None:
            yield axes.dot(check.velocity, _MS * check.lead, colour)
    for velocity, level in _placed(findings):
        low, high = level.lead.value - level.lead.spread, level.lead.value + level.lead.spread
        yield axes.bar(velocity, _MS * low, _MS * high, AFTER)


def _loudness(axes: Axes, findings: Findings) -> Iterator[str]:
    for check, colour in _checks(findings):
        if check.loudness is not None:
            yield axes.dot(check.velocity, check.loudness, colour)
    placed = _placed(findings)
    if placed:
        yield axes.curve([(velocity, level.loudness.value) for velocity, level in placed], AFTER)
    for velocity, level in placed:
        middle = level.loudness
        yield axes.bar(velocity, middle.value - middle.spread, middle.value + middle.spread, AFTER)


def _checks(findings: Findings) -> Iterator[tuple[Check, str]]:
    yield from ((check, BEFORE) for check in findings.before)
    yield from ((check, AFTER) for check in findings.after)


def _placed(findings: Findings) -> list[tuple[float, Level]]:
    """The levels that were believed, each at the velocity that has its loudness."""
    if not findings.touch:
        return []
    levels = [level for level in findings.levels if level.duty >= findings.touch[0].duty - 1e-3]
    rising = loudness_curve(levels)
    low, high = rising[0], rising[-1]
    return [
        (1 + (LOUDEST - 1) * (loud - low) / (high - low), level) for loud, level in zip(rising, levels, strict=True)
    ]


def _legend(left: float, top: float, words: tuple[str, str]) -> Iterator[str]:
    for n, (label, colour) in enumerate(zip(words, (BEFORE, AFTER), strict=True)):
        x = left + 220 * n
        yield line((x, top - 4), (x + 22, top - 4), colour, width=3)
        yield text(x + 30, top, label)
