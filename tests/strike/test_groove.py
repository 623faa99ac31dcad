"""When the player falls silent in mid-song the beat goes on; when silence is meant there is silence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.notation.hit import Stroke
from appliance.strike.groove import GROOVE_BATCH, Groove, GrooveKeeper, Passed
from appliance.strike.outcome import LeftOut, Reason

STEP, BAR = 0.125, 2.0
SONG = Groove(origin=10.0, step_seconds=STEP, steps_per_bar=16)
BARS, LEAD = 4, 0.04
AHEAD = LEAD + 0.05
KICK, SNARE, HAT = 36, 38, 42


def beat(step: int, song: Groove = SONG, swing: float = 0.02) -> list[Stroke]:
    """Kick on one, snare on the backbeat, hats on eighths, the off ones late: a pattern that differs on each bar."""
    at, place = song.origin + step * song.step_seconds, step % song.steps_per_bar
    strokes = [Stroke(at, KICK, 100)] if place == 0 else []
    strokes += [Stroke(at, SNARE, 90)] if place in (4, 12) else []
    return strokes + ([Stroke(at + (swing if place % 4 else 0.0), HAT, 60 + step % 60)] if place % 2 == 0 else [])


class Player:
    """Sends a song step by step, each with the instant until which all is known."""

    def __init__(self, keeper: GrooveKeeper, song: Groove = SONG) -> None:
        self.keeper = keeper
        self.song = song

    def send(self, first: int, last: int, now: float, batch: int = 1) -> list[Passed]:
        return [
            self.keeper.receive(
                beat(step, self.song), self.song.origin + (step + 0.5) * self.song.step_seconds, batch, now
            )
            for step in range(first, last)
        ]


def held(steps: int, bars: int = BARS) -> tuple[GrooveKeeper, Player]:
    """A keeper that knows so many steps of a song and hears no more."""
    keeper = GrooveKeeper(bars, LEAD)
    keeper.begin(SONG)
    player = Player(keeper)
    player.send(0, steps, now=9.9)
    return keeper, player


def alone(keeper: GrooveKeeper, until: float) -> list[Stroke]:
    """What the keeper plays by itself, each deadline kept."""
    played: list[Stroke] = []
    while (deadline := keeper.next_deadline()) is not None and deadline <= until:
        passed = keeper.advance(deadline)
        assert all(batch == GROOVE_BATCH and stroke.time >= deadline + LEAD for batch, stroke in passed.strokes)
        played += [stroke for _, stroke in passed.strokes]
    return played


def expected(first: int, last: int, source_bar: int) -> list[Stroke]:
    """The steps of a stretch as the bar that is repeated has them."""
    strokes = []
    for step in range(first, last):
        bar, place = divmod(step, 16)
        later = (bar - source_bar) * BAR
        strokes += [Stroke(s.time + later, s.pitch, s.velocity) for s in beat(source_bar * 16 + place)]
    return sorted(strokes, key=repr)


def same(one: list[Stroke], other: list[Stroke]) -> bool:
    pairs = list(zip(sorted(one, key=repr), sorted(other, key=repr), strict=True))
    return all((a.pitch, a.velocity) == (b.pitch, b.velocity) and math.isclose(a.time, b.time) for a, b in pairs)


def test_what_the_player_sends_passes_at_once() -> None:
    keeper = GrooveKeeper(BARS, LEAD)
    keeper.begin(SONG)
    (passed,) = Player(keeper).send(0, 1, now=9.9, batch=7)
    assert passed == Passed(tuple((7, stroke) for stroke in beat(0)))
    assert not keeper.alone


@given(st.integers(16, 80))
def test_wherever_the_player_dies_the_last_whole_bar_goes_on_from_that_very_step(steps: int) -> None:
    keeper, _ = held(steps)
    whole = steps // 16 - 1
    end = (math.ceil(steps / 16) + BARS) * 16
    assert same(alone(keeper, math.inf), expected(steps, end, whole))


def test_micro_timing_and_velocities_are_repeated() -> None:
    keeper, _ = held(32)
    played = alone(keeper, until=14.5)
    assert [s.time - 14.0 for s in played if s.pitch == HAT][:2] == pytest.approx([0.0, 2 * STEP + 0.02])
    assert [s.velocity for s in played if s.pitch == HAT][:2] == [60 + 16, 60 + 18]


def test_a_stroke_pushed_before_its_bar_line_belongs_to_its_bar() -> None:
    keeper = GrooveKeeper(BARS, LEAD)
    keeper.begin(SONG)
    keeper.receive([Stroke(9.96, KICK, 100)], SONG.begin_of(1), 1, now=9.5)
    assert [s.time for s in alone(keeper, math.inf)] == pytest.approx([11.96, 13.96, 15.96, 17.96])


def test_after_the_set_number_of_bars_it_rests() -> None:
    keeper, _ = held(32, bars=2)
    assert max(stroke.time for stroke in alone(keeper, math.inf)) < 14.0 + 2 * BAR
    assert not keeper.alone
    assert keeper.next_deadline() is None


@pytest.mark.parametrize("steps", [0, 1, 15])
def test_without_a_whole_bar_there_is_nothing_to_repeat(steps: int) -> None:
    keeper, player = held(steps)
    assert keeper.next_deadline() is None
    assert [passed.strokes for passed in player.send(steps, steps + 1, now=20.0)] == [
        tuple((1, stroke) for stroke in beat(steps))
    ]


def test_no_bars_is_no_groove() -> None:
    keeper, _ = held(40, bars=0)
    assert keeper.next_deadline() is None


def test_the_groove_begins_in_time_for_the_slowest_stick_and_no_sooner() -> None:
    keeper, player = held(32)
    deadline = keeper.next_deadline()
    assert deadline == pytest.approx(SONG.begin_of(2) - AHEAD)
    assert keeper.advance(deadline - 1e-6) == Passed()
    player.send(32, 33, now=deadline - 1e-6)
    assert keeper.advance(deadline) == Passed()
    assert not keeper.alone


@pytest.mark.parametrize("intent", ["rest", "cancel", "panic"])
def test_silence_by_intent_is_no_groove(intent: str) -> None:
    keeper, _ = held(40)
    if intent == "rest":
        keeper.rest(now=11.0)
    else:
        keeper.stop(Reason.CANCELLED if intent == "cancel" else Reason.PANIC)
    assert keeper.next_deadline() is None
    assert alone(keeper, math.inf) == []


def test_strokes_outside_a_song_pass_and_are_no_groove() -> None:
    keeper = GrooveKeeper(BARS, LEAD)
    assert keeper.receive(beat(0), 99.0, 3, now=1.0).strokes == tuple((3, stroke) for stroke in beat(0))
    assert keeper.next_deadline() is None


def came_back(at: float, sends_from: int, sends_to: int) -> tuple[list[Stroke], list[Stroke], GrooveKeeper]:
    """Silent after 32 steps, back at an instant with a stretch of the same song: the player's strokes, the groove's."""
    keeper, player = held(32)
    mine = alone(keeper, until=at)
    theirs: list[Stroke] = []
    for passed in player.send(sends_from, sends_to, now=at, batch=2):
        if passed.cut is not None:
            mine = [stroke for stroke in mine if stroke.time < passed.cut]
        mine += [stroke for batch, stroke in passed.strokes if batch == GROOVE_BATCH]
        theirs += [stroke for batch, stroke in passed.strokes if batch == 2]
    return theirs, mine, keeper


@given(st.floats(13.9, 21.0))
def test_a_player_that_is_back_takes_over_at_a_bar_line_without_gap_or_overlap(at: float) -> None:
    theirs, mine, keeper = came_back(at, 32, 120)
    assert not keeper.alone
    line = SONG.next_bar(at + AHEAD)
    assert same(theirs, [stroke for step in range(line * 16, 120) for stroke in beat(step)])
    assert same(mine, expected(32, line * 16, 1))
    left = keeper.outbox.take_left_out()
    assert {entry.reason for entry in left} <= {Reason.GROOVE}
    sent = sorted((s for step in range(32, 120) for s in beat(step)), key=repr)
    assert sorted(theirs + [entry.stroke for entry in left if isinstance(entry, LeftOut)], key=repr) == sent


def test_a_player_that_knows_too_little_does_not_take_over_yet() -> None:
    theirs, mine, keeper = came_back(14.5, 32, 47)
    assert theirs == []
    assert keeper.alone
    assert same(mine, expected(32, 48, 1))


def test_a_new_song_takes_over_at_its_own_bar_line() -> None:
    keeper, _ = held(32)
    mine = alone(keeper, until=14.7)
    song = Groove(origin=15.3, step_seconds=0.1, steps_per_bar=14)
    keeper.begin(song)
    assert keeper.alone
    theirs: list[Stroke] = []
    for passed in Player(keeper, song).send(0, 30, now=14.7, batch=2):
        if passed.cut is not None:
            assert passed.cut == pytest.approx(15.25)
            mine = [stroke for stroke in mine if stroke.time < passed.cut]
        theirs += [stroke for batch, stroke in passed.strokes if batch == 2]
    assert theirs == [stroke for step in range(30) for stroke in beat(step, song)]
    assert max(stroke.time for stroke in mine) < 15.25
    assert not keeper.alone


def test_a_new_song_far_ahead_is_reached_by_the_groove() -> None:
    keeper, _ = held(32)
    alone(keeper, until=14.7)
    song = Groove(origin=17.5, step_seconds=STEP, steps_per_bar=16)
    keeper.begin(song)
    first, *_ = Player(keeper, song).send(0, 1, now=14.7, batch=2)
    fill = [stroke.time for batch, stroke in first.strokes if batch == GROOVE_BATCH]
    assert 16.0 <= min(fill) < max(fill) < 17.5 - STEP / 2


def test_a_player_started_again_before_it_was_missed_leaves_no_gap() -> None:
    keeper, _ = held(40)  # known until 14.9375
    keeper.begin(SONG)
    theirs, mine, cut = [], [], math.inf
    for passed in Player(keeper).send(36, 80, now=14.4, batch=2):
        cut = min(cut, passed.cut or math.inf)
        theirs += [stroke for batch, stroke in passed.strokes if batch == 2]
        mine += [stroke for batch, stroke in passed.strokes if batch == GROOVE_BATCH]
    assert cut == math.inf
    assert same(mine, expected(40, 48, 1))
    assert same(theirs, [stroke for step in range(48, 80) for stroke in beat(step)])


@given(st.integers(30, 60), st.floats(13.0, 16.5))
def test_a_new_player_has_no_bar_whose_beginning_it_does_not_know(first: int, at: float) -> None:
    keeper, _ = held(40)
    mine = alone(keeper, until=at)
    keeper.begin(SONG)
    theirs: list[Stroke] = []
    for passed in Player(keeper).send(first, 130, now=at, batch=2):
        if passed.cut is not None:
            mine = [stroke for stroke in mine if stroke.time < passed.cut]
        mine += [stroke for batch, stroke in passed.strokes if batch == GROOVE_BATCH]
        theirs += [stroke for batch, stroke in passed.strokes if batch == 2]
    line = max(SONG.next_bar(at + AHEAD), math.ceil(first / 16))
    assert same(theirs, [stroke for step in range(line * 16, 130) for stroke in beat(step)])
    assert same(mine, expected(40, line * 16, 1))


def test_a_player_that_dies_again_is_covered_again() -> None:
    _, _, keeper = came_back(14.5, 32, 70)
    assert same(alone(keeper, 18.7), expected(70, 80, 3))


def test_a_rest_while_the_striker_is_alone_ends_the_groove_at_a_bar_line() -> None:
    keeper, _ = held(32)
    mine = alone(keeper, until=14.5)
    passed = keeper.rest(now=14.5)
    line = SONG.begin_of(3)
    mine += alone(keeper, until=math.inf)
    assert max(stroke.time for stroke in mine) < (passed.cut or line) <= line
    assert not keeper.alone


def test_a_panic_while_the_striker_is_alone_ends_it_and_accounts_for_what_was_sent() -> None:
    theirs, _, keeper = came_back(14.5, 32, 40)
    keeper.stop(Reason.PANIC)
    assert not keeper.alone
    left = [entry for entry in keeper.outbox.take_left_out() if isinstance(entry, LeftOut)]
    assert theirs == []
    assert {entry.reason for entry in left} == {Reason.PANIC}
    assert sorted((entry.stroke for entry in left), key=repr) == sorted(
        (s for step in range(32, 40) for s in beat(step)), key=repr
    )


def test_an_hour_of_groove_does_not_drift() -> None:
    keeper, _ = held(32, bars=1800)
    kicks = [stroke.time for stroke in alone(keeper, math.inf) if stroke.pitch == KICK]
    assert len(kicks) == 1800
    assert max(abs(time - (14.0 + i * BAR)) for i, time in enumerate(kicks)) < 1e-9


@pytest.mark.parametrize(
    "wrong",
    [(math.nan, 0.1, 16), (math.inf, 0.1, 16), (1e300, 0.1, 16), (0.0, 0.0, 16), (0.0, math.nan, 16), (0.0, 0.1, 0)],
)
def test_a_groove_that_has_no_bars_cannot_exist(wrong: tuple[float, float, int]) -> None:
    with pytest.raises(ValueError, match=r"a groove begins|a bar is"):
        Groove(*wrong)


events = st.lists(
    st.one_of(
        st.builds(lambda o, s, n: Groove(o, s, n), st.floats(0, 30), st.floats(0.05, 0.5), st.integers(1, 32)),
        st.tuples(
            st.lists(st.builds(Stroke, st.floats(0, 30), st.just(KICK), st.integers(1, 127)), max_size=5),
            st.floats(0, 40),
        ),
        st.sampled_from(["rest", "cancel"]),
    ),
    max_size=20,
)


@given(events, st.lists(st.floats(0, 2), min_size=20, max_size=20))
def test_whatever_comes_every_stroke_passes_once_or_is_left_out_once(script: list[object], waits: list[float]) -> None:
    keeper, now, sent, seen = GrooveKeeper(2, LEAD), 0.0, [], []

    def see(passed: Passed) -> None:
        seen.extend(stroke for batch, stroke in passed.strokes if batch == 5)

    for event, wait in zip(script, waits, strict=False):
        while (deadline := keeper.next_deadline()) is not None and deadline <= now + wait:
            see(keeper.advance(max(deadline, now)))
        now += wait
        match event:
            case Groove():
                keeper.begin(event)
            case (list() as strokes, float(until)):
                sent += strokes
                see(keeper.receive(strokes, until, 5, now))
            case "rest":
                see(keeper.rest(now))
            case _:
                keeper.stop(Reason.CANCELLED)
    keeper.stop(Reason.CANCELLED)
    seen += [entry.stroke for entry in keeper.outbox.take_left_out() if isinstance(entry, LeftOut)]
    assert sorted(seen, key=repr) == sorted(sent, key=repr)
