"""Where clients come to the striker, the player and the sender: a system without a file left does not make it spin."""

import os
import resource
import socket

import pytest

from appliance.drivers.doorstep import Doorstep
from appliance.errors import SettingsError


@pytest.fixture
def step(tmp_path):
    step = Doorstep(tmp_path / "step", "player", clients=1, packet=8)
    yield step
    step.close()


def knock(tmp_path):
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    caller.connect(str(tmp_path / "step"))
    return caller


def refused(text):
    return text.encode()


def test_who_comes_is_welcome_and_one_too_many_hears_why_not(step, tmp_path):
    with knock(tmp_path) as first, knock(tmp_path) as second:
        step.welcome(0.0, b"hello", refused)
        step.welcome(0.0, b"hello", refused)
        assert first.recv(100) == b"hello"
        assert second.recv(100) == b"1 clients are connected, there is no place for another"
        assert second.recv(100) == b""
        assert len(step.clients) == 1


def test_who_goes_is_told_of_and_forgotten(step, tmp_path):
    gone = []
    step.gone = gone.append
    with knock(tmp_path):
        step.welcome(0.0, b"hello", refused)
        (client,) = step.clients
        assert step.read(client) is None
    assert step.read(client) is None
    assert (step.clients, gone) == ([], [client])


def test_a_packet_too_long_is_cut_off(step, tmp_path):
    with knock(tmp_path) as caller:
        step.welcome(0.0, b"hello", refused)
        caller.send(b"0123456789")
        assert step.read(step.clients[0]) == b"01234567"


def test_without_a_file_left_nobody_is_looked_at_for_a_second(step, tmp_path):
    with knock(tmp_path) as caller:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        spare = os.dup(caller.fileno())
        os.close(spare)
        resource.setrlimit(resource.RLIMIT_NOFILE, (spare, hard))  # the next file would have just that number
        try:
            step.welcome(10.0, b"hello", refused)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert step.watched(10.9) == []
        assert step.watched(11.0) == [step.listener]
        step.welcome(11.0, b"hello", refused)
        assert caller.recv(100) == b"hello"


def test_a_second_one_at_the_same_place_is_refused_and_the_first_lives_on(step, tmp_path):
    with pytest.raises(SettingsError, match=f"process {os.getpid()}, already listens"):
        Doorstep(tmp_path / "step", "player", clients=1, packet=8)
    step.welcome(0.0, b"hello", refused)  # the one that asked who is there, and went without a word
    with knock(tmp_path) as caller:
        step.welcome(0.0, b"hello", refused)
        assert caller.recv(100) == b"hello"
