"""Magenta's MIDI interface, defect 11, of ports and channels: what went away was never opened again.

No channel could be chosen, and several instruments were one. Clock, meter and metronome are tested elsewhere.
"""

from appliance.clock import VirtualClock
from appliance.drivers.midi_ports import MidiPorts
from appliance.notation.hit import Hit
from appliance.pad.midi import Pad
from appliance.pad.ports import Search, Wanted
from appliance.pad.settings import PadSettings
from tests.drivers.test_midi_ports import HIT, SETTINGS, MemorySystem

LEFT, RIGHT = "SPD-SX:SPD-SX MIDI 1 20:0", "TD-17:TD-17 MIDI 1 24:0"


def test_every_pad_is_heard_again_after_every_order_of_going_and_coming():
    clock = VirtualClock()
    system = MemorySystem(clock, LEFT, RIGHT)
    inputs = (Wanted("left", "SPD"), Wanted("right", "TD"))
    ports = MidiPorts(inputs, Search(inputs, SETTINGS), system, clock)
    for first, second in ((LEFT, RIGHT), (RIGHT, LEFT)):
        for port in (first, second):
            system.unplug(port)
            system.announce()
            ports.messages()
        for port in (second, first):
            system.there.append(port)
            system.announce()
            ports.messages()
        system.play(LEFT, HIT)
        system.play(RIGHT, HIT)
        assert {name for name, _, _ in ports.messages()} == {"left", "right"}
    ports.close()


def test_a_pad_is_heard_on_its_own_channel_alone():
    tenth = Pad(PadSettings(channel=10, keys={}))
    assert tenth.receive(0.0, bytes((0x99, 38, 100))) == Hit(0.0, 38, 100)
    assert tenth.receive(0.0, bytes((0x90, 38, 100))) is None
