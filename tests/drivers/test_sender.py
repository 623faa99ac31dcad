"""The sender's loop and its outputs in virtual time, with a system in memory; the process itself is in
test_out_process.py."""

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_packet import OscPacket

from appliance.clock import VirtualClock
from appliance.drivers.alsa_sequencer import News
from appliance.drivers.lateness_record import LatenessRecord
from appliance.drivers.midi_outs import MidiOuts
from appliance.drivers.osc_socket import OscSocket, encode
from appliance.drivers.sender import SenderLoop
from appliance.errors import SettingsError
from appliance.out.clock_maker import ClockMaker
from appliance.out.outgoing import Outgoing
from appliance.out.wire import Follow, Hush, Message, Messages, Say
from appliance.tempo.pulse import Pulse

SYNTH = "Synth:Synth MIDI 1 20:0"
ON = bytes((0x99, 38, 100))


class MemorySystem:
    """Outputs that a test plugs in and out."""

    def __init__(self, *ports):
        self.there = list(ports)
        self.sent = []
        self.opened = []
        self.closed = []

    def ports(self):
        return list(self.there)

    def open(self, port, name):
        self.opened.append((port, name))
        return MemoryPort(self, port)


class MemoryPort:
    def __init__(self, system, port):
        self._system = system
        self._port = port
        self._closed = False

    def send(self, data):
        assert not self._closed
        self._system.sent.append((self._port, data))
        return True

    def close(self):
        self._closed = True
        self._system.closed.append(self._port)


class TurnedClock(VirtualClock):
    """A clock that is where it is asked to be."""

    def reach(self, instant):
        self.set(max(instant, self.now()))


class Script:
    """A door through which requests come at their instants; it ends behind the last."""

    def __init__(self, clock, requests, end):
        self._clock = clock
        self._requests = sorted(requests, key=lambda one: one[0])
        self._end = end
        self.stopped = False
        self.told = []

    def wait(self, until, others=()):
        due = self._requests[0][0] if self._requests else self._end
        self._clock.set(max(min(due, due if until is None else until), self._clock.now()))
        if self._clock.now() >= self._end:
            self.stopped = True
        if self._requests and self._clock.now() >= self._requests[0][0]:
            return [self._requests.pop(0)[1]]
        return []

    def tell(self, text):
        self.told.append(text)


class Mute:
    def send(self, say, now):
        pass


def play(requests, end=10.0, ports=("synth",), clocked=()):
    clock = TurnedClock()
    system = MemorySystem(SYNTH)
    sent = []

    class Noted(MidiOuts):
        def send(self, name, data):
            sent.append((clock.now(), name, data))
            return super().send(name, data)

    door = Script(clock, requests, end)
    outs = Noted(dict.fromkeys(ports, "Synth"), system)
    outgoing = Outgoing(ClockMaker(always=True), clocked, 0.1)
    SenderLoop(outgoing, outs, Mute(), door, clock, LatenessRecord()).run()
    return sent, door


@given(st.lists(st.floats(1.0, 9.0), min_size=1, max_size=30))
def test_each_message_goes_out_at_its_instant(times):
    requests = [(0.5, Messages((Message(time, "synth", ON),))) for time in times]
    sent, _ = play(requests)
    assert [time for time, _, _ in sent] == pytest.approx(sorted(times), abs=1e-9)


def test_the_clocks_ticks_go_out_while_ports_are_looked_for():
    sent, _ = play([(0.0, Follow(0.0, Pulse(0.0, 300.0), playing=True))], end=9.0, clocked=("synth",))
    ticks = [time for time, _, data in sent if data == b"\xf8"]
    assert ticks == pytest.approx([number / 120 for number in range(len(ticks))], abs=1e-3)
    assert len(ticks) > 1000


def test_a_panic_is_heard_within_a_moment_however_closely_notes_follow():
    roll = tuple(Message(1.0 + number * 0.0005, "synth", ON) for number in range(2000))
    requests = [(0.5, Messages(roll[at : at + 32])) for at in range(0, 2000, 32)]
    sent, _ = play([*requests, (1.2, Hush())])
    assert max(time for time, _, data in sent if data == ON) <= 1.205
    assert next(time for time, _, data in sent if data[:2] == bytes((0xB9, 120))) <= 1.205


def test_what_came_too_late_is_reported_to_the_clients():
    _, door = play([(5.0, Messages((Message(4.0, "synth", ON),)))])
    assert any("left out" in text for text in door.told)


def test_a_port_that_comes_is_opened_and_one_that_goes_is_closed():
    system = MemorySystem()
    outs = MidiOuts({"synth": "Synth*"}, system)
    assert "no MIDI output is called 'Synth*' (out.ports.synth)" in outs.look()[0]
    assert outs.look() == []
    assert not outs.send("synth", ON)
    system.there.append(SYNTH)
    assert outs.look() == ["synth is Synth:Synth MIDI 1"]
    assert outs.send("synth", ON)
    system.there.clear()
    outs.look()
    assert system.closed == [SYNTH]
    assert not outs.send("synth", ON)


def test_a_port_that_was_replugged_between_two_looks_is_opened_anew():
    system = MemorySystem(SYNTH)
    outs = MidiOuts({"synth": "Synth"}, system)
    outs.look()
    outs.look(gone=News(changed=True, gone=frozenset({(20, None)})).gone)
    assert system.closed == [SYNTH]
    assert len(system.opened) == 2


def test_a_virtual_port_is_made_once_and_stays():
    system = MemorySystem()
    outs = MidiOuts({"video": "virtual"}, system)
    for _ in range(3):
        outs.look()
    assert system.opened == [(None, "video")]


def test_a_thousand_replugs_leave_one_port_open():
    system = MemorySystem()
    outs = MidiOuts({"synth": "Synth"}, system)
    for _ in range(1000):
        system.there.append(SYNTH)
        outs.look()
        system.there.clear()
        outs.look()
    assert len(system.opened) == len(system.closed) == 1000


def test_a_word_of_osc_has_the_instant_of_its_sound_as_time_tag_and_the_lead_as_last_argument():
    say = Say(100.25, "/ghostnote/stroke", ("left", "snare", 38, 99))
    packet = encode(say, now=100.0, wall=1_700_000_000.0)
    tag = struct.unpack(">Q", packet[8:16])[0] / 2**32 - 2_208_988_800
    assert tag == pytest.approx(1_700_000_000.25, abs=1e-6)
    (timed,) = OscPacket(packet).messages
    assert timed.message.address == "/ghostnote/stroke"
    assert timed.message.params[:4] == ["left", "snare", 38, 99]
    assert timed.message.params[4] == pytest.approx(0.25)


def test_osc_goes_to_every_address():
    with socket.socket(type=socket.SOCK_DGRAM) as one, socket.socket(type=socket.SOCK_DGRAM) as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        speaker = OscSocket([f"127.0.0.1:{one.getsockname()[1]}", f"127.0.0.1:{two.getsockname()[1]}"])
        speaker.send(Say(1.0, "/ghostnote/beat", (0, 1)), 0.9)
        for receiver in (one, two):
            receiver.settimeout(10)
            assert OscPacket(receiver.recv(1024)).messages[0].message.address == "/ghostnote/beat"
        speaker.close()


def test_a_receiver_that_is_not_there_does_not_matter():
    speaker = OscSocket(["127.0.0.1:9"])
    for _ in range(3):
        speaker.send(Say(1.0, "/ghostnote/beat", (0, 1)), 0.9)
    speaker.close()


def test_a_host_that_nobody_knows_is_named():
    with pytest.raises(SettingsError, match=r"osc\.to: nobody knows"):
        OscSocket(["no-such-host.invalid:9000"])
