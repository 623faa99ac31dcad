"""How many ticks were lost or doubled at the very step of a clock's tempo: it is seen when both tempi are known.

A tick that is lost while the tempo steps looks, for some ticks, like a step that came earlier or later. Behind it the
new line says more: counted rightly it meets the old one where the ticks bend, counted wrongly a part of them would have
come where neither line has any. So each count is weighed by its likelihood, as in `tempo_step.py`.

One thing cannot be told. A count that is one off moves the step by q / |p - q| ticks, of the periods p before it and q
behind it as the clock counts them; where no tick came in between, as between 60 and 180, both say the same of all that
was heard. Then nothing is taken for lost, as that is a hundred times as likely.
"""

import math
from collections.abc import Sequence

from appliance.tempo.line import Line
from appliance.tempo.numbering import LOSS

# So many ticks may have been lost or doubled: three at one step happen once in a million.
_SHIFTS = (1, -1, 2, -2)

# By how much (twice a log-likelihood) another count must be better: what was counted is moved by a whole tick.
_SURE = 6.0

# A tick is as far astray as none before when it is further by so many standard deviations of the line's own place.
_WIDER = 3.0

# Tempi are two when they differ by so much, and by so many standard deviations; else their lines meet anywhere. A line
# of fewer ticks than these may itself be wrong.
_STEP, _CLEAR = 0.02, 5.0
_FEWEST = 24

# What may be left unexplained beside the ticks' own noise: three faults. More, and it was no step, but a slow change.
_UNEXPLAINED = 3 * LOSS

# The step lies among the ticks, and so many of them behind it.
_BEHIND = 4

# A tick that lies nowhere costs as much as one that was lost and another that came from elsewhere.
_ASTRAY = 2 * LOSS


def miscounted(old: Line, new: Line, times: Sequence[float], noise: float, widest: float) -> int:
    """By how much the ticks of the new line are to be renumbered; 0: as they are.

    `times`: when the ticks around the step came, those of either line; `noise`: their standard deviation (s);
    `widest`: how far (s) from its place none of the latest hundred was.
    """
    if old.ticks < _FEWEST or abs(new.period - old.period) < max(_STEP * old.period, _CLEAR * noise * new.slope):
        return 0
    as_it_is = _cost(old, new, 0, times, noise, widest)
    costs = {
        shift: _cost(old, new, shift, times, noise, widest)
        for shift in _SHIFTS
        if times[0] <= _bend(old, new, shift) <= times[-_BEHIND]
    }
    best = min(costs, key=lambda shift: costs[shift], default=0)
    if not best or costs[best] > len(times) + _UNEXPLAINED:
        return 0
    return best if as_it_is - costs[best] > _SURE else 0


def _bend(old: Line, new: Line, shift: int) -> float:
    """The instant at which the tempo stepped, as the count has it."""
    apart = new.time_of(old.number - shift) - old.time
    return old.time + apart * old.period / (old.period - new.period)


def _cost(old: Line, new: Line, shift: int, times: Sequence[float], noise: float, widest: float) -> float:
    """Squares of what is left unexplained, in noise, and the price of what was lost, doubled or never so far astray."""
    cost, number = 0.0, math.floor(old.number_at(times[0])) - 1
    for place, time in enumerate(times):
        before = number
        by, number, variance = _nearest(old, new, shift, number, time)
        further = LOSS if by > widest + _WIDER * noise * math.sqrt(variance) else 0.0
        cost += min((by / noise) ** 2 / (1 + variance) + further, _ASTRAY)
        if place:
            cost += LOSS * abs(number - before - 1)
    return cost


def _nearest(old: Line, new: Line, shift: int, number: int, time: float) -> tuple[float, int, float]:
    """How far (s) the nearest tick, from a number on, is from an instant; its number, and the line's variance there."""
    faster = new.period < old.period
    best = (math.inf, number, 0.0)
    while True:
        before, behind = old.time_of(number), new.time_of(number - shift)
        is_old = (before < behind) is faster
        by = abs(time - (before if is_old else behind))
        if not by < best[0]:
            return best
        line, ahead = (old, number - old.number) if is_old else (new, number - shift - new.number)
        best = (by, number, line.variance(ahead))
        number += 1
