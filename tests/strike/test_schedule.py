"""Strokes land on time or are left out, with the reason."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import LeftOut, Reason
from appliance.strike.schedule import CAPACITY, DutyChange, Schedule
from appliance.strike.touch import profile_of

SHIPPED = load_settings().room("strike", StrikeSettings)
KICK, SNARE, ELECTRIC_SNARE, CLOSED_HAT, OPEN_HAT, NO_DRUM = 36, 38, 40, 42, 46, 3


def lead(pitch: int, velocity: int) -> float:
    motor = SHIPPED.kit.motor_for(pitch)
    assert motor is not None
    return profile_of(motor, velocity).lead


def drain(schedule: Schedule) -> list[DutyChange]:
    changes = []
    while (deadline := schedule.next_deadline()) is not None:
        changes += schedule.advance(deadline)
    return changes


def reasons(schedule: Schedule) -> list[tuple[Stroke, str]]:
    return [(left_out.stroke, str(left_out.reason)) for left_out in schedule.outbox.take_left_out()]


@pytest.mark.parametrize("velocity", [1, 64, 127])
def test_a_stroke_starts_its_lead_before_the_beat(velocity: int) -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive([Stroke(10.0, SNARE, velocity)], now=9.0, batch=7)
    assert schedule.next_deadline() == 10.0 - lead(SNARE, velocity)
    first, *rest = drain(schedule)
    assert (first.begins, first.batch) == (Stroke(10.0, SNARE, velocity), 7)
    assert [change.begins for change in rest] == [None] * 3
    assert rest[-1].duty == 0.0


def test_nothing_is_due_before_its_deadline() -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive([Stroke(10.0, SNARE, 100)], now=9.0)
    deadline = schedule.next_deadline()
    assert deadline is not None
    assert schedule.advance(deadline - 1e-6) == []
    assert len(schedule.advance(deadline)) == 1


def test_a_stroke_whose_start_is_past_is_left_out_and_none_is_hurried() -> None:
    schedule = Schedule(SHIPPED)
    late = [Stroke(1.0 + i / 10, KICK, 100) for i in range(8)]
    schedule.receive(late, now=2.0)
    assert schedule.next_deadline() is None
    assert reasons(schedule) == [(stroke, "late") for stroke in late]


def test_within_the_tolerance_a_stroke_is_played() -> None:
    start = 10.0 - lead(KICK, 100)
    for behind, left in ((0.0019, []), (0.0021, [(Stroke(10.0, KICK, 100), "late")])):
        schedule = Schedule(SHIPPED)
        schedule.receive([Stroke(10.0, KICK, 100)], now=start + behind)
        assert reasons(schedule) == left


def test_a_striker_that_was_stopped_for_a_second_plays_no_burst() -> None:
    schedule = Schedule(SHIPPED)
    strokes = [Stroke(1.0 + i / 5, SNARE, 90) for i in range(10)]
    schedule.receive(strokes, now=0.0)
    assert schedule.advance(2.0) == []
    assert reasons(schedule) == [(stroke, "late") for stroke in strokes if stroke.time - lead(SNARE, 90) < 2.0]
    assert [change.begins for change in drain(schedule) if change.begins] == strokes[6:]


def test_a_motion_under_way_ends_even_when_nobody_looked() -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive([Stroke(1.0, SNARE, 90)], now=0.0)
    begin = schedule.next_deadline()
    assert begin is not None
    schedule.advance(begin)
    assert [change.duty for change in schedule.advance(5.0)][-1] == 0.0
    assert schedule.waiting == 0


def test_a_motor_that_is_not_back_at_rest_leaves_the_stroke_out() -> None:
    schedule = Schedule(SHIPPED)
    first, second = Stroke(10.0, SNARE, 100), Stroke(10.03, SNARE, 100)
    schedule.receive([first, second], now=9.0)
    assert reasons(schedule) == [(second, "recovery")]


@pytest.mark.parametrize(("rest", "left"), [(0.5, ["recovery"]), (1.5, [])])
def test_two_motions_of_a_motor_are_a_dead_time_apart(rest: float, left: list[str]) -> None:
    schedule = Schedule(SHIPPED)
    motion = SHIPPED.motors[1].hard.lead + SHIPPED.motors[1].back.contact + SHIPPED.motors[1].back.seconds
    later = Stroke(10.0 + motion + rest * SHIPPED.dead_time, SNARE, 127)
    schedule.receive([Stroke(10.0, SNARE, 127), later], now=9.0)
    assert [reason for _, reason in reasons(schedule)] == left


@pytest.mark.parametrize(("rest", "left"), [(0.5, ["recovery"]), (1.5, [])])
def test_a_motion_that_a_panic_broke_off_counts_with_its_dead_time(rest: float, left: list[str]) -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive([Stroke(10.0, SNARE, 127)], now=9.0)
    begin = schedule.next_deadline()
    assert begin is not None
    schedule.advance(begin)
    schedule.panic()
    motion = SHIPPED.motors[1].hard.lead + SHIPPED.motors[1].back.contact + SHIPPED.motors[1].back.seconds
    schedule.receive([Stroke(10.0 + motion + rest * SHIPPED.dead_time, SNARE, 127)], now=begin)
    assert [reason for _, reason in reasons(schedule)] == left


def test_of_strokes_that_come_together_the_earliest_has_the_motor() -> None:
    schedule = Schedule(SHIPPED)
    early, late = Stroke(10.0, SNARE, 100), Stroke(10.03, SNARE, 100)
    schedule.receive([late, early], now=9.0)
    assert reasons(schedule) == [(late, "recovery")]


def test_a_stroke_that_comes_later_does_not_push_out_one_that_stands() -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive([Stroke(10.0, SNARE, 60)], now=9.0)
    schedule.receive([Stroke(9.97, SNARE, 127)], now=9.0)
    assert reasons(schedule) == [(Stroke(9.97, SNARE, 127), "recovery")]


def test_both_hi_hats_share_one_recovery() -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive([Stroke(10.0, CLOSED_HAT, 100), Stroke(10.02, OPEN_HAT, 100)], now=9.0)
    assert reasons(schedule) == [(Stroke(10.02, OPEN_HAT, 100), "recovery")]


def test_sixteenths_at_200_quarters_a_minute_are_all_played() -> None:
    for velocities in ((127,) * 16, (1,) * 16, (127, 1) * 8):
        schedule = Schedule(SHIPPED)
        schedule.receive([Stroke(1 + i * 60 / 200 / 4, SNARE, v) for i, v in enumerate(velocities)], now=0.0)
        assert reasons(schedule) == []


@pytest.mark.parametrize("order", [(80, 100), (100, 80)])
def test_of_two_strokes_on_one_drum_at_once_the_harder_is_played(order: tuple[int, int]) -> None:
    schedule = Schedule(SHIPPED)
    for velocity, pitch in zip(order, (SNARE, ELECTRIC_SNARE), strict=True):
        schedule.receive([Stroke(10.0, pitch, velocity)], now=9.0)
    assert [(stroke.velocity, reason) for stroke, reason in reasons(schedule)] == [(80, "doubled")]
    assert [change.begins.velocity for change in drain(schedule) if change.begins] == [100]


def test_a_harder_twin_that_comes_when_the_softer_moves_already_is_left_out() -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive([Stroke(10.0, SNARE, 1)], now=9.0)
    begin = schedule.next_deadline()
    assert begin is not None
    schedule.advance(begin)
    schedule.receive([Stroke(10.0, SNARE, 127)], now=begin)
    assert reasons(schedule) == [(Stroke(10.0, SNARE, 127), "doubled")]


def test_different_drums_sound_together() -> None:
    schedule = Schedule(SHIPPED)
    strokes = [Stroke(10.0, pitch, 100) for pitch in (KICK, SNARE, CLOSED_HAT)]
    schedule.receive(strokes, now=9.0)
    begun = {change.begins: change.time for change in drain(schedule) if change.begins}
    assert begun == {stroke: 10.0 - lead(stroke.pitch, 100) for stroke in strokes}


def test_ties_go_in_the_order_of_arrival() -> None:
    toms = [45, 48]  # two motors with the same profile
    for pitches in (toms, toms[::-1]):
        schedule = Schedule(SHIPPED)
        schedule.receive([Stroke(10.0, pitch, 100) for pitch in pitches], now=9.0)
        assert [change.begins.pitch for change in drain(schedule) if change.begins] == pitches


def test_a_pitch_that_no_motor_plays_is_left_out() -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive([Stroke(10.0, NO_DRUM, 100)], now=9.0, batch=4)
    assert schedule.outbox.take_left_out() == [LeftOut(Stroke(10.0, NO_DRUM, 100), Reason.NO_MOTOR, 4)]
    assert schedule.outbox.take_left_out() == []


def test_a_cancel_drops_what_was_to_sound_from_then_on_and_has_not_begun() -> None:
    schedule = Schedule(SHIPPED)
    strokes = [Stroke(10.0 + i / 10, SNARE, 100) for i in range(5)]
    schedule.receive(strokes, now=9.0)
    begin = schedule.next_deadline()
    assert begin is not None
    schedule.advance(begin)
    schedule.cancel(after=0.0)
    assert reasons(schedule) == [(stroke, "cancelled") for stroke in strokes[1:]]
    assert drain(schedule)[-1].duty == 0.0
    schedule.receive(strokes[1:], now=10.05)
    schedule.cancel(after=10.2)
    assert reasons(schedule) == [(stroke, "cancelled") for stroke in strokes[2:]]


def test_after_a_panic_nothing_moves_and_a_motor_under_way_counts_as_busy() -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive([Stroke(10.0, SNARE, 100), Stroke(10.0, KICK, 20), Stroke(11.0, SNARE, 100)], now=9.0)
    begin = schedule.next_deadline()
    assert begin is not None
    schedule.advance(begin)  # the kick, which has the longer lead
    schedule.panic()
    assert schedule.next_deadline() is None
    assert [reason for _, reason in reasons(schedule)] == ["panic", "panic"]
    schedule.receive([Stroke(10.04, KICK, 100), Stroke(10.04, SNARE, 100), Stroke(10.1, KICK, 100)], now=begin + 0.001)
    assert reasons(schedule) == [(Stroke(10.04, KICK, 100), "recovery")]


def test_a_motor_at_fault_plays_no_more_and_the_others_do() -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive([Stroke(10.0, SNARE, 100), Stroke(10.0, KICK, 100)], now=9.0)
    schedule.take_out("snare")
    schedule.receive([Stroke(11.0, SNARE, 100)], now=9.0)
    assert reasons(schedule) == [(Stroke(10.0, SNARE, 100), "fault"), (Stroke(11.0, SNARE, 100), "fault")]
    assert {change.motor for change in drain(schedule)} == {"kick"}


def test_a_client_gone_wild_is_stopped_at_the_capacity() -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive([Stroke(10.0 + i, SNARE, 100) for i in range(CAPACITY + 2)], now=0.0)
    assert schedule.waiting == CAPACITY
    assert [reason for _, reason in reasons(schedule)] == ["full", "full"]


strokes_in_two_seconds = st.builds(
    Stroke,
    time=st.floats(0, 2),
    pitch=st.sampled_from([NO_DRUM, KICK, SNARE, ELECTRIC_SNARE, CLOSED_HAT, OPEN_HAT, 45, 48, 50, 49, 51]),
    velocity=st.integers(1, 127),
)


@given(st.lists(strokes_in_two_seconds, max_size=60))
def test_every_stroke_is_begun_once_or_left_out_once(strokes: list[Stroke]) -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive(strokes, now=0.5)
    begun = [change.begins for change in drain(schedule) if change.begins]
    left = [stroke for stroke, _ in reasons(schedule)]
    assert sorted(begun + left, key=repr) == sorted(strokes, key=repr)


@given(st.lists(strokes_in_two_seconds, max_size=60))
def test_no_motor_has_two_motions_at_a_time(strokes: list[Stroke]) -> None:
    schedule = Schedule(SHIPPED)
    schedule.receive(strokes, now=-1.0)
    by_motor: dict[str, list[DutyChange]] = {}
    for change in drain(schedule):
        by_motor.setdefault(change.motor, []).append(change)
    for changes in by_motor.values():
        motions = [changes[first : first + 4] for first in range(0, len(changes), 4)]
        assert all([change.begins is None for change in motion] == [False, True, True, True] for motion in motions)
        rests = [later[0].time - earlier[-1].time for earlier, later in itertools.pairwise(motions)]
        assert all(rest >= SHIPPED.dead_time - 1e-9 for rest in rests)
