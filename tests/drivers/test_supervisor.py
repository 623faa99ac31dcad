"""systemd is told what a service does, and nobody is when there is none."""

import os
import socket
import sys

import pytest

from appliance.drivers.supervisor import Supervisor


class Told:
    def __init__(self):
        self.states = []

    def __call__(self, state):
        self.states.append(state)


def test_ready_is_said_with_what_it_does():
    told = Told()
    Supervisor(told, None).ready("listening")
    assert told.states == ["READY=1\nSTATUS=listening"]


def test_a_status_is_said_once():
    told = Told()
    supervisor = Supervisor(told, None)
    for status in ("plays", "plays", "listens", "plays"):
        supervisor.say(status)
    assert told.states == ["STATUS=plays", "STATUS=listens", "STATUS=plays"]


def test_the_watchdog_is_fed_when_it_is_due_and_not_before():
    told = Told()
    supervisor = Supervisor(told, 0.5)
    for tenth in range(21):
        supervisor.advance(100.0 + tenth / 10)
    assert told.states == ["WATCHDOG=1"] * 5
    assert supervisor.next_deadline() == pytest.approx(102.5)


def test_a_loop_that_hangs_feeds_nothing():
    told = Told()
    supervisor = Supervisor(told, 0.5)
    supervisor.advance(100.0)
    supervisor.advance(200.0)
    assert told.states == ["WATCHDOG=1"] * 2


def test_without_systemd_nothing_is_sent_and_nothing_is_due():
    supervisor = Supervisor.of_environment({"WATCHDOG_USEC": "1000000"})
    supervisor.ready()
    supervisor.advance(1.0)
    assert supervisor.next_deadline() is None


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    """A socket where systemd would listen."""
    pytest.importorskip("systemd.daemon", reason="no systemd-python in this environment")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


def test_systemd_hears_it(systemd, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    supervisor = Supervisor.of_environment()
    supervisor.ready("plays")
    supervisor.advance(10.0)
    assert [systemd.recv(100), systemd.recv(100)] == [b"READY=1\nSTATUS=plays", b"WATCHDOG=1"]
    assert supervisor.next_deadline() == pytest.approx(11.0)


def test_a_watchdog_of_another_process_is_not_fed(systemd, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid() + 1))
    assert Supervisor.of_environment().next_deadline() is None


def test_systemd_hears_it_without_the_package_too(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "systemd.daemon", None)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        Supervisor.of_environment().ready("plays")
        assert listening.recv(100) == b"READY=1\nSTATUS=plays"


def test_a_systemd_that_is_gone_stops_nobody(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "systemd.daemon", None)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    supervisor = Supervisor.of_environment()
    supervisor.ready()
    assert supervisor.next_deadline() is None
