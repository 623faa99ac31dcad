"""Each service tells systemd that it is ready when others can use it, and feeds the watchdog while it lives."""

import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("systemd.daemon", reason="no systemd-python in this environment")

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 40.0  # s; a test that must wait longer has failed
LIMIT = 300_000  # us, of the watchdog
MODEL = str(REPOSITORY / "tests/converter/tiny_one_drum.tflite")
STORY = str(REPOSITORY / "tests/stories/rock.mid")


class Service:
    """A process with a socket where systemd would listen."""

    def __init__(self, folder: Path, *words: str) -> None:
        self._heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        address = folder / f"{words[0]}.notify"
        self._heard.bind(str(address))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "appliance", *words, "--priority=0", "--until-eof"],
            env={**os.environ, "NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": str(LIMIT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=REPOSITORY,
        )

    def says(self) -> str:
        """The next thing it tells systemd."""
        assert select.select([self._heard], (), (), PATIENCE)[0], "systemd was told nothing"
        return self._heard.recv(1000).decode()

    def said_nothing(self) -> bool:
        return select.select([self._heard], (), (), 0)[0] == []

    def ended(self) -> int:
        return self._process.wait(PATIENCE)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._heard.close()


def striker(folder: Path) -> Service:
    return Service(folder, "striker", "--dry", "--socket", str(folder / "striker.sock"))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[dict[str, Service]]:
    running: dict[str, Service] = {}
    yield running
    for service in running.values():
        service.end()


def test_a_striker_is_ready_when_clients_find_it(services: dict[str, Service], tmp_path: Path) -> None:
    services["striker"] = striker(tmp_path)
    assert services["striker"].says().startswith("READY=1")
    assert (tmp_path / "striker.sock").is_socket()
    assert (tmp_path / "striker.status").is_socket()
    assert [services["striker"].says() for _ in range(5)] == ["WATCHDOG=1"] * 5


def test_a_sender_is_ready_when_clients_find_it(services: dict[str, Service], tmp_path: Path) -> None:
    services["out"] = Service(tmp_path, "out", "--socket", str(tmp_path / "out.sock"))
    assert services["out"].says().startswith("READY=1")
    assert (tmp_path / "out.sock").is_socket()
    assert [services["out"].says() for _ in range(5)] == ["WATCHDOG=1"] * 5


def test_a_player_is_ready_when_its_model_is_loaded_and_its_loop_turns(
    services: dict[str, Service], tmp_path: Path
) -> None:
    services["striker"] = striker(tmp_path)
    services["striker"].says()
    words = ["--striker", str(tmp_path / "striker.sock"), "--out", str(tmp_path / "none.sock")]
    services["player"] = Service(tmp_path, "run", *words, "--story", STORY, "--model", MODEL)
    assert services["player"].says().startswith("READY=1")
    assert [services["player"].says() for _ in range(5)] == ["WATCHDOG=1"] * 5


def test_a_player_whose_model_cannot_be_used_is_never_ready(services: dict[str, Service], tmp_path: Path) -> None:
    services["striker"] = striker(tmp_path)
    services["striker"].says()
    torn = tmp_path / "torn.tflite"
    torn.write_bytes(b"TFL3")
    words = ["--striker", str(tmp_path / "striker.sock"), "--out", str(tmp_path / "none.sock")]
    services["player"] = Service(tmp_path, "run", *words, "--story", STORY, "--model", str(torn))
    player = services["player"]
    assert player.ended() != 0
    assert player.said_nothing()
