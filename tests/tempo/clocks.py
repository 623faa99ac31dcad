"""MIDI clocks as they come over a cable: jittered, with ticks lost and doubled."""

import random
from collections.abc import Callable, Iterator

PPQN = 24

Tempo = Callable[[float], float]  # quarters a minute, by quarter


def steady(qpm: float) -> Tempo:
    return lambda quarter: qpm


def step(before: float, after: float, at: float) -> Tempo:
    return lambda quarter: before if quarter < at else after


def truth(tempo: Tempo, quarters: float, start: float = 10.0) -> list[float]:
    """When each tick is meant (s)."""
    times, now = [], start
    for tick in range(round(quarters * PPQN)):
        times.append(now)
        now += 60.0 / tempo(tick / PPQN) / PPQN
    return times


def cable(
    times: list[float], seed: int, jitter: float = 0.003, lost: float = 0.01, doubled: float = 0.0
) -> Iterator[tuple[int, float]]:
    """The ticks that arrive: their true number, and when (s); the first is never lost."""
    chance = random.Random(seed)
    came = []
    for number, time in enumerate(times):
        if number and chance.random() < lost:
            continue
        at = time + chance.uniform(-jitter, jitter)
        came.append((number, at))
        if chance.random() < doubled:
            came.append((number, at + chance.uniform(0.0003, 0.002)))
    yield from sorted(came, key=lambda tick: tick[1])
