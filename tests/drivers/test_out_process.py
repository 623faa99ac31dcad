"""`ghostnote out` as a process of its own, over its Unix socket and UDP; it needs no MIDI system."""

import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from pythonosc.osc_packet import OscPacket

from appliance.clock import MonotonicClock
from appliance.drivers.out_link import OutLink
from appliance.out.wire import Follow, Message, Messages, Say
from appliance.tempo.pulse import Pulse

WAIT = 20.0


@contextmanager
def sender(tmp_path, settings=""):
    """The process, and the socket at which it listens."""
    path = tmp_path / "out.sock"
    owner = tmp_path / "mine.toml"
    owner.write_text(settings)
    words = [sys.executable, "-m", "appliance", "out", "--socket", str(path), "--settings", str(owner)]
    words += ["--until-eof", "--priority", "0"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        first = process.stderr.readline().decode()
        try:
            yield process, path, first
        finally:
            process.stdin.close()
            process.wait(WAIT)


@contextmanager
def linked(path):
    link = OutLink(path, MonotonicClock())
    try:
        yield link
    finally:
        link.close()


def test_a_word_arrives_before_its_instant(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as screen:
        screen.bind(("127.0.0.1", 0))
        screen.settimeout(WAIT)
        port = screen.getsockname()[1]
        with sender(tmp_path, f'[osc]\nto = ["127.0.0.1:{port}"]\nahead = 2.0\n') as (_, path, _), linked(path) as link:
            instant = time.monotonic() + 3.0
            link.send([Say(instant, "/ghostnote/stroke", ("left", "kick", 36, 90), "left")])
            message = OscPacket(screen.recv(1024)).messages[0].message
    assert message.address == "/ghostnote/stroke"
    assert message.params[:4] == ["left", "kick", 36, 90]
    assert 0.0 < message.params[4] <= 2.0


def test_it_ends_with_its_parent_and_takes_its_socket_away(tmp_path):
    with sender(tmp_path) as (process, path, first):
        assert "listening at" in first
    assert process.returncode == 0
    assert not path.exists()


def test_an_output_that_is_not_in_the_settings_is_named(tmp_path):
    owner = tmp_path / "mine.toml"
    owner.write_text('[clock]\noutputs = ["synth"]\n')
    words = [sys.executable, "-m", "appliance", "out", "--socket", str(tmp_path / "s"), "--settings", str(owner)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=WAIT, check=False)
    assert done.returncode == 2
    assert "clock.outputs: there is no 'synth' in [out.ports], but none" in done.stderr
    assert "Traceback" not in done.stderr


def test_nonsense_is_refused_and_others_are_served(tmp_path):
    with sender(tmp_path) as (_, path, _), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as rude:
        rude.connect(str(path))
        rude.settimeout(WAIT)
        rude.recv(1024)
        rude.send(b"\xc1nonsense")
        assert b"cannot read" in rude.recv(1024)
        assert rude.recv(1024) == b""
        with linked(path) as link:
            link.send([Messages((Message(time.monotonic(), "nowhere", b"\xf8"),))])
            assert link.filenos()


def test_a_link_whose_sender_died_goes_on_with_the_next_one(tmp_path):
    follow = Follow(1.0, Pulse(1.0, 120.0), playing=True)
    clock = SteppedClock()
    with sender(tmp_path) as (process, path, _):
        link = OutLink(path, clock)
        link.send([follow])
        process.kill()
        process.wait(WAIT)
        said = []
        while not said:
            said = [text for text in link.receive() if "went away" in text]
        assert link.filenos() == []
        link.send([follow])
        assert link.filenos() == []
    with sender(tmp_path):
        clock.step(2.0)
        link.send([follow])
        assert link.filenos()
        link.close()


class SteppedClock(MonotonicClock):
    """The machine's, and as many seconds more as it was stepped."""

    def __init__(self):
        self._more = 0.0

    def now(self):
        return super().now() + self._more

    def step(self, seconds):
        self._more += seconds


def test_without_a_sender_the_player_asks_in_vain_and_goes_on(tmp_path):
    with linked(tmp_path / "nobody.sock") as link:
        link.send([Say(1.0, "/ghostnote/beat", (0, 0))] * 1000)
        assert link.receive() == []


@pytest.mark.parametrize("table", ['[osc]\nto = ["nowhere"]\n', "[osc]\nahead = 9.0\n", "[out]\nlength = 0.0\n"])
def test_settings_that_cannot_be_are_refused_with_words(tmp_path, table):
    owner = tmp_path / "mine.toml"
    owner.write_text(table)
    words = [sys.executable, "-m", "appliance", "out", "--socket", str(tmp_path / "s"), "--settings", str(owner)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=WAIT, check=False)
    assert done.returncode == 2
    assert str(owner) in done.stderr
