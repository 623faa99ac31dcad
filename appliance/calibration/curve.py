"""Lead time and loudness as curves over the duty of a push, and the pushes that even steps of loudness need."""

from collections.abc import Sequence

import msgspec
import numpy as np

from appliance.calibration.median import Estimate
from appliance.notation.hit import LOUDEST
from appliance.strike.kit import Knot

# Velocities of the table that is written: 1, 8, 15 ... 127. With straight lines between twice as far ones a lead is
# up to 0.2 ms off at the soft end.
VELOCITIES = tuple(range(1, LOUDEST + 1, 7))

# A lead of a settings file in whole 10 us, a duty in whole thousandths: finer than any ear, and readable.
_LEAD_DIGITS = 5
_DUTY_DIGITS = 3

# Terms of the lead's curve in 1 / duty. On the model of strike/stick.py four leave 0.2 ms, three 0.8 ms.
_TERMS = 4


class Level(msgspec.Struct, frozen=True):
    """What strokes of one duty did: leads (s), loudness (the ear's unit), and the share of them that was heard."""

    duty: float
    lead: Estimate
    loudness: Estimate
    heard: float


def lead_curve(levels: Sequence[Level], duties: Sequence[float]) -> list[float]:
    """The lead at each duty: a cubic in 1 / duty through all levels, by least squares, then never rising with duty."""
    terms = min(_TERMS, len(levels))
    weights = np.sqrt([level.lead.count for level in levels])
    design = _powers([level.duty for level in levels], terms) * weights[:, None]
    found, *_ = np.linalg.lstsq(design, weights * [level.lead.value for level in levels], rcond=None)
    curve = _powers(duties, terms) @ found
    return [-value for value in never_falling([-lead for lead in curve.tolist()])]


def loudness_curve(levels: Sequence[Level]) -> list[float]:
    """The loudness of each level, in order of duty, never falling."""
    return never_falling([level.loudness.value for level in levels], [level.loudness.count for level in levels])


def never_falling(values: Sequence[float], weights: Sequence[float] | None = None) -> list[float]:
    """The nearest sequence that never falls: neighbours in the wrong order are pooled (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights or [1.0] * len(values), strict=True):
        pool = (value, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            before = pools.pop()
            total = before[1] + pool[1]
            pool = ((before[0] * before[1] + pool[0] * pool[1]) / total, total, before[2] + pool[2])
        pools.append(pool)
    return [value for value, _, count in pools for _ in range(count)]


def knots(levels: Sequence[Level], forward: float) -> tuple[Knot, ...]:
    """Pushes of `forward` s for velocities from 1 to 127 whose loudness rises in even steps."""
    loudness = loudness_curve(levels)
    goals = np.interp(VELOCITIES, (1, LOUDEST), (loudness[0], loudness[-1]))
    duties = np.interp(goals, *_rising(loudness, [level.duty for level in levels]))
    duties = np.maximum.accumulate(np.round(duties, _DUTY_DIGITS))
    leads = lead_curve(levels, duties.tolist())
    return tuple(
        Knot(velocity, forward, float(duty), max(forward, round(lead, _LEAD_DIGITS)))
        for velocity, duty, lead in zip(VELOCITIES, duties, leads, strict=True)
    )


def _rising(loudness: Sequence[float], duties: Sequence[float]) -> tuple[list[float], list[float]]:
    """Of levels that are equally loud the weakest: a head or an ear at its limit gains nothing by more."""
    kept = [n for n, value in enumerate(loudness) if n == 0 or value > loudness[n - 1]]
    return [loudness[n] for n in kept], [duties[n] for n in kept]


def _powers(duties: Sequence[float], terms: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    return np.stack([np.asarray(duties, dtype=float) ** -power for power in range(terms)], axis=1)
