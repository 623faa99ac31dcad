"""Clients come, ask and go; none of them can hold the striker up."""

import contextlib
import os
import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import MonotonicClock, VirtualClock
from appliance.drivers.striker_door import GARBAGE, Stops, StrikerDoor
from appliance.errors import SettingsError
from appliance.notation.hit import Stroke
from appliance.status.wire import Word
from appliance.strike.outcome import Struck
from appliance.strike.wire import Fault, Hello, Panic, Player, Reply, Request

HELLO = Hello(version=1, pid=1, priority=0, memory_locked=False)
NOW = 0.0  # an instant that is past: the door looks and does not wait


class Entrance:
    """A door in this process, and the files that stop it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.signals, self.raise_signal = os.pipe()
        self.stdin, self.parent = os.pipe()
        self.door = StrikerDoor(path, HELLO, Stops(self.signals, self.stdin), MonotonicClock())

    def visit(self) -> socket.socket:
        client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        client.settimeout(2)
        client.connect(str(self.path))
        self.door.wait(NOW)
        return client


@pytest.fixture
def entrance(tmp_path: Path) -> Iterator[Entrance]:
    entrance = Entrance(tmp_path / "striker.sock")
    yield entrance
    entrance.door.close()
    for file in (entrance.signals, entrance.raise_signal, entrance.stdin, entrance.parent):
        os.close(file)


def ask(client: socket.socket, request: Request) -> None:
    client.send(msgspec.msgpack.encode(request))


def read(client: socket.socket) -> list[Reply]:
    return msgspec.msgpack.decode(client.recv(65536), type=list[Reply])


def test_a_client_is_greeted_and_heard(entrance: Entrance) -> None:
    with entrance.visit() as client:
        assert read(client) == [HELLO]
        ask(client, Panic())
        assert entrance.door.wait(NOW) == [Panic()]
        assert entrance.door.wait(NOW) == []


def test_replies_go_to_every_client(entrance: Entrance) -> None:
    struck = Struck(Stroke(1.0, 38, 100), 1e-6, 2)
    with entrance.visit() as one, entrance.visit() as other:
        entrance.door.send([struck])
        for client in (one, other):
            assert read(client) == [HELLO]
            assert read(client) == [struck]


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x81\xa4type\xa2\xff\xfe",  # no UTF-8
        b"\x82\xa4type\xa5Panic\xa1x" + b"\x91" * 8000,  # arrays in arrays, too deep or without an end
        msgspec.msgpack.encode({"type": "Try", "motor": "x" * 65, "time": 1.0, "forward": 0.02, "duty": 0.5}),
        msgspec.msgpack.encode({"type": "Strokes", "batch": 1, "strokes": [], "until": float("nan")}),
        b"",
    ],
    ids=["no utf-8", "deep", "long name", "nan", "nothing"],
)
def test_whatever_bytes_a_client_sends_it_alone_is_dropped(entrance: Entrance, garbage: bytes) -> None:
    with entrance.visit() as vandal, entrance.visit() as other:
        vandal.send(garbage)
        assert entrance.door.wait(NOW) == []
        ask(other, Panic())
        assert entrance.door.wait(NOW) == [Panic()]
        vandal.recv(65536)  # Hello
        words = iter(lambda: vandal.recv(65536), b"")
        assert all(b"cannot read this message" in packet for packet in words)


@given(st.binary(max_size=80))
def test_no_packet_raises_anything_but_what_drops_its_sender(packet: bytes) -> None:
    for decoder in (msgspec.msgpack.Decoder(Request), msgspec.msgpack.Decoder(Word)):
        with contextlib.suppress(*GARBAGE):
            decoder.decode(packet)


def test_a_client_that_cannot_be_let_in_for_want_of_files_comes_in_a_second_later(tmp_path: Path) -> None:
    clock = VirtualClock(1.0)
    signals, raise_signal = os.pipe()
    door = StrikerDoor(tmp_path / "striker.sock", HELLO, Stops(signals), clock)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.settimeout(2)
        client.connect(str(tmp_path / "striker.sock"))
        lowest = os.dup(signals)
        os.close(lowest)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, limits[1]))
            assert door.wait(NOW) == []
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert door.wait(NOW) == []
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(65536)
        clock.set(2.1)
        assert door.wait(NOW) == []
        client.settimeout(2)
        assert read(client) == [HELLO]
    door.close()
    os.close(signals)
    os.close(raise_signal)


def test_the_player_is_known_as_long_as_it_is_connected(entrance: Entrance) -> None:
    with entrance.visit(), entrance.visit() as player:
        assert not entrance.door.player
        ask(player, Player())
        assert entrance.door.wait(NOW) == [Player()]
        assert entrance.door.player
    entrance.door.wait(NOW)
    assert not entrance.door.player


@pytest.mark.parametrize("garbage", [b"\xc1", b"drum!", b"\x90", b"\x00" * 9000])
def test_garbage_costs_its_client_the_connection_and_nobody_else(entrance: Entrance, garbage: bytes) -> None:
    with entrance.visit() as good, entrance.visit() as bad:
        read(bad)
        bad.send(garbage)
        assert entrance.door.wait(NOW) == []
        assert isinstance(read(bad)[0], Fault)
        assert bad.recv(100) == b""
        ask(good, Panic())
        assert entrance.door.wait(NOW) == [Panic()]


def test_a_client_that_does_not_read_is_dropped_and_never_waited_for(entrance: Entrance) -> None:
    replies = [Fault("x" * 1000)] * 32
    with entrance.visit() as slow, entrance.visit() as awake:
        read(awake)
        for _ in range(200):
            entrance.door.send(replies)
            assert read(awake) == replies
        unread = 0
        while slow.recv(65536):
            unread += 1
        assert unread < 200


def test_a_client_that_hangs_up_is_forgotten(entrance: Entrance) -> None:
    entrance.visit().close()
    assert entrance.door.wait(NOW) == []
    entrance.door.send([Fault("nobody hears this")])


def test_one_client_too_many_is_told_so(entrance: Entrance) -> None:
    clients = [entrance.visit() for _ in range(9)]
    assert [type(read(client)[0]) for client in clients] == [Hello] * 8 + [Fault]
    for client in clients:
        client.close()


def test_a_signal_or_the_end_of_the_parent_stops_the_door(entrance: Entrance) -> None:
    os.write(entrance.parent, b"a parent may say something")
    entrance.door.wait(NOW)
    assert not entrance.door.stopped
    os.write(entrance.raise_signal, b"\x0f")
    entrance.door.wait(None)
    assert entrance.door.stopped


def test_the_end_of_the_parents_pipe_stops_the_door(tmp_path: Path) -> None:
    signals, raise_signal = os.pipe()
    stdin, parent = os.pipe()
    door = StrikerDoor(tmp_path / "s", HELLO, Stops(signals, stdin), MonotonicClock())
    os.close(parent)
    door.wait(None)
    assert door.stopped
    door.close()
    for file in (signals, raise_signal, stdin):
        os.close(file)


def test_a_second_striker_is_refused_in_one_sentence(entrance: Entrance) -> None:
    stops = Stops(entrance.signals)
    with pytest.raises(
        SettingsError, match=f"a striker, process {os.getpid()}, already listens at .*striker.sock: stop it"
    ):
        StrikerDoor(entrance.path, HELLO, stops, MonotonicClock())
    entrance.door.wait(NOW)  # the second one's knock
    with entrance.visit() as client:
        assert read(client) == [HELLO]


def test_the_socket_of_a_dead_striker_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as dead:
        dead.bind(str(path))
    assert path.exists()
    signals, raise_signal = os.pipe()
    door = StrikerDoor(path, HELLO, Stops(signals), MonotonicClock())
    door.close()
    assert not path.exists()
    os.close(signals)
    os.close(raise_signal)


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter"
    path.write_text("dear drummer")
    with pytest.raises(SettingsError, match="is no socket"):
        StrikerDoor(path, HELLO, Stops(0), MonotonicClock())
    assert path.read_text() == "dear drummer"


@pytest.mark.parametrize("place", ["no/such/folder/s", "x" * 150])
def test_a_place_where_nobody_can_listen_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(SettingsError, match="cannot listen at"):
        StrikerDoor(tmp_path / place, HELLO, Stops(0), MonotonicClock())


def test_a_closing_door_leaves_its_successors_socket(tmp_path: Path) -> None:
    path = tmp_path / "s"
    signals, raise_signal = os.pipe()
    door = StrikerDoor(path, HELLO, Stops(signals), MonotonicClock())
    path.unlink()
    successor = StrikerDoor(path, HELLO, Stops(signals), MonotonicClock())
    door.close()
    assert path.exists()
    successor.close()
    os.close(signals)
    os.close(raise_signal)
