"""Ports that come and go, with a system in memory and a clock that the test turns; real ones are in tests/board."""

from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import VirtualClock
from appliance.drivers.alsa_sequencer import NO_NEWS, AlsaSequencer, News
from appliance.drivers.midi_inbox import MidiInbox
from appliance.drivers.midi_ports import MidiPorts
from appliance.errors import PadLost
from appliance.pad.ports import PortsSettings, Search, Wanted, address
from appliance.pad.presence import PortFound, PortLost
from appliance.settings import load_settings

SETTINGS = load_settings().room("ports", PortsSettings)
PAD = "USB Drum Pad:USB Drum Pad MIDI 1 20:0"
KNOBS = "nanoKONTROL2:nanoKONTROL2 MIDI 1 24:0"
ANY_PAD = Wanted("pad", "")
HIT = bytes((0x99, 38, 100))
PANIC = bytes((0xB9, 120, 0))
CLOCK = b"\xf8"


class MemorySystem:
    """Inputs that a test plugs in and out; an open one that was unplugged is deaf, as RtMidi's are."""

    def __init__(self, clock, *ports):
        self.there = list(ports)
        self.open_ports = {}
        self.broken = False
        self.news = []
        self.clock = clock
        self.closed = False

    def ports(self):
        if self.broken:
            raise PadLost("the system has no MIDI")
        return list(self.there)

    def open(self, port, name, receive):
        if port not in self.there:
            return None
        opened = MemoryInput(self, port, partial(self.stamped, receive))
        self.open_ports[port] = opened
        return opened

    def unplug(self, port):
        self.there.remove(port)
        self.open_ports.pop(port, None)

    def play(self, port, message):
        if port in self.open_ports:
            self.open_ports[port].receive(message)

    def announce(self, *gone):
        self.news.append(News(changed=True, gone=frozenset(gone)))

    def stamped(self, receive, message):
        receive(self.clock.now(), message)

    def fileno(self):
        return 0

    def read(self):
        return self.news.pop() if self.news else NO_NEWS

    def close(self):
        self.closed = True


class MemoryInput:
    def __init__(self, system, port, receive):
        self._system = system
        self._port = port
        self.receive = receive

    def close(self):
        if self._system.open_ports.get(self._port) is self:
            del self._system.open_ports[self._port]


class Evening:
    def __init__(self, *there, inputs=(ANY_PAD,)):
        self.clock = VirtualClock()
        self.system = MemorySystem(self.clock, *there)
        self.ports = MidiPorts(inputs, Search(inputs, SETTINGS), self.system, self.clock)

    def look(self, *gone):
        self.system.announce(*gone)
        return self.ports.messages()


@pytest.fixture
def evening():
    made = []

    def make(*there, **more):
        made.append(Evening(*there, **more))
        return made[-1]

    yield make
    for one in made:
        one.ports.close()


def test_a_pad_that_is_there_is_heard_with_its_name_and_instant(evening):
    box = evening(PAD)
    assert box.ports.changes() == [PortFound(0.0, "pad", PAD)]
    box.clock.set(1.5)
    box.system.play(PAD, HIT)
    assert box.ports.messages() == [("pad", 1.5, HIT)]
    assert box.ports.messages() == []


def test_a_pad_that_is_not_there_is_said_once_and_waited_for(evening):
    box = evening()
    box.look()
    assert box.ports.changes() == [PortLost(0.0, "pad", "no MIDI input looks like a pad: there are: none")]
    box.system.there.append(PAD)
    box.look()
    assert box.ports.changes() == [PortFound(0.0, "pad", PAD)]


def test_a_pad_that_went_away_is_heard_again_when_it_is_back(evening):
    box = evening(PAD)
    box.system.unplug(PAD)
    box.look()
    box.system.there.append("USB Drum Pad:USB Drum Pad MIDI 1 28:0")
    box.look()
    assert [type(change) for change in box.ports.changes()] == [PortFound, PortLost, PortFound]
    box.system.play("USB Drum Pad:USB Drum Pad MIDI 1 28:0", HIT)
    assert [message for _, _, message in box.ports.messages()] == [HIT]


def test_a_pad_that_was_back_before_anybody_looked_is_opened_anew(evening):
    box = evening(PAD)
    box.system.unplug(PAD)
    box.system.there.append(PAD)
    box.system.play(PAD, HIT)
    assert box.ports.messages() == []
    box.look((20, 0))
    box.system.play(PAD, HIT)
    assert [message for _, _, message in box.ports.messages()] == [HIT]
    assert [type(change) for change in box.ports.changes()] == [PortFound, PortLost, PortFound]


def test_a_client_that_went_takes_its_ports_with_it(evening):
    box = evening(PAD)
    box.system.unplug(PAD)
    box.system.there.append(PAD)
    box.look((20, None))
    box.system.play(PAD, HIT)
    assert len(box.ports.messages()) == 1


def test_news_of_others_disturb_nobody(evening):
    box = evening(PAD)
    opened = box.system.open_ports[PAD]
    box.look((24, 0), (128, None))
    assert box.system.open_ports[PAD] is opened


def test_a_port_that_goes_while_it_is_opened_is_tried_again_soon(evening):
    box = evening()
    box.ports.changes()
    box.ports.look([PAD], NO_NEWS)
    assert box.ports.changes() == []
    box.system.there.append(PAD)
    assert box.ports.next_deadline() == pytest.approx(0.1)
    box.clock.set(box.ports.next_deadline())
    box.ports.messages()
    assert box.ports.changes() == [PortFound(0.1, "pad", PAD)]
    assert box.ports.next_deadline() is None


def test_several_inputs_are_heard_each_under_its_name(evening):
    box = evening(KNOBS, PAD, inputs=(Wanted("pad", ""), Wanted("knobs", "nano", pad=False)))
    box.system.play(KNOBS, CLOCK)
    box.system.play(PAD, HIT)
    assert box.ports.messages() == [("knobs", 0.0, CLOCK), ("pad", 0.0, HIT)]


def test_a_system_without_midi_is_said():
    system = MemorySystem(VirtualClock())
    system.broken = True
    inputs = (Wanted("pad", ""),)
    with pytest.raises(PadLost, match="has no MIDI"):
        MidiPorts(inputs, Search(inputs, SETTINGS), system, VirtualClock())


def test_closing_lets_every_port_and_the_system_go():
    box = Evening(PAD)
    box.ports.start()
    box.ports.close()
    assert box.system.open_ports == {}
    assert box.system.closed


@pytest.fixture
def inbox():
    made = MidiInbox(waiting=1000)
    yield made
    made.close()


def all_of(inbox):
    taken = []
    while some := inbox.take():
        taken.append(some)
    return taken


def test_a_flood_is_bounded_and_handed_over_in_parts(inbox):
    for _ in range(10_000):
        inbox.put("pad", 1.0, HIT)
    parts = all_of(inbox)
    assert sum(len(part) for part in parts) == 1000
    assert max(len(part) for part in parts) <= 256
    assert inbox.left_out == 9000


def test_a_panic_comes_through_a_flood_and_past_the_hits_before_it(inbox):
    for _ in range(10_000):
        inbox.put("pad", 1.0, HIT)
    inbox.put("pad", 1.0, PANIC)
    inbox.put("pad", 1.0, HIT)
    assert [message for _, _, message in inbox.take()] == [PANIC]


def test_what_is_no_hit_outlives_a_panic_in_its_order(inbox):
    for message in (CLOCK, HIT, PANIC, HIT, CLOCK):
        inbox.put("pad", 1.0, message)
    assert [message for _, _, message in inbox.take()] == [CLOCK, PANIC, HIT, CLOCK]


def test_a_flood_of_panics_is_bounded_too(inbox):
    for _ in range(10_000):
        inbox.put("pad", 1.0, PANIC)
    assert sum(len(part) for part in all_of(inbox)) == 2000


CARDS = {"left": "SPD-SX:SPD-SX MIDI 1 20:0", "right": "TD-17:TD-17 MIDI 1 24:0", "knobs": KNOBS.replace("24", "28")}
INPUTS = (Wanted("left", "SPD"), Wanted("right", "TD-*"), Wanted("knobs", "nano", pad=False))
DOINGS = st.lists(
    st.tuples(
        st.sampled_from(sorted(CARDS)),
        st.sampled_from(["unplug", "plug", "replug", "replug unseen", "look", "play"]),
        st.floats(0.0, 1.0),
    ),
    max_size=40,
)


@given(DOINGS)
def test_whatever_is_plugged_in_and_announced_is_heard(doings):
    box = Evening(inputs=INPUTS)
    system, unseen = box.system, set()
    for name, doing, pause in doings:
        port = CARDS[name]
        box.clock.set(box.clock.now() + pause)
        if doing in ("unplug", "replug", "replug unseen") and port in system.there:
            system.unplug(port)
            unseen.add(address(port))
        if doing in ("plug", "replug", "replug unseen") and port not in system.there:
            system.there.append(port)
        if doing == "replug unseen":
            continue
        system.announce(*unseen)
        unseen.clear()
        box.ports.messages()
        for there in system.there:
            system.play(there, HIT)
        heard = {name for name, _, _ in box.ports.messages()}
        assert heard == {name for name, port in CARDS.items() if port in system.there}
        assert len(system.open_ports) == len(system.there)
    found = [change for change in box.ports.changes() if change.name == "left"]
    assert all(type(one) is not type(other) for one, other in pairwise(found))
    box.ports.close()


def test_what_is_no_sequencer_is_let_go(tmp_path):
    plain = tmp_path / "seq"
    plain.touch()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(OSError, match="ioctl"):
            AlsaSequencer(VirtualClock(), plain)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
