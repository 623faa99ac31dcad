"""The real-time rights of the striker's process: whose threads come before whose."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.drivers.striker_link import StrikerLink

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 20.0  # s; a test that must wait longer has failed
MAY_HURRY = os.geteuid() == 0 or resource.getrlimit(resource.RLIMIT_RTPRIO)[0] >= 50
needs_rights = pytest.mark.skipif(not MAY_HURRY, reason="needs the right to a real-time priority")

# The striker's command with a pin factory that has a thread of its own, as lgpio's has.
COMMAND = """
import argparse, sys, threading
from gpiozero.pins.mock import MockFactory
from appliance.commands import striker

def threaded(name):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    return MockFactory()

parser = argparse.ArgumentParser()
striker.add_arguments(parser)
sys.exit(striker.run(parser.parse_args(), threaded))
"""
ON_PINS = """
[pins]
factory = "mock"
[pins.motors.snare]
kind = "solenoid"
line = 23
[status]
led = "plain"
led_pins = [5]
"""


def threads_of(folder: Path, *options: str) -> dict[bool, set[tuple[int, int]]]:
    """(policy, priority) of a striker's threads: True for the one that strikes, False for the others."""
    path, settings = folder / "striker.sock", folder / "mine.toml"
    settings.write_text(ON_PINS)
    words = ["--until-eof", "--socket", str(path), "--settings", str(settings), *options]
    process = subprocess.Popen([sys.executable, "-c", COMMAND, *words], stdin=subprocess.PIPE, cwd=REPOSITORY)
    with StrikerLink.connect(path, PATIENCE):
        found: dict[bool, set[tuple[int, int]]] = {True: set(), False: set()}
        for task in Path(f"/proc/{process.pid}/task").iterdir():
            thread = int(task.name)
            told = (os.sched_getscheduler(thread), os.sched_getparam(thread).sched_priority)
            found[thread == process.pid].add(told)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    return found


@needs_rights
@pytest.mark.parametrize("motors", [[], ["--dry"]])
def test_the_threads_of_the_pins_come_right_behind_the_striker(tmp_path: Path, motors: list[str]) -> None:
    threads = threads_of(tmp_path, *motors, "--priority", "50")
    assert threads == {True: {(os.SCHED_FIFO, 50)}, False: {(os.SCHED_FIFO, 49)}}


def test_without_a_real_time_priority_no_thread_has_one(tmp_path: Path) -> None:
    threads = threads_of(tmp_path, "--priority", "0")
    assert threads == {True: {(os.SCHED_OTHER, 0)}, False: {(os.SCHED_OTHER, 0)}}


@needs_rights
def test_a_thread_that_ends_meanwhile_is_passed_over() -> None:
    code = """
import os, threading
from pathlib import Path
from appliance.drivers import realtime
gone = threading.Thread(target=int)
gone.start()
number = gone.native_id
gone.join()
listed = os.listdir
realtime.os.listdir = lambda where: [*listed(where), str(number)]
realtime.hasten_threads(5)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("priority", ["1", "99", "100", "-1"])
def test_a_priority_leaves_room_for_the_guard_above_and_the_threads_below(tmp_path: Path, priority: str) -> None:
    command = [sys.executable, "-m", "appliance", "striker", "--dry", "--socket", str(tmp_path / "s"), "--priority"]
    done = subprocess.run([*command, priority], capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert done.returncode == 2
    assert f"2 to 98, or 0 for none, not {priority}" in done.stderr
