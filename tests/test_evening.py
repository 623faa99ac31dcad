"""A whole evening in real processes and real time: striker, player, a worker that is killed and one that hangs.

It runs wherever the TFLite interpreter does; the pad is a MIDI file.
"""

import os
import signal
import subprocess
import sys
import time

import pytest

from appliance.answer.worker_news import AnswererBack, AnswererLost
from appliance.drivers.midi_file import read_part
from appliance.happenings import StrokesDue, TurnTaken
from appliance.strike.outcome import LeftOut, Struck
from appliance.turn import Turn
from appliance.views.journal import read_line
from tests.scores import rock, write_midi

PROGRAM = [sys.executable, "-m", "appliance"]
LIMIT = 90.0  # s; a process that needs longer has failed


@pytest.fixture
def striker(tmp_path):
    path = tmp_path / "s.sock"
    command = [*PROGRAM, "striker", "--dry", "--socket", str(path), "--until-eof"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    yield path
    process.stdin.close()
    assert process.wait(LIMIT) == 0


class Player:
    """`ghostnote run` on a file, its events as they come."""

    def __init__(self, striker, folder, story, turns, settings):
        files = ["--striker", striker, "--keep", folder, "--story", story, "--settings", settings]
        words = ["run", *map(str, files), "--turns", str(turns), "--seed", "3", "--journal"]
        self.process = subprocess.Popen([*PROGRAM, *words], stdout=subprocess.PIPE)
        self.events = []

    def until(self, kind, holds=lambda _: True):
        for text in self.process.stdout:
            self.events.append(read_line(text).event)
            if isinstance(self.events[-1], kind) and holds(self.events[-1]):
                return self.events[-1]
        pytest.fail(f"it ended before {kind.__name__}")

    def end(self):
        self.events += [read_line(text).event for text in self.process.stdout]
        self.process.stdout.close()
        assert self.process.wait(LIMIT) == 0
        return self.events


def ghostnote(*words):
    return subprocess.run([*PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=LIMIT)


@pytest.fixture
def settings(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[worker]\npatience = 0.3\n[answer]\nbars = 12\n")
    return path


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_that_dies_or_hangs_costs_no_beat_and_the_evening_can_be_repeated(tmp_path, striker, settings, fate):
    # Twelve bars last 9.6 s at 300 quarters a minute: more than are made ahead.
    story = write_midi(tmp_path / "fast.mid", rock(1), qpm=300)
    folder = tmp_path / "journal"
    player = Player(striker, folder, story, 1, settings)
    worker = player.until(AnswererBack).pid
    player.until(TurnTaken, lambda taken: taken.turn is Turn.ANSWERING)
    player.until(Struck)
    os.kill(worker, fate)
    player.until(AnswererLost)
    player.until(AnswererBack)
    events = player.end()
    due = [event.step for event in events if isinstance(event, StrokesDue)]
    assert [step.step for step in due] == list(range(12 * 16))
    ours = [event for event in events if isinstance(event, Struck | LeftOut) and event.batch == player.process.pid]
    assert len(ours) == sum(len(step.strokes) for step in due)
    replayed = ghostnote("replay", folder)
    assert "1 answer, every one the same" in replayed.stdout
    assert (replayed.returncode, replayed.stderr) == (0, "")


def test_calls_and_answers_of_an_evening_are_midi_files(tmp_path, striker):
    story = write_midi(tmp_path / "fast.mid", rock(1), qpm=300)
    nothing = tmp_path / "none.toml"
    nothing.write_text("")
    Player(striker, tmp_path / "journal", story, 2, nothing).end()
    exported = ghostnote("export", tmp_path / "journal", "-o", tmp_path / "midi")
    assert "2 calls and 2 answers" in exported.stdout
    names = sorted(path.name for path in (tmp_path / "midi").iterdir())
    assert names == [f"000{number}_ghost_{kind}.mid" for number in (1, 2) for kind in ("answer", "call")]
    part = read_part(tmp_path / "midi" / "0001_ghost_call.mid")
    assert sum(message.data[0] == 0x99 for message in part.messages) == len(rock(1))


def test_a_player_that_is_killed_leaves_an_evening_that_can_be_repeated(tmp_path, striker, settings):
    settings.write_text("[journal]\nsync = 0.1\n")
    story = write_midi(tmp_path / "fast.mid", rock(1), qpm=300)
    folder = tmp_path / "journal"
    player = Player(striker, folder, story, 100, settings)
    player.until(Struck)
    _wait_for(folder, b"StrokesDue")
    player.process.kill()
    player.process.wait(LIMIT)
    player.process.stdout.close()
    replayed = ghostnote("replay", folder)
    assert "every one the same" in replayed.stdout
    assert replayed.returncode == 0


def _wait_for(folder, words):
    end = time.monotonic() + LIMIT
    while not any(words in path.read_bytes() for path in folder.iterdir()):
        assert time.monotonic() < end
        time.sleep(0.01)
