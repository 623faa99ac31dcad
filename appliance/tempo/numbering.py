"""Numbers for a clock's first ticks, when no line says yet where each is due.

The likeliest numbering is the one whose ticks lie straightest: in a row, or with some of them lost or doubled where
that is worth the odds against it. Of more than two such faults in so few ticks there is no telling.
"""

from collections.abc import Iterator, Sequence

from appliance.tempo.line import Tick

# Twice the natural logarithm of the odds: one tick in a hundred is lost or doubled.
LOSS = 9.2
_FAULTS = 2


# Behind a step of tempo, so many of the first ticks may still be of the old one; the price of each that is left out.
_OLD = 3
_OLD_PRICE = 2.0


def likeliest(times: Sequence[float], noise: float, *, stepped: bool = False) -> list[Tick]:
    """The ticks that came at `times` (s) with their numbers, from 0; `noise` is their standard deviation (s).

    A doubled tick is left out, the latest is never taken for one; `stepped`: so are the first, if they lie on another
    line.
    """
    row = list(enumerate(times))
    best, cost = row, _bend(row) / noise**2
    for old in range(1, _OLD + 1) if stepped else ():
        if len(row) - old > _OLD and _bend(row[old:]) / noise**2 + old * _OLD_PRICE < cost:
            best, cost = row[old:], _bend(row[old:]) / noise**2 + old * _OLD_PRICE
    # One fault after the other, as long as each is worth its price: all pairs of faults would be too many to weigh.
    for faults in range(1, _FAULTS + 1):
        likely = min(_faulty(row), key=_bend, default=row)
        if _bend(likely) / noise**2 + faults * LOSS >= cost:
            break
        best = row = likely
        cost = _bend(likely) / noise**2 + faults * LOSS
    return best


def _faulty(row: list[Tick]) -> Iterator[list[Tick]]:
    for place in range(1, len(row)):
        yield row[:place] + [(number + 1, time) for number, time in row[place:]]
        if place + 1 < len(row):
            yield row[:place] + [(number - 1, time) for number, time in row[place + 1 :]]


def _bend(ticks: Sequence[Tick]) -> float:
    """Squares of what is left beside the best line."""
    n = len(ticks)
    x = sum(number for number, _ in ticks) / n
    y = sum(time for _, time in ticks) / n
    xx = sum((number - x) ** 2 for number, _ in ticks)
    xy = sum((number - x) * (time - y) for number, time in ticks)
    return sum((time - y) ** 2 for _, time in ticks) - (xy * xy / xx if xx else 0.0)
