"""A flood of messages before the player's loop, in virtual time: what waits is bounded, and a panic is heard first."""

from appliance.controls.binding import Binding
from appliance.controls.control import Control
from appliance.drivers.midi_file import Message
from appliance.happenings import HitHeard
from appliance.loop import _MOST
from tests.parrot import Parrot
from tests.rooms import KICK, SNARE, instrument, note_on
from tests.test_loop import ROCK, Concert

LATER = [Message(message.time + 30.0, message.data) for message in ROCK]
FLOOD = [Message(0.5, note_on(30 + number % 60)) for number in range(20_000)]
PUSH = bytes((0xB0, 11, 127))


class CountingConcert(Concert):
    """Notes how many messages wait whenever the loop does."""

    most = 0

    def wait(self, filenos, deadline):
        self.most = max(self.most, len(self.loop._waiting))
        return super().wait(filenos, deadline)


def test_what_a_flood_brings_is_bounded_and_the_next_call_is_answered():
    concert = CountingConcert([*FLOOD, Message(0.5, bytes((0xB9, 120, 0))), *LATER])
    assert concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    assert concert.most <= _MOST
    assert concert.striker.panics == 1
    assert [stroke.pitch for _, stroke in concert.striker.sent] == [KICK, SNARE, KICK]


def test_a_panic_that_is_bound_is_heard_before_the_hits_that_wait():
    concert = Concert([*FLOOD, Message(0.5, PUSH), *LATER])
    band = instrument(Parrot(), bindings=(Binding(Control.PANIC, "cc 11"),))
    assert concert.loop.run(band, concert.pad, answers=1)
    assert concert.striker.panics == 1
    hits = [entry.event for entry in concert.entries if isinstance(entry.event, HitHeard)]
    assert len(hits) == len(ROCK)


def test_a_flood_without_a_panic_is_bounded_too():
    concert = CountingConcert(FLOOD, stops_at=20.0)
    concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    assert 0 < concert.most <= _MOST
