"""However a striker ends, the lines it had open are low at once: real processes, really killed."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.drivers.guarded_process import LIMITS, SIZE, levels, lowered_at

REPOSITORY = Path(__file__).parents[2]
LOW = [0, 0, 0]

# How much later than promised a machine without real-time rights, busy with other tests, may lower a line (s).
BUSY = 0.25


@dataclass
class Striker:
    """A guarded process; `end` waits until it and its guard are gone: both hold its standard error."""

    process: subprocess.Popen[str]
    memory: Path
    said: str = ""

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def stop_by(self, number: signal.Signals) -> float:
        at = time.monotonic()
        self.process.send_signal(number)
        return at

    def end(self) -> tuple[int, str]:
        if self.process.returncode is None:
            _, self.said = self.process.communicate(timeout=30)
        return self.process.returncode, self.said

    def lowered(self) -> float:
        """When the last line was lowered; all are low."""
        memory = self.memory.read_bytes()
        assert levels(memory) == LOW
        return max(lowered_at(memory))


Start = Callable[..., Striker]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Striker] = []

    def start_one(behaviour: str, *options: str) -> Striker:
        memory = tmp_path / "lines"
        memory.write_bytes(bytes(SIZE))
        command = [sys.executable, "-m", "tests.drivers.guarded_process", str(memory), behaviour, *options]
        pipe = subprocess.PIPE
        started.append(Striker(subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=REPOSITORY), memory))
        return started[-1]

    yield start_one
    for striker in started:
        striker.process.kill()
        striker.end()


def test_a_striker_killed_in_mid_stroke_has_low_lines_within_50_ms(start: Start) -> None:
    striker = start("hold")
    striker.line()
    assert striker.line() == "high"
    at = striker.stop_by(signal.SIGKILL)
    assert striker.end() == (-signal.SIGKILL, "")
    assert 0 < striker.lowered() - at < 0.050 + BUSY


@pytest.mark.parametrize("seed", range(5))
def test_a_striker_killed_at_any_instant_has_low_lines(start: Start, seed: int) -> None:
    striker = start("play")
    striker.line()
    instant = time.monotonic() + random.Random(seed).uniform(0, 0.06)
    while time.monotonic() < instant:
        pass
    at = striker.stop_by(signal.SIGKILL)
    striker.end()
    assert striker.lowered() - at < 0.050 + BUSY


def test_a_stopped_striker_in_mid_stroke_is_killed_at_the_limit(start: Start) -> None:
    striker = start("hold")
    striker.line()
    striker.line()
    at = striker.stop_by(signal.SIGSTOP)
    assert striker.end() == (-signal.SIGKILL, "")
    assert 0 < striker.lowered() - at < LIMITS.limit + 0.050 + BUSY


def test_a_stopped_striker_at_rest_is_killed_when_patience_ends(start: Start) -> None:
    striker = start("rest")
    striker.line()
    assert striker.line() == "low"
    at = striker.stop_by(signal.SIGSTOP)
    assert striker.end() == (-signal.SIGKILL, "")
    assert LIMITS.limit < striker.lowered() - at < LIMITS.patience + 0.050 + BUSY


def test_a_line_that_a_thread_of_a_hung_striker_keeps_lifting_is_low_in_the_end(start: Start) -> None:
    striker = start("hang")
    striker.line()
    assert striker.end() == (-signal.SIGKILL, "")
    striker.lowered()


def test_a_pause_at_rest_ends_nobody(start: Start) -> None:
    striker = start("pause")
    striker.line()
    assert striker.end() == (0, "")


def test_an_exception_in_mid_stroke_leaves_nothing_high(start: Start) -> None:
    striker = start("fall")
    striker.line()
    status, said = striker.end()
    # A slow machine takes so long to write the traceback that its guard does not wait for the end of it.
    assert status in (1, -signal.SIGKILL)
    assert "ZeroDivisionError" in said or status < 0
    striker.lowered()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_guard_stays_when_all_are_told_to_stop(start: Start, number: signal.Signals) -> None:
    striker = start("hold")
    guard = int(striker.line())
    striker.line()
    wait_for_its_session(guard)
    os.kill(guard, number)
    striker.stop_by(signal.SIGKILL)
    striker.end()
    striker.lowered()


def test_nobody_strikes_without_a_guard(start: Start) -> None:
    striker = start("rest")
    os.kill(int(striker.line()), signal.SIGKILL)
    assert striker.end() == (3, "the guard of the motors is gone, and nothing is struck without it\n")


def test_nobody_strikes_beside_a_guard_that_hangs(start: Start) -> None:
    striker = start("deaf")
    assert striker.end() == (3, "the guard of the motors hangs, and nothing is struck without it\n")


def test_a_guard_that_hangs_keeps_nobody_from_ending(start: Start) -> None:
    striker = start("leave")
    status, said = striker.end()
    assert (status, "the guard could not lower every line (status -9)" in said) == (3, True)


def test_a_dismissed_guard_has_lowered_every_line(start: Start) -> None:
    striker = start("end")
    assert striker.end() == (0, "")
    assert striker.lowered() > 0


def test_a_line_that_refuses_is_told(start: Start) -> None:
    striker = start("end", "stuck")
    status, said = striker.end()
    assert status == 3
    assert "3 lines could not be lowered" in said
    assert "the guard could not lower every line" in said


def wait_for_its_session(guard: int) -> None:
    """The guard leaves its parent's session before it ignores what is meant for that."""
    deadline = time.monotonic() + 10
    while os.getsid(guard) != guard or not ignores(guard, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        assert time.monotonic() < deadline


def ignores(pid: int, *numbers: signal.Signals) -> bool:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    mask = int(next(line for line in lines if line.startswith("SigIgn:")).split()[1], 16)
    return all(mask >> number - 1 & 1 for number in numbers)
