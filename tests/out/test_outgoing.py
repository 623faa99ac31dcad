"""What waits to be sent, in virtual time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.notation.hit import Stroke
from appliance.out.clock_maker import ClockMaker
from appliance.out.metronome import click
from appliance.out.notes import notes
from appliance.out.outgoing import MOST, TOLERANCE, Outgoing
from appliance.out.settings import MetronomeSettings
from appliance.out.wire import Cut, Follow, Hush, Message, Messages, Say
from appliance.tempo.pulse import BeatFell, Pulse

ON, OFF = bytes((0x99, 38, 100)), bytes((0x89, 38, 0))


def outgoing(clocked=(), osc_ahead=0.1):
    return Outgoing(ClockMaker(always=True), clocked, osc_ahead)


def note(time, port="synth", source="left"):
    return Messages((Message(time, port, ON), Message(time + 0.05, port, OFF)), source)


def sent(the, end):
    due = []
    while (deadline := the.next_deadline()) is not None and deadline <= end:
        due += the.advance(deadline)
    return due


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50))
def test_everything_is_sent_once_at_its_instant_and_in_order(times):
    the = outgoing()
    for time in times:
        the.receive(Messages((Message(time, "synth", ON),)), 0.0)
    assert [due.time for due in sent(the, 100.0)] == sorted(times)
    assert the.next_deadline() is None


def test_a_late_note_is_left_out_and_its_end_is_not():
    the = outgoing()
    the.receive(note(1.0), 0.0)
    due = the.advance(1.0 + TOLERANCE + 0.1)
    assert [one.what for one in due] == [OFF]
    assert the.left_out == 1


def test_what_is_cut_is_not_begun():
    the = outgoing()
    for time in (1.0, 2.0, 3.0):
        the.receive(note(time), 0.0)
        the.receive(note(time, source="right"), 0.0)
    the.receive(Cut(2.0, "left"), 1.5)
    assert sum(one.what == ON and one.source == "left" for one in sent(the, 9.0)) == 1


def test_osc_is_cut_by_the_instant_that_it_speaks_of():
    the = outgoing(osc_ahead=0.5)
    the.receive(Say(2.2, "/ghostnote/stroke", (), "left"), 0.0)
    the.receive(Say(1.9, "/ghostnote/stroke", (), "left"), 0.0)
    the.receive(Cut(2.0, "left"), 1.0)
    assert [one.what.time for one in sent(the, 9.0)] == [1.9]


def test_a_panic_ends_every_note_and_leaves_nothing():
    the = outgoing()
    the.receive(note(1.0), 0.0)
    the.receive(note(5.0), 0.0)
    the.advance(1.0)
    the.receive(Hush(), 1.01)
    due = the.advance(1.01)
    assert [one.what for one in due] == [OFF, bytes((0xB9, 120, 0)), bytes((0xB9, 123, 0))]
    assert the.next_deadline() is None


def test_the_clock_goes_to_every_port_that_wants_it():
    the = outgoing(clocked=("video", "synth"))
    the.receive(Follow(0.0, Pulse(0.0, 120.0), playing=True), 0.0)
    ports = [one.port for one in sent(the, 0.5)]
    assert ports.count("video") == ports.count("synth") == 26  # a start and 25 ticks


def test_a_flood_stays_within_its_bound():
    the = outgoing()
    for time in range(MOST + 100):
        the.receive(Messages((Message(1.0 + time, "synth", ON),)), 0.0)
    assert the.left_out == 100
    assert len(sent(the, 1e9)) == MOST


def test_strokes_are_notes_on_their_channel():
    on, off = notes([Stroke(1.0, 36, 90)], "synth", 10, 0.05)
    assert (on.time, on.data) == (1.0, bytes((0x99, 36, 90)))
    assert (off.time, off.data) == (1.05, bytes((0x89, 36, 0)))


def test_a_bars_first_click_sounds_otherwise():
    settings = MetronomeSettings("synth", on=True, count_in=1, channel=10, first=(76, 110), other=(77, 80))
    assert click(BeatFell(1.0, 3, 0, clicks=True), settings) == Stroke(1.0, 76, 110)
    assert click(BeatFell(1.5, 3, 1, clicks=True), settings) == Stroke(1.5, 77, 80)
    assert click(BeatFell(2.0, 3, 2, clicks=False), settings) is None


@pytest.mark.parametrize("offset", [-0.035, 0.02])
def test_notes_go_out_earlier_or_later_by_the_offset_and_are_cut_by_their_own_instants(offset):
    waiting = Outgoing(ClockMaker(always=False), (), 0.1, offset)
    for time in (1.0, 2.0, 3.0):
        waiting.receive(note(time), 0.0)
    waiting.receive(Cut(3.0, "left"), 0.0)
    sent = []
    while (deadline := waiting.next_deadline()) is not None:
        sent += waiting.advance(deadline)
    assert [due.time for due in sent if due.what == ON] == [1.0 + offset, 2.0 + offset]


def test_a_note_whose_earlier_instant_has_passed_goes_out_at_once():
    waiting = Outgoing(ClockMaker(always=False), (), 0.1, -0.5)
    waiting.receive(note(1.1), 1.1)
    assert [due.what for due in waiting.advance(1.1)] == [ON, OFF]
    assert waiting.left_out == 0
