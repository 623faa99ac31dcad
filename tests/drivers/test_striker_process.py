"""The striker as a process of its own: it strikes, it stays small, it goes cleanly."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from appliance.drivers.realtime import Grant
from appliance.drivers.striker_link import StrikerLink
from appliance.errors import StrikerLost
from appliance.notation.hit import Stroke
from appliance.strike.outcome import LeftOut, Reason, Struck
from appliance.strike.wire import Fault, Reply

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 20.0  # s; a test that must wait longer has failed
COMMAND = """
import sys
from appliance.__main__ import main
status = main(["striker", *sys.argv[1:]])
print("\\n".join(sys.modules))
sys.exit(status)
"""
ON_PINS = """
[pins]
factory = "mock"
[pins.motors.snare]
kind = "in_in_enable"
in1 = 23
in2 = 24
enable = 12
[status]
led = "rgb"
led_pins = [5, 6, 7]
panic = 4
"""


def start(path: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "--dry", "--until-eof", "--socket", str(path), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "striker.sock"


@pytest.fixture
def process(path: Path) -> Iterator[subprocess.Popen[str]]:
    process = start(path)
    yield process
    process.kill()
    process.communicate()


def replies(link: StrikerLink, count: int) -> list[Reply]:
    received: list[Reply] = []
    while len(received) < count:
        more = link.wait(PATIENCE)
        assert more, f"only {received} came"
        received += more
    return received


def soon(*beats: float, pitch: int = 38) -> list[Stroke]:
    now = time.monotonic()
    return [Stroke(now + 0.1 + beat, pitch, 100) for beat in beats]


def test_strokes_are_struck_and_each_is_answered(process: subprocess.Popen[str], path: Path) -> None:
    with StrikerLink.connect(path, PATIENCE) as link:
        assert link.hello.pid == process.pid
        strokes = [*soon(0.0, 0.1, 0.2), *soon(0.0, 0.1, 0.2, pitch=36)]
        link.send(strokes, batch=5)
        answers = replies(link, 6)
    outcomes = [answer for answer in answers if isinstance(answer, Struck | LeftOut)]
    assert {(outcome.stroke, outcome.batch) for outcome in outcomes} == {(stroke, 5) for stroke in strokes}
    struck = [outcome for outcome in outcomes if isinstance(outcome, Struck)]
    assert struck
    assert all(outcome.lateness >= 0 for outcome in struck)
    # A machine that stands still for 2 ms makes a stroke late, and late ones are left out: nothing else may be.
    assert {outcome.reason for outcome in outcomes if isinstance(outcome, LeftOut)} <= {Reason.LATE}


def test_more_strokes_than_a_packet_holds_are_all_answered(process: subprocess.Popen[str], path: Path) -> None:
    with StrikerLink.connect(path, PATIENCE) as link:
        strokes = soon(*(60 + i / 10 for i in range(100)))
        link.send(strokes)
        link.cancel(after=0.0)
        assert [answer.reason for answer in replies(link, 100) if isinstance(answer, LeftOut)] == [
            Reason.CANCELLED
        ] * 100


def test_a_panic_leaves_out_what_has_not_begun(process: subprocess.Popen[str], path: Path) -> None:
    with StrikerLink.connect(path, PATIENCE) as link:
        link.send(soon(60.0))
        link.panic()
        assert [answer.reason for answer in replies(link, 1) if isinstance(answer, LeftOut)] == [Reason.PANIC]


def test_strokes_of_a_client_that_left_are_still_played(process: subprocess.Popen[str], path: Path) -> None:
    with StrikerLink.connect(path, PATIENCE) as onlooker:
        with StrikerLink.connect(path, PATIENCE) as player:
            player.send(soon(0.0))
        assert isinstance(replies(onlooker, 1)[0], Struck)


def test_a_client_that_sends_garbage_is_dropped_and_the_striker_lives(
    process: subprocess.Popen[str], path: Path
) -> None:
    with StrikerLink.connect(path, PATIENCE) as link:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as vandal:
            vandal.settimeout(PATIENCE)
            vandal.connect(str(path))
            vandal.send(b"\xff not MessagePack")
            packets = list(iter(lambda: vandal.recv(65536), b""))
        assert b"cannot read this message" in packets[-1]
        link.send(soon(0.0))
        assert not [reply for reply in replies(link, 1) if isinstance(reply, Fault)]


def test_nothing_is_there_to_be_received_before_something_happens(process: subprocess.Popen[str], path: Path) -> None:
    with StrikerLink.connect(path, PATIENCE) as link:
        assert link.receive() == []
        link.send([Stroke(0.0, 38, 100)])
        assert select.select([link], [], [], PATIENCE)[0] == [link]
        assert link.receive() == [LeftOut(Stroke(0.0, 38, 100), Reason.LATE, 0)]


def test_the_striker_loads_no_numpy_no_model_and_no_midi(process: subprocess.Popen[str], path: Path) -> None:
    with StrikerLink.connect(path, PATIENCE) as link:
        link.send(soon(0.0))
        replies(link, 1)
    modules, _ = process.communicate(timeout=PATIENCE)
    loaded = {name.partition(".")[0] for name in modules.split()}
    assert "appliance" in loaded
    assert loaded.isdisjoint({"numpy", "rich", "mido", "rtmidi", "ai_edge_litert", "tflite_runtime", "tensorflow"})
    assert not [name for name in modules.split() if name.startswith(("appliance.answer", "appliance.call"))]


def test_its_locked_memory_holds_nothing_that_a_striker_does_not_need(path: Path) -> None:
    # Each of these costs 0.3 to 30 MB and up to 50 ms: argparse, msgspec and ctypes are all that is large.
    process = start(path)
    StrikerLink.connect(path, PATIENCE).close()
    modules, _ = process.communicate(timeout=PATIENCE)
    loaded = set(modules.split())
    needless = {
        "subprocess",
        "tempfile",
        "json",
        "random",
        "logging",
        "asyncio",
        "gpiozero",
        "lgpio",
        "importlib.metadata",
        "dataclasses",
        "difflib",
        "serial",
    }
    assert loaded & needless == set()
    ours = {name for name in loaded if name.startswith("appliance.")}
    assert not [name for name in ours if name.startswith(("appliance.views", "appliance.calibration", "appliance.pad"))]
    assert ours.isdisjoint(
        {"appliance.drivers.paper_bridge", "appliance.drivers.arduino_board", "appliance.arduino.link"}
    )
    assert len(loaded) < 210


def test_on_pins_it_loads_of_gpiozero_what_pins_lamp_and_buttons_need(path: Path, tmp_path: Path) -> None:
    # gpiozero's whole set of devices is 1.5 MB more, of which none strikes.
    settings = tmp_path / "mine.toml"
    settings.write_text(ON_PINS)
    command = [sys.executable, "-c", COMMAND, "--until-eof", "--socket", str(path), "--settings", str(settings)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY
    )
    StrikerLink.connect(path, PATIENCE).close()
    modules, said = process.communicate(timeout=PATIENCE)
    assert "motors on pins by mock" in said
    loaded = set(modules.split())
    assert {"gpiozero.pins.mock", "gpiozero.output_devices", "gpiozero.input_devices"} <= loaded
    needless = {"gpiozero.boards", "gpiozero.spi_devices", "gpiozero.internal_devices", "subprocess", "difflib"}
    assert loaded & needless == set()
    assert len(loaded) < 280


def test_the_clock_of_the_day_is_never_read(path: Path) -> None:
    # It jumps when the network comes up. Whoever reads it here is ended by the error.
    code = COMMAND.replace(
        "import sys",
        """
import sys, time, datetime
def jumped(*_): raise RuntimeError("the clock of the day was read")
time.time = time.time_ns = time.localtime = time.gmtime = jumped""",
    )
    options = ["--dry", "--until-eof", "--socket", str(path)]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY
    )
    with StrikerLink.connect(path, PATIENCE) as link:
        link.send(soon(0.0, 0.1))
        assert len(replies(link, 2)) == 2
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_a_full_disk_silences_its_words_and_not_the_drums(path: Path) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        process = subprocess.Popen(
            [sys.executable, "-m", "appliance", "striker", "--dry", "--until-eof", "--socket", str(path)],
            stdin=subprocess.PIPE,
            stderr=full,
            cwd=REPOSITORY,
        )
    with StrikerLink.connect(path, PATIENCE) as link:
        link.send([Stroke(0.0, 38, 100)])
        assert replies(link, 1) == [LeftOut(Stroke(0.0, 38, 100), Reason.LATE, 0)]
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_a_striker_whose_guard_is_gone_says_so_and_lets_go_of_everything(path: Path, tmp_path: Path) -> None:
    settings = tmp_path / "mine.toml"
    settings.write_text('[pins]\nfactory = "mock"\n[status]\nled = "plain"\nled_pins = [5]\n')
    words = ["--until-eof", "--socket", str(path), "--settings", str(settings), "--paper", str(tmp_path / "paper")]
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance", "striker", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    StrikerLink.connect(path, PATIENCE).close()
    os.kill(int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()), signal.SIGKILL)
    assert process.wait(PATIENCE) == 1
    _, said = process.communicate(timeout=PATIENCE)
    assert "the guard of the motors is gone, and nothing is struck without it" in said
    assert "the guard could not lower every line (status -9)" in said
    assert not path.exists()
    assert not path.with_suffix(".status").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(process: subprocess.Popen[str], path: Path, number: signal.Signals) -> None:
    with StrikerLink.connect(path, PATIENCE) as link:
        link.send(soon(60.0))
        process.send_signal(number)
        with pytest.raises(StrikerLost, match="went away"):
            replies(link, 1)
    assert process.wait(PATIENCE) == 0
    assert not path.exists()


def test_it_ends_with_its_parent(process: subprocess.Popen[str], path: Path) -> None:
    StrikerLink.connect(path, PATIENCE).close()
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(PATIENCE) == 0
    assert not path.exists()
    process.stdin = None


def test_after_a_kill_the_next_one_takes_the_place(process: subprocess.Popen[str], path: Path) -> None:
    StrikerLink.connect(path, PATIENCE).close()
    process.kill()
    process.wait(PATIENCE)
    assert path.exists()
    successor = start(path)
    with StrikerLink.connect(path, PATIENCE) as link:
        assert link.hello.pid == successor.pid
    successor.communicate(timeout=PATIENCE)


def test_a_second_striker_at_the_same_place_is_refused(process: subprocess.Popen[str], path: Path) -> None:
    StrikerLink.connect(path, PATIENCE).close()
    second = start(path)
    _, said = second.communicate(timeout=PATIENCE)
    assert second.returncode == 2
    assert (
        said.strip()
        == f"ghostnote: a striker, process {process.pid}, already listens at {path}: stop it, or give another path"
    )


def test_no_striker_is_a_striker_lost(path: Path) -> None:
    with pytest.raises(StrikerLost, match=f"no striker answers at {path}"):
        StrikerLink.connect(path, timeout=0.02)


def test_the_lateness_of_each_edge_is_kept_when_asked(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "lateness.json"
    process = start(path, "--lateness", str(kept))
    with StrikerLink.connect(path, PATIENCE) as link:
        link.send(soon(0.0, 0.1))
        replies(link, 2)
    process.communicate(timeout=PATIENCE)
    edges = json.loads(kept.read_text())
    assert edges == sorted(edges)
    assert all(lateness >= 0.0 for _, lateness in edges)
    assert [file.name for file in tmp_path.iterdir()] == ["lateness.json"]


def test_without_privileges_it_says_what_is_missing_and_what_it_costs() -> None:
    code = """
import os, msgspec, resource
from appliance.drivers.realtime import become_punctual
resource.setrlimit(resource.RLIMIT_MEMLOCK, (4096, 4096))
resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0))
if os.geteuid() == 0:
    os.setuid(65534)
os.sys.stdout.buffer.write(msgspec.json.encode(become_punctual(50)))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=REPOSITORY).stdout
    grant = msgspec.json.decode(said, type=Grant)
    assert (grant.priority, grant.memory_locked) == (0, False)
    assert ["may be several ms late" in grant.lacks[0], "memory was not locked" in grant.lacks[1]] == [True, True]
