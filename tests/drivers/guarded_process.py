"""A process with a guard, for test_guard: run as `python guarded_process.py MEMORY BEHAVIOUR`.

Its lines are bytes of a file mapped into both processes; behind them lies the instant at which each was lowered last.
"""

import mmap
import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from appliance.clock import MonotonicClock
from appliance.drivers.guard import Guard, post_guard
from appliance.drivers.wiring import GuardLimits
from appliance.errors import MotorFault

LINES = 3
SIZE = LINES + 8 * LINES
LIMITS = GuardLimits(beat=0.010, limit=0.080, patience=0.4)


class MemoryLine:
    """A line that is a byte of shared memory."""

    def __init__(self, memory: mmap.mmap, number: int) -> None:
        self._memory = memory
        self._number = number

    def lift(self) -> None:
        self._memory[self._number] = 1

    def lower(self) -> None:
        self._memory[self._number] = 0
        struct.pack_into("d", self._memory, LINES + 8 * self._number, time.monotonic())

    def is_high(self) -> bool:
        return bool(self._memory[self._number])

    def files(self) -> tuple[int, ...]:
        return ()


class StuckLine(MemoryLine):
    """A line that refuses."""

    def lower(self) -> None:
        raise OSError(5, "Input/output error")


def levels(memory: bytes) -> list[int]:
    return list(memory[:LINES])


def lowered_at(memory: bytes) -> list[float]:
    return list(struct.unpack_from(f"{LINES}d", memory, LINES))


def beat(guard: Guard, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        guard.advance(time.monotonic())
        time.sleep(0.002)


def play(guard: Guard, line: MemoryLine) -> None:
    """Strike until killed: 20 ms high, 10 ms low."""
    while True:
        line.lift()
        beat(guard, 0.020)
        line.lower()
        beat(guard, 0.010)


def hold(guard: Guard, line: MemoryLine) -> None:
    """High until killed."""
    line.lift()
    print("high", flush=True)
    beat(guard, 60.0)


def rest(guard: Guard, line: MemoryLine) -> None:
    """Low until killed."""
    beat(guard, 0.02)
    print("low", flush=True)
    beat(guard, 60.0)


def hang(guard: Guard, line: MemoryLine) -> None:
    """Without a heartbeat, while a thread lifts the line again and again, as software PWM does."""

    def switch() -> None:
        while True:
            line.lift()
            time.sleep(0.0005)

    threading.Thread(target=switch, daemon=True).start()
    time.sleep(60.0)


def pause(guard: Guard, line: MemoryLine) -> None:
    """Late by more than the limit, with all lines low, and later still before the first heartbeat."""
    time.sleep(0.6)
    beat(guard, 0.05)
    time.sleep(0.2)
    beat(guard, 0.05)


def end(guard: Guard, line: MemoryLine) -> None:
    """Over at once."""


def deaf(guard: Guard, line: MemoryLine) -> None:
    """Its guard is stopped."""
    os.kill(guard.pid, signal.SIGSTOP)
    try:
        beat(guard, 60.0)
    finally:
        os.kill(guard.pid, signal.SIGKILL)


def leave(guard: Guard, line: MemoryLine) -> None:
    """Over at once, with a guard that is stopped."""
    os.kill(guard.pid, signal.SIGSTOP)


def fall(guard: Guard, line: MemoryLine) -> None:
    """An exception in the middle of a stroke."""
    line.lift()
    raise ZeroDivisionError


BEHAVIOURS: dict[str, Callable[[Guard, MemoryLine], None]] = {
    behaviour.__name__: behaviour for behaviour in (play, hold, rest, hang, pause, end, deaf, leave, fall)
}


def main(path: Path, name: str, kind: type[MemoryLine]) -> None:
    with path.open("r+b") as file:
        memory = mmap.mmap(file.fileno(), SIZE)
    lines = [kind(memory, number) for number in range(LINES)]
    guard = post_guard(lines, LIMITS, MonotonicClock())
    print(guard.pid, flush=True)
    try:
        BEHAVIOURS[name](guard, lines[1])
        guard.dismiss()
    except MotorFault as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(3)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], StuckLine if sys.argv[3:] else MemoryLine)
