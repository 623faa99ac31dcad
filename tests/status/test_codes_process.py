"""Codes whose cause is another process, or the system: real processes, killed, refused, starved; the lamp is read.

The lamp hangs on a mock pin of the striker's own command; what a stagehand counts on it is what these tests look at.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Queue

import pytest

from appliance.drivers.status_link import StatusLink, status_socket
from appliance.drivers.striker_link import StrikerLink
from appliance.status.codes import Code
from appliance.status.wire import See
from tests.status import stagehand

pytestmark = pytest.mark.skipif(
    "GHOSTNOTE_PROCESSES" not in os.environ,
    reason="two minutes of real processes on a machine of their own: make test-processes",
)

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 40.0  # s; a test that must wait longer has failed
LAMP = '[pins]\nfactory = "mock"\n[status]\nled = "plain"\nled_pins = [5]\n'
MODEL = str(REPOSITORY / "tests/converter/tiny_one_drum.tflite")
# What a striker says when the machine as a whole stood still for some ms.
STALLED = {stagehand.words(Code.LATE_STROKES), stagehand.words(Code.STRIKER_FAULT)}
RIGHTLESS = ["setpriv", "--bounding-set", "-sys_nice", "prlimit", "--rtprio=0:0"]
DOCTOR = (
    "import argparse, sys; from appliance.commands import doctor; p = argparse.ArgumentParser(); "
    "doctor.add_arguments(p); sys.exit(doctor.run(p.parse_args(sys.argv[1:])))"
)


class Watched:
    """A striker, and somebody who looks at its lamp."""

    def __init__(self, folder: Path, settings: str = LAMP, prefix: Sequence[str] = ()) -> None:
        self.socket = folder / "striker.sock"
        file = folder / "mine.toml"
        file.write_text(settings)
        words = ["--dry", "--until-eof", "--socket", str(self.socket), "--settings", str(file)]
        self._errors = folder / "errors"
        with self._errors.open("w") as errors:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "tests.status.lit_striker", *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=REPOSITORY,
            )
        self.edges: list[stagehand.Edge] = []
        self._queue: Queue[stagehand.Edge] = Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def until(self, *words: str) -> None:
        """Look until the lamp has said it, from now on; what a busy machine adds is waved away meanwhile."""
        since, end = time.monotonic(), time.monotonic() + PATIENCE
        while not {*words} <= {*(said := stagehand.read([edge for edge in self.edges if edge[0] >= since]))}:
            assert time.monotonic() < end, f"the lamp did not say {words}, but {stagehand.read(self.edges)}"
            if said and said[-1] in STALLED:
                self._wave()
            self.edges.append(self._queue.get(timeout=PATIENCE))

    def ready(self) -> StatusLink:
        """A link to its board, all that it says at the start being seen."""
        StrikerLink.connect(self.socket, PATIENCE).close()
        link = StatusLink(status_socket(self.socket))
        assert link.tell(See())
        return link

    def _wave(self) -> None:
        link = StatusLink(status_socket(self.socket))
        link.tell(See())
        link.close()

    def end(self) -> str:
        """Let it go; what it wrote to standard error."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self._reader.join()
        self.process.stdout.close()
        return self._errors.read_text()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            at, _, level = line.split()
            self._queue.put((float(at), level == "1"))


@pytest.fixture
def striker(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path)
    yield watched
    watched.end()


def started(*words: str, prefix: Sequence[str] = ("-m", "appliance")) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *prefix, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    )


def told(process: subprocess.Popen[str]) -> int:
    """Let it end with its input; its exit status."""
    process.communicate(timeout=PATIENCE)
    return process.returncode


def test_a_player_that_is_killed_in_a_song_is_away_and_then_dead_and_back_when_it_is_back(tmp_path: Path) -> None:
    # Bars of a second: a groove so long that the lamp says the whole of its code in it, also on a busy machine.
    striker = Watched(tmp_path, LAMP + "[strike]\ngroove_bars = 15\n")
    striker.ready().close()
    song = ("-m", "bench.campaign_player", str(striker.socket), str(time.monotonic() + 1.0))
    player = started(prefix=song)
    striker.until(stagehand.words(Code.ANSWERING))
    player.kill()
    told(player)
    striker.until(stagehand.words(Code.PLAYER_AWAY))
    link = StatusLink(status_socket(striker.socket))
    link.tell(See())
    striker.until(stagehand.words(Code.PLAYER_DEAD))
    link.tell(See())
    player = started(prefix=song)
    striker.until(stagehand.words(Code.ANSWERING))
    player.kill()
    told(player)
    link.close()
    striker.end()


def test_a_player_that_listens_says_so(striker: Watched) -> None:
    striker.ready().close()
    story = str(REPOSITORY / "tests/stories/rock.mid")
    player = started("run", "--striker", str(striker.socket), "--story", story, "--model", MODEL, "--until-eof")
    striker.until(stagehand.words(Code.READY))
    striker.until(stagehand.words(Code.LISTENING))
    assert told(player) == 0
    striker.until(stagehand.words(Code.PLAYER_DEAD))


def test_a_pad_that_is_not_there_is_lost(striker: Watched) -> None:
    striker.ready().close()
    player = started("run", "--striker", str(striker.socket), "--pad", "no such pad", "--model", MODEL)
    striker.until(stagehand.words(Code.PAD_LOST))
    assert told(player) == 2


def test_a_torn_model_is_faulty(striker: Watched, tmp_path: Path) -> None:
    striker.ready().close()
    torn = tmp_path / "torn.tflite"
    torn.write_bytes(Path(MODEL).read_bytes()[:-100])
    player = started("run", "--striker", str(striker.socket), "--pad", "any", "--model", str(torn))
    striker.until(stagehand.words(Code.MODEL_FAULTY))
    assert told(player) == 2


@pytest.mark.parametrize(
    "wrong", ["[strike]\ndead_time = -1.0\n", "[strike]\ndead_tme = 0.001\n", "[pins.motors.gong]\nkind = 'in_in'\n"]
)
def test_wrong_settings_are_told_by_the_lamp_until_the_striker_is_stopped(tmp_path: Path, wrong: str) -> None:
    watched = Watched(tmp_path, wrong + LAMP)
    watched.until(stagehand.words(Code.SETTINGS_FAULTY))
    assert watched.process.poll() is None
    assert "mine.toml" in watched.end()
    assert watched.process.returncode == 2


@pytest.mark.skipif(not all(map(shutil.which, RIGHTLESS[::3])), reason="needs setpriv and prlimit of util-linux")
def test_a_striker_that_is_refused_real_time_rights_says_so(tmp_path: Path) -> None:
    watched = Watched(tmp_path, prefix=RIGHTLESS if os.geteuid() == 0 else RIGHTLESS[3:])
    watched.until(stagehand.words(Code.NO_REAL_TIME))
    assert "priority 50 was not granted" in watched.end()


def test_supply_heat_and_disk_are_told_by_the_doctors_rounds_and_stay_until_seen(
    striker: Watched, tmp_path: Path
) -> None:
    link = striker.ready()
    ill = {
        "sys/class/hwmon/hwmon0/name": "rpi_volt",
        "sys/class/hwmon/hwmon0/in0_lcrit_alarm": "1",
        "sys/class/thermal/thermal_zone0/temp": "85000",
    }
    for name, text in ill.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    file = tmp_path / "limits.toml"
    file.write_text(f"[status]\nfull = {shutil.disk_usage(tmp_path).free // 10**6 * 2}\n")
    watch = ["--watch", "--striker", str(striker.socket), "--settings", str(file)]
    doctor = started("--root", str(tmp_path), "--data", str(tmp_path), *watch, prefix=("-c", DOCTOR))
    striker.until(*map(stagehand.words, (Code.UNDER_VOLTAGE, Code.TOO_HOT, Code.DISK_FULL)))
    doctor.terminate()
    assert told(doctor) == 0
    assert {fault.code for fault in link.report(PATIENCE).faults} == {
        Code.UNDER_VOLTAGE,
        Code.TOO_HOT,
        Code.DISK_FULL,
    }
    link.close()


def test_a_striker_that_is_killed_leaves_a_lamp_that_stands_still_and_the_next_one_takes_its_place(
    tmp_path: Path,
) -> None:
    first = Watched(tmp_path)
    first.ready().close()
    first.process.kill()
    first.end()
    second = Watched(tmp_path)
    link = second.ready()
    assert link.report(PATIENCE).state is Code.STARTING
    link.close()
    second.end()
