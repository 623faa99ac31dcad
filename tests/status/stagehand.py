"""Somebody who looks at the lamp and counts, knowing the card but not the program."""

import itertools
from collections.abc import Iterable, Sequence

from appliance.status.codes import MEANINGS, Code

# What an eye tells apart: a flash above this (s) is a long one, a pause above this ends a code, a light above this is
# no flash at all.
_LONG, _END, _LIT = 0.5, 1.5, 1.3

Edge = tuple[float, bool]


def read(edges: Iterable[Edge]) -> list[str]:
    """What the lamp said, one entry for each time through: `2-3`, `dips 1`, `even fast`.

    What was begun and not finished is not counted.
    """
    said: list[str] = []
    flashes: list[tuple[float, float]] = []
    for lit, dark in _flashes(list(edges)):
        if lit > _LIT and flashes:
            said.append(_word(flashes))
            flashes = []
        flashes.append((lit, dark))
        if dark > _END or (len(flashes) == 1 and abs(lit - dark) < 0.05 and 0.15 < lit < 1.0):
            said.append(_word(flashes))
            flashes = []
    return said


def sure(edges: Iterable[Edge]) -> list[str]:
    """What it said twice running, for a code that is cut short by the next one can look like a third; each once."""
    said = read(edges)
    twice = [word for word, again in itertools.pairwise(said) if word == again]
    return [word for before, word in zip(["", *twice], twice, strict=False) if word != before]


def words(code: Code, motor: int = 0) -> str:
    """What a stagehand says when the lamp shows that code, after the card."""
    label = MEANINGS[code].label(motor)
    return (
        label
        or {
            Code.READY: "dips 1",
            Code.LISTENING: "dips 2",
            Code.ANSWERING: "dips 3",
            Code.STARTING: "even slow",
            Code.SHUTTING_DOWN: "even fast",
        }[code]
    )


def _flashes(edges: Sequence[Edge]) -> list[tuple[float, float]]:
    """(seconds lit, seconds dark after it) of each whole flash."""
    changes = [edge for before, edge in zip([(0.0, False), *edges], edges, strict=False) if before[1] != edge[1]]
    ups = [number for number, edge in enumerate(changes) if edge[1]]
    return [
        (changes[up + 1][0] - changes[up][0], changes[up + 2][0] - changes[up + 1][0])
        for up in ups
        if up + 2 < len(changes)
    ]


def _word(flashes: list[tuple[float, float]]) -> str:
    if flashes[0][0] > _LIT:
        return f"dips {len(flashes)}"
    if len(flashes) == 1 and abs(flashes[0][0] - flashes[0][1]) < 0.05:
        return "even slow" if flashes[0][0] > _LONG else "even fast"
    long = sum(lit > _LONG for lit, _ in flashes)
    return f"{long}-{len(flashes) - long}"
