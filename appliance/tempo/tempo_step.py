"""Whether a clock has stepped to another tempo, or its ticks were only lost, doubled or late.

Counted as they came, ticks of a clock that has stepped leave the line of before on a slope; where one was lost they
are a whole period late from there on, and where one came twice a period early. Both are weighed by their likelihood:
squares of what is left unexplained, in noise, and for each tick that was lost or doubled the odds against it.
"""

from collections.abc import Sequence

from appliance.tempo.line import Line
from appliance.tempo.numbering import LOSS

# So many of the latest ticks are looked at, and so few can show a step: a single late tick is none.
LATEST = 8
_FEWEST = 3

# By how much (twice a log-likelihood) a step must explain the ticks better than none. Every second tick of six being
# lost is not enough: among a million ticks that happens. Of eight it is.
_SURE = 30.0

# Squares, in noise, that ticks of a clock that has stepped may leave unexplained: chi-squared with 5 degrees of freedom
# is above it once in a thousand.
_EXPLAINED = 20.0


def step_since(before: Sequence[Line], times: Sequence[float], noise: float) -> int | None:
    """How many of the latest ticks came at another tempo; None while they are explained without one.

    `times`: when the ticks came; `before`: for each of them the line of those before it, whose `number` is the tick
    before it; `noise`: their standard deviation (s).
    """
    best, since = _SURE, None
    for count in range(_FEWEST, len(times) + 1):
        gain = _gain(before[-count], times[-count:], noise)
        if gain > best:
            best, since = gain, count
    return since


def _gain(line: Line, times: Sequence[float], noise: float) -> float:
    late = [time - line.time_of(line.number + count) for count, time in enumerate(times, 1)]
    squares = sum(count * count for count in range(1, len(late) + 1))
    slope = sum(count * by for count, by in enumerate(late, 1)) / squares
    shifts = [round(by / line.period) for by in late]
    straight = stepped = 0.0
    for count, (by, shift) in enumerate(zip(late, shifts, strict=True), 1):
        variance = noise**2 * (1 + line.variance(count))
        straight += (by - shift * line.period) ** 2 / variance
        stepped += (by - slope * count) ** 2 / variance
    if stepped > _EXPLAINED:
        return 0.0
    return straight - stepped + LOSS * sum(a != b for a, b in zip([0, *shifts], shifts, strict=False))
