"""Magenta's MIDI interface, defect 11, as far as the beat is concerned: no MIDI clock, no count-in, only 4/4, and a
metronome on the same output as the music."""

import pytest

from appliance.broadcast import Broadcast
from appliance.happenings import Told
from appliance.out.settings import MetronomeSettings, OutSettings
from appliance.out.wire import Messages
from appliance.tempo.clock_reader import CLOCK, START
from appliance.tempo.conductor import Conductor
from appliance.tempo.pulse import BeatFell
from appliance.tempo.settings import Source, TempoSettings


def test_a_midi_clock_is_followed():
    conductor = Conductor(TempoSettings(120.0, "4/4", Source.CLOCK), 0.1)
    conductor.receive(1.0, bytes((START,)))
    for tick in range(97):
        conductor.receive(1.01 + tick * 60 / 87 / 24, bytes((CLOCK,)))
    assert conductor.pulse.qpm == pytest.approx(87.0)
    assert conductor.pulse.origin == pytest.approx(1.01)


@pytest.mark.parametrize("meter", ["3/4", "6/8", "7/8", "5/4"])
def test_a_count_in_has_the_beats_of_any_meter(meter):
    conductor = Conductor(TempoSettings(120.0, meter), 0.1)
    conductor.count_in(0.0)
    said = []
    while (deadline := conductor.next_deadline()) is not None and deadline <= conductor.pulse.origin:
        said += [one for one in conductor.advance(deadline) if isinstance(one, BeatFell)]
    counted = [one for one in said if one.clicks]
    assert [one.beat for one in counted] == list(range(int(meter.split("/")[0])))
    assert {one.bar for one in counted} == {-1}


def test_the_metronome_has_an_output_of_its_own():
    sent = []
    clicks = MetronomeSettings("click", on=True, count_in=1, channel=10, first=(76, 110), other=(77, 80))
    out = OutSettings({"click": "A", "synth": "B"}, channel=10, length=0.05)
    broadcast = Broadcast(out, clicks, {"duet": ["synth"]}, sent.extend, lambda _: None, osc=False)
    broadcast.tell(Told("", BeatFell(1.0, 0, 0, clicks=True)), 0.9)
    (messages,) = sent
    assert isinstance(messages, Messages)
    assert {one.port for one in messages.messages} == {"click"}
