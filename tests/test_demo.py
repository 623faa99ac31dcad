"""Player and striker as two processes, in real time, on a call that is over in half a second."""

import contextlib
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scores import rock, write_midi

PROGRAM = [sys.executable, "-m", "appliance"]
DEMO = [*PROGRAM, "demo"]
LIMIT = 60.0  # seconds: far more than any machine needs; a demo that hangs fails


@pytest.fixture
def story(tmp_path):
    return str(write_midi(tmp_path / "fast.mid", rock(1), qpm=300))


def said(*words):
    return subprocess.run([*DEMO, *words], capture_output=True, text=True, timeout=LIMIT)


def processes_of(story):
    """The command lines of all processes that know the story."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            line = (entry / "cmdline").read_bytes()
            if story.encode() in line and b"appliance" in line:
                found.append(line)
    return found


def test_it_answers_and_ends_by_itself_and_leaves_nothing_running(story):
    done = said("--story", story, "--turns", "2", "--seed", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("call: fast") == 2
    assert "24 hits, 2 answers" in done.stdout
    assert re.search(r"stroke lateness.*p50", done.stdout)
    assert processes_of(story) == []


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_and_its_like_end_it_in_order(story, end):
    demo = subprocess.Popen(
        [*DEMO, "--story", story, "--turns", "1000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while "call: fast" not in demo.stdout.readline():
        assert demo.poll() is None
    demo.send_signal(end)
    out, err = demo.communicate(timeout=LIMIT)
    assert (demo.returncode, err) == (0, "")
    assert "the concert in figures" in out
    assert processes_of(story) == []


def test_a_journal_that_nobody_reads_holds_up_no_concert(story, tmp_path):
    socket = tmp_path / "s"
    striker = subprocess.Popen(
        [*PROGRAM, "striker", "--dry", "--socket", str(socket), "--until-eof"], stdin=subprocess.PIPE
    )
    words = ["run", "--striker", str(socket), "--story", story, "--turns", "8", "--journal"]
    player = subprocess.Popen([*PROGRAM, *words], stdout=subprocess.PIPE)
    assert player.wait(LIMIT) == 0
    striker.stdin.close()
    assert striker.wait(LIMIT) == 0
    player.stdout.close()


def test_players_mistakes_are_told_once_and_the_striker_goes_too(tmp_path):
    done = said("--story", str(tmp_path / "none.mid"))
    assert done.returncode == 2
    assert done.stderr.count("ghostnote: cannot read") == 1
    assert "Traceback" not in done.stderr


def test_a_pad_that_is_not_there_is_said(story):
    done = said("--pad", "no such pad anywhere")
    assert done.returncode == 2
    assert re.search("no MIDI input is called|the system has no MIDI|needs python-rtmidi", done.stderr)
