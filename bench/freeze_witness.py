"""Notes when the machine itself stood still: a hypervisor that takes the processors away stops every process alike.

    python -m bench.freeze_witness FILE [SLEEP NOTED]

One process a processor sleeps SLEEP s again and again (3 ms), above every real-time priority that Ghostnote uses; what
it oversleeps by more than NOTED s (20 ms) is a line of FILE: from, until (s, CLOCK_MONOTONIC), the processor. Without
the right to a real-time priority it notes nothing, for then it could not tell a standstill from a busy machine.

Who asks it to look every millisecond or oftener has the same in C (freeze_witness.c, by `light_witness`) where there is
a compiler: this one's Python takes the processor for so long that a striker was a quarter of a millisecond late by it.
"""

import os
import shutil
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from pathlib import Path

from appliance.drivers.realtime import become_punctual

PRIORITY = 80
SLEEP, NOTED = 0.003, 0.020
_BETWEEN = 0.0002  # s at most from one asking's note to the next one's beginning


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


def light_witness(file: Path, sleep: float, noted: float, folder: Path) -> subprocess.Popen[bytes]:
    """Start one that costs next to nothing, built in `folder`; without a compiler it is this module."""
    compiler, source = shutil.which("cc"), Path(__file__).with_suffix(".c")
    command = [sys.executable, "-m", "bench.freeze_witness"]
    if compiler is not None:
        program = folder / "freeze_witness"
        subprocess.run([compiler, "-O2", str(source), "-o", str(program)], check=True)
        command = [str(program)]
    return subprocess.Popen([*command, str(file), str(sleep), str(noted)], cwd=source.parents[1])


def standstills(file: Path) -> list[tuple[float, float]]:
    """What was noted."""
    if not file.exists():
        return []
    lines = [line.split() for line in file.read_text().splitlines()]
    return [(float(line[0]), float(line[1])) for line in lines if len(line) == 3]


def slow_spells(file: Path) -> list[tuple[float, float]]:
    """When a processor was slow at two askings of the C witness or more, one after the other; of each, in order."""
    lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    asked = sorted((words[2], float(words[0]), float(words[1])) for words in lines if len(words) == 4)
    spells: list[tuple[float, float]] = []
    for (before, begin, end), (processor, again, until) in pairwise(asked):
        if before != processor or again > end + _BETWEEN:
            continue
        if spells and spells[-1][1] == end:
            spells[-1] = (spells[-1][0], until)
        else:
            spells.append((begin, until))
    return sorted(spells)


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
