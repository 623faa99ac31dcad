"""The player's end: whatever is wrong with the striker is a StrikerLost in one sentence."""

import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from appliance.drivers.striker_link import StrikerLink
from appliance.errors import StrikerLost
from appliance.notation.hit import Stroke
from appliance.strike.groove import Groove
from appliance.strike.outcome import Struck
from appliance.strike.trial import Try
from appliance.strike.wire import (
    STROKES_A_PACKET,
    VERSION,
    Cancel,
    Fault,
    Hello,
    Panic,
    Player,
    Reply,
    Request,
    Rest,
    Strokes,
)

HELLO = Hello(VERSION, pid=7, priority=50, memory_locked=True)
PATH = Path("/run/ghostnote/striker.sock")


class Wire:
    """Both ends of a connection; this class speaks for the striker."""

    def __init__(self) -> None:
        self.striker, self.client = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.striker.settimeout(2)

    def say(self, *replies: Reply) -> None:
        self.striker.send(msgspec.msgpack.encode(replies))

    def hear(self) -> Request:
        request: Request = msgspec.msgpack.decode(self.striker.recv(65536), type=Request)
        return request

    def link(self, timeout: float = 2.0) -> StrikerLink:
        return StrikerLink(PATH, self.client, timeout)


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.striker.close()
    wire.client.close()


def test_the_first_word_is_kept_and_what_came_with_it_is_not_lost(wire: Wire) -> None:
    wire.say(HELLO, Fault("at once"))
    link = wire.link()
    assert link.hello == HELLO
    assert link.wait(0.0) == [Fault("at once")]
    assert link.receive() == []


def test_an_answer_of_many_strokes_goes_in_packets_the_earliest_first(wire: Wire) -> None:
    wire.say(HELLO)
    strokes = [Stroke(float(100 - i), 38, 100) for i in range(STROKES_A_PACKET + 1)]
    wire.link().send(strokes, batch=3)
    first, second = wire.hear(), wire.hear()
    assert isinstance(first, Strokes)
    assert isinstance(second, Strokes)
    assert [*first.strokes, *second.strokes] == strokes[::-1]
    assert (first.batch, second.batch) == (3, 3)


def test_a_song_begins_is_known_until_an_instant_and_rests(wire: Wire) -> None:
    wire.say(HELLO)
    groove = Groove(1.0, 0.1, 16)
    strokes = [Stroke(float(i), 38, 100) for i in range(STROKES_A_PACKET + 1)]
    with wire.link() as link:
        link.begin(groove)
        link.send(strokes, until=40.0)
        link.send([], until=41.0)
        link.rest()
    said = [wire.hear() for _ in range(5)]
    assert said[0] == groove
    assert [request.until for request in said if isinstance(request, Strokes)] == [32.0, 40.0, 41.0]
    assert said[4] == Rest()


def test_the_player_and_a_try_are_single_packets(wire: Wire) -> None:
    wire.say(HELLO)
    trial = Try("snare", time=1.0, forward=0.02, duty=0.5)
    with wire.link() as link:
        link.introduce()
        link.attempt(trial)
    assert [wire.hear(), wire.hear()] == [Player(), trial]


def test_cancel_and_panic_are_single_packets(wire: Wire) -> None:
    wire.say(HELLO)
    with wire.link() as link:
        link.cancel(after=1.5)
        link.panic()
    assert [wire.hear(), wire.hear()] == [Cancel(1.5), Panic()]


def test_a_wait_ends_without_replies(wire: Wire) -> None:
    wire.say(HELLO)
    assert wire.link().wait(0.001) == []


@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        (Hello(VERSION + 1, 7, 0, memory_locked=False), f"speaks version {VERSION + 1}, this program {VERSION}"),
        (Fault("8 clients are connected"), "hung up: 8 clients are connected"),
        (Struck(Stroke(1.0, 38, 1), 0.0), "is no striker"),
    ],
)
def test_a_strange_first_word_is_a_striker_lost(wire: Wire, first: Reply, sentence: str) -> None:
    wire.say(first)
    with pytest.raises(StrikerLost, match=sentence):
        wire.link()


def test_silence_is_a_striker_lost(wire: Wire) -> None:
    with pytest.raises(StrikerLost, match=r"did not answer within 0\.01 s"):
        wire.link(timeout=0.01)


def test_a_striker_that_hangs_up_is_lost_to_every_verb(wire: Wire) -> None:
    wire.say(HELLO)
    link = wire.link()
    wire.striker.close()
    for verb in (link.receive, link.panic, lambda: link.wait(1.0), lambda: link.send([Stroke(1.0, 38, 1)])):
        with pytest.raises(StrikerLost, match="went away"):
            verb()


def test_a_striker_that_talks_nonsense_is_lost(wire: Wire) -> None:
    wire.say(HELLO)
    link = wire.link()
    wire.striker.send(b"\xc1")
    with pytest.raises(StrikerLost, match="what nobody can read"):
        link.receive()


def test_a_striker_that_stopped_reading_is_lost_and_not_waited_for_long(wire: Wire) -> None:
    wire.say(HELLO)
    link = wire.link()
    more_than_a_socket_holds = [Stroke(float(i), 38, 1) for i in range(30_000)]
    with pytest.raises(StrikerLost, match="has read nothing"):
        link.send(more_than_a_socket_holds)
