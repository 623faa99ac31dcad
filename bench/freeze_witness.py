"""Notes when the machine itself stood still: a hypervisor that takes the processors away stops every process alike.

    python -m bench.freeze_witness FILE [SLEEP NOTED]

One process a processor sleeps SLEEP s again and again (3 ms), above every real-time priority that Ghostnote uses; what
it oversleeps by more than NOTED s (20 ms) is a line of FILE: from, until (s, CLOCK_MONOTONIC), the processor. Without
the right to a real-time priority it notes nothing, for then it could not tell a standstill from a busy machine.
"""

import os
import sys
import time
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path

from appliance.drivers.realtime import become_punctual

PRIORITY = 80
SLEEP, NOTED = 0.003, 0.020


def main() -> None:
    processors = sorted(os.sched_getaffinity(0))
    mine = next((processor for processor in processors[1:] if not os.fork()), processors[0])
    os.sched_setaffinity(0, {mine})
    if not become_punctual(PRIORITY).priority:
        return
    sleep, noted = map(float, sys.argv[2:4]) if sys.argv[3:] else (SLEEP, NOTED)
    parent, before = os.getppid(), time.monotonic()
    with Path(sys.argv[1]).open("a", buffering=1) as file:
        while os.getppid() == parent:
            time.sleep(sleep)
            now = time.monotonic()
            if now - before > sleep + noted:
                # It had slept as it should until then.
                file.write(f"{before + sleep} {now} {mine}\n")
            before = now


def standstills(file: Path) -> list[tuple[float, float]]:
    """What was noted."""
    if not file.exists():
        return []
    lines = [line.split() for line in file.read_text().splitlines()]
    return [(float(line[0]), float(line[1])) for line in lines if len(line) == 3]


def undisturbed(
    edges: Iterable[tuple[float, float]], still: Sequence[tuple[float, float]], spare: float
) -> list[tuple[float, float]]:
    """Of edges (instant, lateness) those whose wait or write met no standstill, from `spare` s before each on."""
    still = sorted(still)
    begins = [begin for begin, _ in still]
    # Standstills of several processors overlap: up to which instant some of those so far last.
    ends = list(accumulate((end for _, end in still), max))

    def met(at: float, lateness: float) -> bool:
        place = bisect_right(begins, at)
        return place > 0 and ends[place - 1] > at - lateness - spare

    return [edge for edge in edges if not met(*edge)]


if __name__ == "__main__":
    main()
