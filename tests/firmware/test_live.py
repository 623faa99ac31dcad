"""The whole chain in real time: the striker's process, a serial port, and the firmware in the simulator."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.drivers.paper_bridge import REFUSED, Paper
from appliance.drivers.striker_link import StrikerLink
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import LeftOut, Struck
from appliance.strike.wire import Fault, Reply
from tests.firmware.avr import Workshop

# A simulator that is kept from the processor is no board: it asks for real-time priority, and has it as root.
pytestmark = pytest.mark.skipif("GHOSTNOTE_FIRMWARE" not in os.environ, reason="in real time: make test-firmware")

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 30.0  # s; a test that must wait longer has failed
SETTINGS = """
[arduino]
role = "{role}"
port = "{port}"
driver = "pins"
[arduino.motors.kick]
kind = "in_in"
in1 = 2
in2 = 3
[arduino.motors.snare]
kind = "in_in"
in1 = 4
in2 = 5
"""


class LiveBoard:
    """A simulated board on a port of its own."""

    def __init__(self, workshop: Workshop, folder: Path) -> None:
        self.port = folder / "port"
        command = [*workshop.command("uno-pins", folder / "eeprom"), str(self.port), "200000"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)

    def say(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()


@pytest.fixture
def board(workshop: Workshop, tmp_path: Path) -> Iterator[LiveBoard]:
    live = LiveBoard(workshop, tmp_path)
    yield live
    live.process.kill()
    live.process.communicate()


@contextmanager
def striker(board: LiveBoard, folder: Path, role: str, *options: str) -> Iterator[StrikerLink]:
    settings, socket = folder / "settings.toml", folder / "striker.sock"
    settings.write_text(SETTINGS.format(role=role, port=board.port))
    given = ["--until-eof", "--socket", str(socket), "--settings", str(settings), *options]
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance", "striker", *given],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=REPOSITORY,
    )
    try:
        with StrikerLink.connect(socket, PATIENCE) as link:
            yield link
    finally:
        process.communicate(timeout=PATIENCE)


def told(link: StrikerLink, words: str) -> None:
    """Wait until the striker says it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if any(isinstance(reply, Fault) and words in reply.text for reply in link.wait(1.0)):
            return
    pytest.fail(f"nobody said {words!r}")


def beat(link: StrikerLink, pitch: int = 38) -> Reply:
    """What becomes of a stroke half a second ahead."""
    stroke = Stroke(time.monotonic() + 0.5, pitch, 100)
    link.send([stroke])
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for reply in link.wait(1.0):
            if isinstance(reply, Struck | LeftOut) and reply.stroke == stroke:
                return reply
    pytest.fail("nothing became of a stroke")


def struck(link: StrikerLink) -> None:
    """Until a stroke is struck: a busy machine may make the simulator late for one."""
    until = time.monotonic() + PATIENCE
    while not isinstance(beat(link), Struck):
        assert time.monotonic() < until, "no stroke is struck"


@pytest.mark.parametrize("loss", ["reset 2", "reset 4", "power", "unplug 300000"])
def test_a_board_that_was_lost_plays_again(board: LiveBoard, tmp_path: Path, loss: str) -> None:
    with striker(board, tmp_path, "output") as link:
        struck(link)
        board.say(loss)
        told(link, "is ready")
        struck(link)


def test_a_board_is_asked_who_it_is(board: LiveBoard, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "appliance", "firmware", "info", "--port", str(board.port)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    assert "board uno, driver pins" in done.stdout
    assert "last reset: power-on" in done.stdout


def test_when_the_pins_fail_the_board_plays_on(board: LiveBoard, tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    with striker(board, tmp_path, "fallback", "--paper", str(paper)) as link:
        told(link, "is ready")
        assert isinstance(beat(link), Struck | LeftOut)
        names = [motor.name for motor in load_settings().room("strike", StrikeSettings).motors]
        pins = Paper(paper, names)
        pins.fail(1, REFUSED)
        beat(link)
        before = pins.written
        struck(link)
        struck(link)
        assert pins.written == before, "the pins were written although the board plays"
