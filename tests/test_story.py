"""A hit followed through all rooms, in virtual time, to the pins; every write is watched by the bridge checker."""

import argparse
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.clock import VirtualClock
from appliance.commands.models import Models
from appliance.commands.rooms import Rooms
from appliance.drivers.midi_file import file_call, read_part
from appliance.happenings import AnswerEnded, CallEnded, HitHeard, Silence, StrokesDue
from appliance.notation.timeline import Grid, Timeline
from appliance.rehearsal import Rehearsal
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.striker import Striker
from appliance.views.answer_report import AnswerReport
from tests.bridge_checker import BridgeChecker
from tests.parrot import Parrot
from tests.rooms import GRID, KICK, SNARE, STEP, instrument, note_off, note_on

STORIES = sorted((Path(__file__).parent / "stories").glob("*.mid"))
STRIKE = load_settings().room("strike", StrikeSettings)


class CheckedPins:
    """A MotorDriver that hands every write to the checker."""

    def __init__(self, clock):
        self._clock = clock
        self.checker = BridgeChecker.of(STRIKE)
        self.first_push = {}

    def write(self, motor, inputs):
        self.checker.write(self._clock.now(), motor, inputs)
        if inputs.in1:
            self.first_push.setdefault(motor, self._clock.now())

    def coast_all(self):
        self.checker.finish()


class Ticks:
    """A stopwatch on which a second passes whenever it is looked at."""

    def __init__(self):
        self._now = 0.0

    def now(self):
        self._now += 1.0
        return self._now


def rehearse(rooms, messages, since=0.0, foresight=0.0):
    clock = VirtualClock(since - foresight)
    pins = CheckedPins(clock)
    rehearsal = Rehearsal(rooms, Striker(STRIKE), pins, clock, Ticks(), foresight)
    rehearsal.play(messages)
    return rehearsal, pins


def kinds(rehearsal):
    return [type(timed.happening) for timed in rehearsal.happenings]


def test_the_way_of_a_hit():
    rehearsal, pins = rehearse(instrument(Parrot()), [(0.0, note_on(KICK, 127)), (0.05, note_off(KICK))])
    order = [kind for kind in kinds(rehearsal) if kind in (HitHeard, CallEnded, StrokesDue, AnswerEnded)]
    assert order[:3] == [HitHeard, CallEnded, StrokesDue]
    assert order[-1] is AnswerEnded
    assert [(struck.stroke.time, struck.stroke.pitch) for struck in rehearsal.struck] == [(16 * STEP, KICK)]
    # The stick is on the head on the beat: its motor started one lead time before.
    hard = next(motor for motor in STRIKE.motors if motor.name == "kick").hard
    assert pins.first_push["kick"] == pytest.approx(16 * STEP - hard.lead)


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_every_story_is_answered_on_time_by_the_motors(story):
    part = read_part(story)
    grid = Grid(part.qpm, part.meter)
    call = file_call(part, grid)
    rooms = instrument(Parrot(), bars=call.bars, max_bars=call.bars, grid=grid)
    rooms.begin(call.timeline)
    rehearsal, _ = rehearse(rooms, [(message.time, message.data) for message in part.messages], call.timeline.origin)
    assert all(struck.lateness == 0.0 for struck in rehearsal.struck)
    ended = next(timed.happening for timed in rehearsal.happenings if isinstance(timed.happening, AnswerEnded))
    assert len(rehearsal.struck) + len(rehearsal.left_out) == len(ended.track.notes)
    assert len(rehearsal.struck) >= 0.95 * len(ended.track.notes)
    timeline = Timeline(ended.timeline.origin, grid)
    for struck in rehearsal.struck:
        assert struck.stroke.time == pytest.approx(timeline.time_of(timeline.step_at(struck.stroke.time)))


@pytest.mark.parametrize("qpm", [60, 120, 200, 300, 400, 450])
def test_with_the_boxs_own_horizon_the_first_stroke_of_a_live_answer_is_never_late(qpm):
    chosen = argparse.Namespace(seed=1, model=None, bars=1, temperature=None, top_k=None)
    rooms, models = Rooms(load_settings(), chosen), Models()
    grid = Grid(qpm=qpm)
    softest = [(step * grid.step_seconds, note_on(KICK, 1)) for step in range(0, 16, 4)]
    live = rooms.reader(models.engage, grid, 1, 10, rooms.horizon)
    # What a Pi may take for the first step, and the scheduler on top, is part of the horizon.
    rehearsal, _ = rehearse(live, softest, foresight=-0.009)
    assert "late" not in [left.reason.value for left in rehearsal.left_out]
    first = min(struck.stroke.time for struck in rehearsal.struck)
    assert first == pytest.approx(16 * grid.step_seconds)


def test_the_first_stroke_is_timed_from_the_end_of_its_call():
    rehearsal, _ = rehearse(instrument(Parrot()), [(0.0, note_on(KICK, 127))])
    report = AnswerReport(rehearsal, GRID, 1, "parrot")
    assert report.first_stroke == 1.0  # one look at the rooms, however many came before
    assert report.answer_seconds == 16.0  # sixteen


def test_a_panic_stops_the_motors_at_once():
    panic = (16 * STEP + 0.001, bytes((0xB0, 120, 0)))
    rehearsal, pins = rehearse(instrument(Parrot()), [(0.0, note_on(KICK)), (4 * STEP, note_on(SNARE)), panic])
    assert Silence in kinds(rehearsal)
    assert [left.reason.value for left in rehearsal.left_out] == ["panic"]
    assert pins.checker.writes[-1][0] <= panic[0]


def test_a_hit_in_the_answer_stops_what_has_not_begun():
    call = [(step * STEP, note_on(SNARE)) for step in range(0, 16, 4)]
    rehearsal, _ = rehearse(instrument(Parrot()), [*call, (22 * STEP, note_on(KICK))])
    reasons = [left.reason.value for left in rehearsal.left_out]
    assert reasons == ["cancelled", "cancelled"]


messages = st.lists(
    st.tuples(st.floats(0, 0.3), st.builds(note_on, st.sampled_from([36, 38, 42, 46, 49, 20]), st.integers(0, 127))),
    max_size=80,
)


@settings(deadline=None)
@given(messages, st.floats(40, 400), st.integers(0, 2))
def test_whatever_is_played_no_bridge_burns_and_every_stroke_has_one_outcome(played, qpm, bars):
    time, timed = 0.0, []
    for wait, message in played:
        time += wait
        timed.append((time, message))
    rehearsal, _ = rehearse(instrument(Parrot(), bars=bars, grid=Grid(qpm=qpm)), timed)
    due = [len(one.happening.step.strokes) for one in rehearsal.happenings if isinstance(one.happening, StrokesDue)]
    assert len(rehearsal.struck) + len(rehearsal.left_out) == sum(due)
    assert all(abs(struck.lateness) <= STRIKE.tolerance for struck in rehearsal.struck)
    assert rehearsal.faults == []


def test_the_same_messages_and_seed_give_the_same_concert():
    played = [(step * STEP, note_on((KICK, SNARE)[step % 2])) for step in range(16)]
    concerts = [rehearse(instrument(Parrot(), temperature=1.0), played)[0] for _ in range(2)]
    assert concerts[0].struck == concerts[1].struck
    assert msgspec.json.encode(concerts[0].happenings) == msgspec.json.encode(concerts[1].happenings)
