"""Panels come, ask and go; none of them can hold the player up. Real sockets, a clock that the test turns."""

import re
import select
import socket

import msgspec
import pytest

from appliance.clock import VirtualClock
from appliance.controls.control import Control, Turned
from appliance.controls.wire import VERSION, Learn, Offer, Route, Watch
from appliance.drivers.control_door import ControlDoor
from appliance.errors import SettingsError
from appliance.inputs import Received


class Entrance:
    def __init__(self, path):
        self.path = path
        self.clock = VirtualClock(5.0)
        self.door = ControlDoor(path, self.clock)
        self.clients = []

    def visit(self):
        client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        client.settimeout(2)
        client.connect(str(self.path))
        self.clients.append(client)
        assert self.door.receive() == []
        return client

    def ask(self, client, text):
        client.send(text.encode())
        return self.door.receive()


@pytest.fixture
def entrance(tmp_path):
    entrance = Entrance(tmp_path / "controls.sock")
    yield entrance
    entrance.door.close()
    for client in entrance.clients:
        client.close()


def read(client):
    return msgspec.json.decode(client.recv(65536))


def test_who_comes_is_told_the_version(entrance):
    welcome = read(entrance.visit())
    assert (welcome["type"], welcome["version"]) == ("welcome", VERSION)


def test_a_control_is_turned_at_the_instant_of_its_arrival(entrance):
    client = entrance.visit()
    asked = entrance.ask(client, '{"type":"turn","control":"temperature","value":1.2,"duet":"left"}')
    assert asked == [Turned(5.0, Control.TEMPERATURE, 1.2, "left")]
    assert entrance.door.receive() == []


def test_a_push_needs_no_value_and_learning_no_more_than_a_name(entrance):
    client = entrance.visit()
    assert entrance.ask(client, '{"type":"turn","control":"panic"}') == [Turned(5.0, Control.PANIC)]
    assert entrance.ask(client, '{"type":"learn","control":"loop"}') == [Learn(Control.LOOP)]
    assert entrance.ask(client, '{"type":"learn","control":null}') == [Learn(None)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "malformed|truncated"),
        ("\xff", "malformed|Invalid"),
        ('{"type":"turn","control":"tempperature"}', "Invalid enum value 'tempperature'"),
        ('{"type":"turn","control":"temperature","value":99}', "temperature is 0 to 10, not 99"),
        ('{"type":"turn","control":"temperature","value":NaN}', "malformed"),
        ('{"type":"turn","control":"panic","value":1}', "has no value"),
        ('{"type":"turn","control":"loop","valeu":true}', "valeu"),
        ('{"type":"shutdown"}', "shutdown"),
        ('{"type":"turn","control":"scene","value":"' + "x" * 10_000 + '"}', "truncated|malformed"),
    ],
)
def test_nonsense_is_refused_with_words_and_the_client_stays(entrance, text, words):
    client = entrance.visit()
    read(client)
    assert entrance.ask(client, text) == []
    refusal = read(client)
    assert refusal["type"] == "refusal"
    assert re.search(words, refusal["text"])
    assert entrance.ask(client, '{"type":"turn","control":"panic"}') == [Turned(5.0, Control.PANIC)]


def test_who_watches_hears_every_line_and_who_does_not_none(entrance):
    watcher, other = entrance.visit(), entrance.visit()
    read(watcher), read(other)
    assert not entrance.door.watched()
    entrance.ask(watcher, '{"type":"watch"}')
    assert entrance.door.watched()
    entrance.door.tell(b'{"time":1.0}\n')
    assert read(watcher) == {"time": 1.0}
    assert not select.select([other], (), (), 0)[0]


def test_who_goes_is_forgotten(entrance):
    watcher = entrance.visit()
    entrance.ask(watcher, '{"type":"watch"}')
    watcher.close()
    assert entrance.door.receive() == []
    assert not entrance.door.watched()
    assert len(entrance.door.filenos()) == 1


def test_a_watcher_who_does_not_read_is_dropped_and_waited_for_by_nobody(entrance):
    watcher, other = entrance.visit(), entrance.visit()
    entrance.ask(watcher, '{"type":"watch"}')
    for _ in range(100_000):
        entrance.door.tell(b"x" * 200)
        if not entrance.door.watched():
            break
    assert not entrance.door.watched()
    assert entrance.ask(other, '{"type":"turn","control":"panic"}') == [Turned(5.0, Control.PANIC)]


def test_a_flood_of_one_client_is_taken_a_packet_at_a_time(entrance):
    flooding, other = entrance.visit(), entrance.visit()
    for _ in range(50):
        flooding.send(b'{"type":"turn","control":"mutate"}')
    asked = entrance.ask(other, '{"type":"turn","control":"panic"}')
    assert asked == [Turned(5.0, Control.MUTATE), Turned(5.0, Control.PANIC)]


def test_one_panel_too_many_is_sent_away_with_words(entrance):
    for _ in range(16):
        entrance.visit()
    late = entrance.visit()
    assert "no place" in read(late)["text"]
    assert late.recv(10) == b""


def test_two_players_do_not_share_a_door(entrance, tmp_path):
    with pytest.raises(SettingsError, match="a player, process"):
        ControlDoor(entrance.path, VirtualClock())
    with pytest.raises(SettingsError, match="the player cannot listen"):
        ControlDoor(tmp_path / "none" / "controls.sock", VirtualClock())


def test_the_file_goes_with_the_door(entrance):
    entrance.door.close()
    assert not entrance.path.exists()


def test_what_is_played_on_the_page_comes_as_from_a_pad_with_its_instant(entrance):
    client = entrance.visit()
    assert entrance.ask(client, '{"type":"play","message":[153,38,100]}') == [Received("panel", 5.0, b"\x99\x26\x64")]
    assert entrance.ask(client, '{"type":"play","message":[153,38,9],"time":4.95}')[0].time == 4.95
    # Neither from the future nor from long ago: a hit is when it is heard.
    for time in ("5.01", "4.8", "-1e308", "1e308"):
        (received,) = entrance.ask(client, f'{{"type":"play","message":[153,38,9],"time":{time}}}')
        assert received.time == 5.0


@pytest.mark.parametrize("message", ["[]", "[1,2,3,4]", "[256]", "[-1]", "[1.5]", '"x"'])
def test_what_is_no_message_is_refused(entrance, message):
    client = entrance.visit()
    read(client)
    assert entrance.ask(client, f'{{"type":"play","message":{message}}}') == []
    assert read(client)["type"] == "refusal"


def test_lines_and_models_are_handed_on(entrance):
    client = entrance.visit()
    asked = entrance.ask(client, '{"type":"route","duet":"a","inputs":["pad"],"outputs":["motors"]}')
    assert asked == [Route("a", ("pad",), ("motors",))]
    assert entrance.ask(client, '{"type":"offer","model":"mine"}') == [Offer("mine")]


def test_who_watches_is_told_first_how_the_evening_began(entrance):
    entrance.door.greet(b'{"first":1}', b'{"second":2}')
    client = entrance.visit()
    read(client)
    assert entrance.ask(client, '{"type":"watch"}') == [Watch()]
    entrance.door.tell(b'{"third":3}')
    assert [next(iter(read(client))) for _ in range(3)] == ["first", "second", "third"]
