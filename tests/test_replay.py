"""An evening in virtual time, with a worker that is slow and dies, and the same evening from its journal."""

import random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.answer.answerer import Answerer
from appliance.clock import VirtualClock
from appliance.commands.replay import moments
from appliance.controls.control import Control, Turned
from appliance.drivers.answerers import Answerers
from appliance.drivers.midi_file import Message
from appliance.drivers.story_pad import StoryPad
from appliance.drivers.worker import WorkerSettings
from appliance.happenings import LastBarHeld, StrokesDue
from appliance.inputs import Input
from appliance.loop import Loop
from appliance.notation.timeline import Meter
from appliance.recording import Recorded, Repeated
from appliance.replay import Replay
from appliance.routes import DuetSettings
from appliance.views.journal import Entry, line, read_line
from tests.drivers.memory_worker import MemoryProcess
from tests.parrot import Parrot
from tests.rooms import HAT, KICK, SNARE, STEP, instrument, note_on
from tests.test_loop import PunctualStriker

END = 20.0
SETTINGS = WorkerSettings(patience=1.0, loading=60.0, nice=0)
TWO = {"a": DuetSettings(), "b": DuetSettings(inputs=("a",), outputs=())}
ROCK = [(0.0, note_on(KICK, 110)), (4 * STEP, note_on(SNARE, 90)), (8 * STEP, note_on(KICK, 80))]


class Dice(Parrot):
    """Every label is as likely as any other: nothing but chance decides."""

    def step(self, inputs, state):
        logits, state = super().step(inputs, state)
        return np.zeros_like(logits), state


class Hands:
    """A Helper of the loop that turns controls, and asks for what has no instant of its own: pairs of when and what."""

    def __init__(self, turns, asked=()):
        timed = [(turned.time, turned) for turned in turns] + list(asked)
        self._asked = sorted(timed, key=lambda pair: pair[0])

    def filenos(self):
        return []

    def next_deadline(self):
        return self._asked[0][0] if self._asked else None

    def advance(self, now):
        due = [what for when, what in self._asked if when <= now]
        self._asked = self._asked[len(due) :]
        return due


class Evening:
    """A player's loop around a band whose duets are answered by a worker in memory; all of it goes to the journal."""

    def __init__(self, hits, turns=(), deaths=(), seed=0, **rooms):
        self.clock = VirtualClock()
        self.lines = []
        self.rooms = rooms
        self._chance = random.Random(seed)
        self._deaths = sorted(deaths)
        self._worker = None
        self._answerers = Answerers(SETTINGS, self.clock, self._start, ["parrot"])
        places = iter(range(100))

        def engage(answerer):
            place = next(places)
            return Recorded(self._answerers.seat("parrot", 1 + place, Meter()), place, self.note)

        band = instrument(Dice(), temperature=1.0, engage=engage, **rooms)
        pad = StoryPad(self.clock, [Message(*hit) for hit in hits], 0.0, 0.0)
        helpers = [self._answerers, Hands(turns)]
        striker = PunctualStriker(self.clock)
        loop = Loop(self.clock, self._wait, striker, self._tell, 7, helpers=helpers, note=self.note)
        loop.run(band, pad, answers=None)

    def note(self, told):
        self._tell(Entry(self.clock.now(), self.clock.now(), told))

    def again(self, **changes):
        """The verdict on the same evening from its lines, which are read back from their bytes."""
        answerers = []

        def engage(answerer):
            answerers.append(Repeated(answerer))
            return answerers[-1]

        replay = Replay()
        replay.begin(instrument(Dice(), temperature=1.0, engage=engage, **{**self.rooms, **changes}), answerers)
        for moment in moments((str(number), read_line(text)) for number, text in enumerate(self.lines)):
            replay.tell(moment)
        return replay.verdict()

    def of(self, kind):
        return [event for text in self.lines if isinstance(event := read_line(text).event, kind)]

    def _tell(self, entry):
        self.lines.append(line(entry))

    def _start(self):
        self._worker = MemoryProcess(1, lambda seat: Answerer(lambda _: Dice(), seat.model, seat.seed, seat.meter))
        return self._worker

    def _wait(self, filenos, deadline):
        now = self.clock.now()
        if self._deaths and self._deaths[0] <= now:
            self._deaths.pop(0)
            self._worker.ended = "it was killed by SIGKILL"
        working = self._worker is not None and not self._worker.ended and self._worker._workbench.busy()
        # While a worker works the loop is woken by each of its reports, after some milliseconds.
        woken = now + self._chance.random() * 0.02 if working else deadline
        self.clock.set(max(now, min(woken, deadline)))
        return self.clock.now() < END


def test_an_evening_is_the_same_from_its_journal():
    evening = Evening([(turn * 5.0 + time, message) for turn in range(3) for time, message in ROCK])
    verdict = evening.again()
    assert (verdict.answers, verdict.same, verdict.difference) == (3, 3, None)
    assert len(evening.of(StrokesDue)) == 48


def test_a_last_groove_is_the_same_from_its_journal():
    evening = Evening(ROCK, deaths=[1.9] * 10)  # no worker comes so far as to answer
    assert evening.of(LastBarHeld)
    verdict = evening.again()
    assert (verdict.answers, verdict.same, verdict.difference) == (1, 1, None)


def test_another_answer_is_noticed():
    evening = Evening(ROCK)
    place, entry = next(
        (place, entry)
        for place, entry in enumerate(map(read_line, evening.lines))
        if isinstance(entry.event, StrokesDue) and entry.event.step.strokes
    )
    step = entry.event.step
    first = msgspec.structs.replace(step.strokes[0], velocity=step.strokes[0].velocity % 127 + 1)
    spoilt = StrokesDue(msgspec.structs.replace(step, strokes=(first, *step.strokes[1:])))
    evening.lines[place] = line(msgspec.structs.replace(entry, event=spoilt))
    verdict = evening.again()
    assert (verdict.answers, verdict.same) == (1, 0)
    assert verdict.difference.then.happening == spoilt


def test_other_rooms_are_noticed():
    verdict = Evening(ROCK, bars=1).again(bars=2)
    assert verdict.same < verdict.answers
    assert verdict.difference is not None


def test_a_journal_that_was_cut_off_is_the_same_as_far_as_it_goes():
    evening = Evening(ROCK)
    whole = list(evening.lines)
    for cut in range(1, len(whole), 7):
        evening.lines = whole[:cut]
        verdict = evening.again()
        assert verdict.difference is None
        assert verdict.same == verdict.answers


turned = st.one_of(
    st.tuples(st.just(Control.TEMPERATURE), st.sampled_from([0.5, 1.5])),
    st.tuples(st.just(Control.TEMPO), st.sampled_from([90.0, 140.0])),
    st.tuples(st.just(Control.MODE), st.sampled_from(["answer", "trade", "accompany", "echo"])),
    st.tuples(st.sampled_from([Control.LOOP, Control.MUTE, Control.OVERLAP, Control.MEMORY]), st.booleans()),
    st.tuples(st.sampled_from([Control.MUTATE, Control.UNDO, Control.END_CALL, Control.PANIC, Control.COUNT_IN])),
)
instants = st.floats(0.0, END)


@settings(deadline=None, max_examples=60)
@given(
    hits=st.lists(st.tuples(instants, st.sampled_from([KICK, SNARE, HAT])), max_size=40),
    turns=st.lists(st.tuples(instants, turned), max_size=8),
    mode=st.sampled_from(["answer", "trade", "accompany", "echo"]),
    two=st.booleans(),
    seed=st.integers(0, 99),
)
def test_whatever_is_played_and_turned_is_the_same_from_its_journal(hits, turns, mode, two, seed):
    played = sorted((time, note_on(key)) for time, key in hits)
    turns = [Turned(time, *what) for time, what in turns]
    evening = Evening(played, turns, seed=seed, mode=mode, bars=0, duets=TWO if two else None)
    verdict = evening.again()
    assert verdict.difference is None
    assert verdict.same == verdict.answers


@settings(deadline=None, max_examples=40)
@given(
    hits=st.lists(st.tuples(instants, st.sampled_from([KICK, SNARE, HAT])), min_size=4, max_size=40),
    deaths=st.lists(instants, max_size=4),
    seed=st.integers(0, 99),
)
def test_workers_that_die_leave_no_trace_in_what_is_repeated(hits, deaths, seed):
    evening = Evening(sorted((time, note_on(key)) for time, key in hits), deaths=deaths, seed=seed)
    verdict = evening.again()
    assert verdict.difference is None
    assert verdict.inputs == len(evening.of(Input))


@pytest.mark.parametrize("text", [b"{}\n", b"\x00\n", b'{"time":1}\n'])
def test_a_line_that_is_none_is_said_with_its_place(tmp_path, text):
    from appliance.commands.evenings import entries_of
    from appliance.errors import SettingsError

    journal = tmp_path / "evening_000001_part_0001.jsonl"
    journal.write_bytes(text)
    with pytest.raises(SettingsError, match=r"part_0001\.jsonl:1"):
        list(entries_of(journal))
