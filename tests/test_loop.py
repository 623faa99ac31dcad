"""The player's loop in virtual time: the wait turns the clock, the pad and the striker are in memory."""

import msgspec
import pytest

from appliance.clock import VirtualClock
from appliance.drivers.midi_file import Message
from appliance.drivers.story_pad import StoryPad
from appliance.errors import StrikerLost
from appliance.happenings import StrokesDue
from appliance.loop import Loop
from appliance.notation.hit import Stroke
from appliance.routes import DuetSettings
from appliance.strike.groove import GROOVE_BATCH, Groove
from appliance.strike.outcome import Reason, Struck
from appliance.views.concert_figures import ConcertFigures
from appliance.views.journal import Began, Entry, Fault, Hello, LeftOut, Tuned, line, read_line
from appliance.views.turn_picture import TurnPicture
from tests.parrot import Parrot
from tests.rooms import GRID, KICK, SNARE, STEP, instrument, note_on

BAR = 16 * STEP
ROCK = [Message(0.0, note_on(KICK, 110)), Message(4 * STEP, note_on(SNARE, 90)), Message(8 * STEP, note_on(KICK, 80))]


class PunctualStriker:
    """Strikes every stroke, exactly; `gone` from an instant on."""

    def __init__(self, clock, gone=float("inf"), deaf=False):
        self._clock = clock
        self._deaf = deaf
        self._gone = gone
        self._waiting = []
        self.sent = []
        self.cancelled = []
        self.panics = 0
        self.grooves = []
        self.rests = []
        self.known = []

    def begin(self, groove):
        self.grooves.append(groove)

    def rest(self):
        self.rests.append(self._clock.now())

    def send(self, strokes, batch=0, until=None):
        self.known.append(until)
        if self._clock.now() >= self._gone:
            raise StrikerLost("the striker went away")
        self.sent += [(self._clock.now(), stroke) for stroke in strokes]
        self._waiting += strokes

    def cancel(self, after):
        self.cancelled.append(after)

    def panic(self):
        self.panics += 1

    def receive(self):
        struck = [Struck(stroke, 0.0, 7) for stroke in self._waiting if stroke.time <= self._clock.now()]
        self._waiting = [stroke for stroke in self._waiting if stroke.time > self._clock.now()]
        # Another client's stroke is told to all.
        return [Struck(Stroke(0.0, KICK, 1), 0.0, batch=8), *([] if self._deaf else struck)]

    def fileno(self):
        return -1


class Concert:
    def __init__(self, messages, gone=float("inf"), stops_at=float("inf"), deaf=False):
        self.clock = VirtualClock()
        self.striker = PunctualStriker(self.clock, gone, deaf)
        self.entries = []
        self.pad = StoryPad(self.clock, messages, 0.0, 0.0)
        self.loop = Loop(self.clock, self.wait, self.striker, self.entries.append, batch=7)
        self.stops_at = stops_at

    def wait(self, filenos, deadline):
        assert deadline is not None, "the loop would wait for ever"
        self.clock.set(max(self.clock.now(), deadline))
        return self.clock.now() < self.stops_at


def test_every_stroke_reaches_the_striker_before_its_time():
    concert = Concert(ROCK)
    assert concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    assert [(stroke.time, stroke.pitch) for _, stroke in concert.striker.sent] == [
        (BAR, KICK),
        (BAR + 4 * STEP, SNARE),
        (BAR + 8 * STEP, KICK),
    ]
    assert all(at < stroke.time for at, stroke in concert.striker.sent)


def test_the_loop_ends_when_the_last_answer_has_sounded_and_was_reported():
    concert = Concert(ROCK)
    concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    assert 2 * BAR <= concert.clock.now() <= 2 * BAR + 1.0
    ours = [entry.event for entry in concert.entries if isinstance(entry.event, Struck) and entry.event.batch == 7]
    assert len(ours) == 3


def test_a_striker_that_reports_nothing_is_not_waited_for():
    concert = Concert(ROCK, deaf=True)
    assert concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    assert concert.clock.now() == pytest.approx(2 * BAR + 1.0)


def test_a_panic_in_a_call_is_no_answer():
    later = [Message(message.time + 1.0, message.data) for message in ROCK]
    concert = Concert([Message(0.0, note_on(KICK)), Message(0.5, bytes((0xB9, 123, 0))), *later])
    assert concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    assert len(concert.striker.sent) == 3


def test_a_stop_in_an_answer_takes_back_what_has_not_begun():
    concert = Concert(ROCK, stops_at=BAR + STEP)
    assert not concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    assert concert.striker.cancelled == [concert.clock.now()]


def test_a_hit_in_an_answer_takes_the_rest_of_it_back():
    concert = Concert([*ROCK, Message(BAR + 5 * STEP, note_on(SNARE))])
    assert concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    assert concert.striker.cancelled == [BAR + 5 * STEP]


def test_a_hit_that_goes_thru_is_beaten_once_for_two_duets_on_its_pad():
    concert = Concert(ROCK)
    band = instrument(Parrot(), duets={"a": DuetSettings(), "b": DuetSettings()}, thru=True, mute=True)
    assert concert.loop.run(band, concert.pad, answers=2)
    assert [stroke.pitch for _, stroke in concert.striker.sent] == [KICK, SNARE, KICK]


def test_a_hit_that_goes_thru_and_takes_the_turn_is_beaten_and_not_taken_back():
    concert = Concert([*ROCK, Message(BAR + 5 * STEP, note_on(SNARE))])
    assert concert.loop.run(instrument(Parrot(), thru=True), concert.pad, answers=1)
    (cancelled,) = concert.striker.cancelled
    assert [stroke.pitch for at, stroke in concert.striker.sent if at == cancelled <= stroke.time][-1] == SNARE


def test_a_panic_reaches_the_striker():
    concert = Concert([*ROCK, Message(BAR + STEP, bytes((0xB9, 123, 0)))])
    concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    assert concert.striker.panics == 1


def test_an_answer_is_a_song_that_the_striker_can_keep():
    concert = Concert(ROCK)
    concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    assert concert.striker.grooves == [Groove(BAR, STEP, 16)]
    # Each step, a rest too, says until when all is known; when all is sent, the silence behind it is meant.
    assert concert.striker.known == pytest.approx([BAR + (step + 0.5) * STEP for step in range(16)])
    assert len(concert.striker.rests) >= 1
    assert concert.striker.rests[-1] < 2 * BAR


def test_the_strikers_own_strokes_are_not_taken_for_the_players():
    concert = Concert(ROCK)
    concert.loop._sent = 1
    concert.loop._reply(Struck(Stroke(1.0, SNARE, 100), 0.0, GROOVE_BATCH))
    assert concert.loop._sent == 1


def test_a_lost_striker_is_said():
    concert = Concert(ROCK, gone=1.0)
    with pytest.raises(StrikerLost):
        concert.loop.run(instrument(Parrot()), concert.pad, answers=1)


def test_the_journal_reads_back_as_it_was_written():
    concert = Concert(ROCK)
    concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    concert.entries += [
        Entry(0.0, 0.0, event)
        for event in (Began("parrot", 3), Tuned("rock", GRID), Hello(1, 2, 50, True), Fault("a fuse"))
    ]
    assert [read_line(line(entry)) for entry in concert.entries] == concert.entries
    with pytest.raises(msgspec.DecodeError):
        read_line(b'{"time": 1.0')


def test_the_figures_of_a_concert_are_those_of_its_journal():
    concert = Concert(ROCK)
    concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    figures = ConcertFigures()
    stroke = next(entry.event.step.strokes[0] for entry in concert.entries if isinstance(entry.event, StrokesDue))
    for entry in [*concert.entries, Entry(9.0, 9.0, LeftOut(stroke, Reason.LATE)), Entry(9.0, 9.0, Fault("a fuse"))]:
        figures.see(entry)
    assert (figures.answers, len(figures.first_strokes)) == (1, 1)
    assert len(figures.lateness) == sum(isinstance(entry.event, Struck) for entry in concert.entries)
    assert (dict(figures.left_out), figures.faults) == ({"late": 1}, ["a fuse"])


def test_the_picture_of_a_turn_shows_call_and_strokes():
    from rich.console import Console

    concert = Concert(ROCK)
    concert.loop.run(instrument(Parrot()), concert.pad, answers=1)
    picture = TurnPicture(Tuned("rock", GRID))
    for entry in concert.entries:
        picture.see(entry)
    console = Console(width=60, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115 - closed with the test
    console.print(picture)
    text = console.export_text()
    assert text.count("|···· x··· ···· ····|") == 2
    assert text.count("|X··· ···· x··· ····|") == 2
    console.file.close()
