"""Solenoids, doubles, shared drums, chokes, hot motors: what a stroke becomes where the kit is not the plainest one."""

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.budget import Budget
from appliance.strike.kit import Motor, Rebound, Return, StrikeSettings
from appliance.strike.outcome import LeftOut, NotTried, Reason, Struck
from appliance.strike.striker import Striker
from appliance.strike.trial import Try
from tests.bridge_checker import BridgeChecker

SHIPPED = load_settings().room("strike", StrikeSettings)
SNARE = SHIPPED.motors[1]
KEY, KICK, CLOSED, OPEN = 38, 36, 42, 46
REBOUND = Rebound(soonest=0.03, latest=0.055, forward=0.01, duty=0.9, lead=0.02)


def kit(*motors: Motor) -> StrikeSettings:
    return msgspec.structs.replace(SHIPPED, motors=motors)


def snare(**fields: object) -> Motor:
    return msgspec.structs.replace(SNARE, **fields)


SCANT = Budget(on=0.06, window=4.0)  # two hard strokes and no third


class Stand:
    """A striker whose writes are all punctual and checked."""

    def __init__(self, settings: StrikeSettings) -> None:
        self.striker = Striker(settings)
        self.checker = BridgeChecker.of(settings)
        self.struck: list[Struck] = []

    def play(self, *strokes: Stroke, until: float = float("inf")) -> list[tuple[float, float]]:
        """The times and reasons of what was left out stay in the striker; (instant, signed duty) of each write."""
        self.striker.receive(strokes, now=0.0)
        first = len(self.checker.writes)
        while (deadline := self.striker.next_deadline()) is not None and deadline <= until:
            for write in self.striker.advance(deadline):
                self.checker.write(deadline, write.motor, write.inputs)
                self.striker.written(write, deadline)
                report = write.struck(deadline)
                if isinstance(report, Struck):
                    self.struck.append(report)
        if until == float("inf"):
            self.checker.finish()
        return [(at, inputs.driven * inputs.duty) for at, _, inputs in self.checker.writes[first:]]

    def reasons(self) -> list[tuple[float, Reason]]:
        left_out = self.striker.outbox.take_left_out()
        return [(left.stroke.time, left.reason) for left in left_out if isinstance(left, LeftOut)]


def test_a_solenoid_is_pushed_and_never_pulled() -> None:
    solenoid = snare(back=Return(contact=0.005, seconds=0.03, duty=0.0))
    stand = Stand(kit(solenoid))
    writes = stand.play(Stroke(1.0, KEY, 127), Stroke(1.055, KEY, 127), Stroke(1.2, KEY, 127))
    assert [duty for _, duty in writes] == [1.0, 0.0] * 2
    assert stand.reasons() == [(1.055, Reason.RECOVERY)]  # its spring has not taken it back yet


def test_a_try_never_pulls_a_solenoid() -> None:
    striker = Striker(kit(snare(back=Return(contact=0.005, seconds=0.03, duty=0.0))))
    pulling = Try("snare", 1.0, forward=0.02, duty=0.5, pause=0.01, back=0.02, back_duty=0.5)
    striker.attempt(pulling, now=0.0)
    assert striker.outbox.take_left_out() == [NotTried(pulling, Reason.LIMIT)]


def test_a_stroke_too_soon_for_a_motion_of_its_own_is_the_second_of_a_double() -> None:
    stand = Stand(kit(snare(rebound=REBOUND)))
    writes = stand.play(Stroke(1.0, KEY, 127), Stroke(1.04, KEY, 90))
    instants, duties = zip(*writes, strict=True)
    assert instants == pytest.approx(
        (0.976, 0.998, 1.02, 1.03, 1.045, 1.065)  # lead 24 ms, forward 22; push 20 ms before 1.04; pull 5 ms behind it
    )
    assert duties == (1.0, 0.0, 0.9, 0.0, -0.55, 0.0)
    assert [report.stroke.time for report in stand.struck] == [1.0, 1.04]
    assert all(report.lateness == pytest.approx(0.0, abs=1e-9) for report in stand.struck)


@pytest.mark.parametrize("gap", [0.029, 0.056])
def test_outside_its_bounds_there_is_no_double(gap: float) -> None:
    stand = Stand(kit(snare(rebound=REBOUND, soft=SNARE.hard, back=Return(0.005, 0.04, 0.5))))
    stand.play(Stroke(1.0, KEY, 127), Stroke(1.0 + gap, KEY, 127))
    assert stand.reasons() == [(1.0 + gap, Reason.RECOVERY)]


def test_a_double_never_becomes_a_triple_and_none_is_made_of_a_stroke_under_way() -> None:
    stand = Stand(kit(snare(rebound=REBOUND)))
    stand.play(Stroke(1.0, KEY, 127), Stroke(1.04, KEY, 127), Stroke(1.08, KEY, 127), until=0.98)
    stand.play(Stroke(2.0, KEY, 127), until=1.98)
    stand.play(Stroke(2.04, KEY, 127))
    assert stand.reasons() == [(1.08, Reason.RECOVERY), (2.04, Reason.RECOVERY)]


def test_the_second_of_a_double_can_be_cancelled_alone() -> None:
    stand = Stand(kit(snare(rebound=REBOUND)))
    stand.striker.receive([Stroke(1.0, KEY, 127), Stroke(1.04, KEY, 90)], now=0.0)
    stand.striker.cancel(after=1.02)
    assert stand.reasons() == [(1.04, Reason.CANCELLED)]
    assert [duty for _, duty in stand.play()] == [1.0, 0.0, -0.55, 0.0]


def test_a_panic_accounts_for_both_strokes_of_a_double() -> None:
    stand = Stand(kit(snare(rebound=REBOUND)))
    stand.play(Stroke(1.0, KEY, 127), Stroke(1.04, KEY, 90), until=0.98)
    stand.striker.panic(0.98)
    assert stand.reasons() == [(1.04, Reason.PANIC)]
    assert [report.stroke.time for report in stand.struck] == [1.0]


def test_a_second_push_that_comes_too_late_is_left_out_and_the_stick_is_pulled_back() -> None:
    stand = Stand(kit(snare(rebound=REBOUND)))
    stand.play(Stroke(1.0, KEY, 127), Stroke(1.04, KEY, 90), until=1.019)
    (push,) = stand.striker.advance(1.02 + 1e-9)
    assert push.follows
    assert stand.striker.missed(push, 1.03)
    stand.striker.written(push, 1.03)
    assert stand.reasons() == [(1.04, Reason.LATE)]
    assert [duty for _, duty in stand.play()] == [-0.55, 0.0]


def test_the_second_motor_takes_over_what_the_first_cannot_be_ready_for() -> None:
    stand = Stand(kit(SNARE, snare(name="other")))
    stand.play(*(Stroke(1.0 + i * 0.03, KEY, 100) for i in range(4)))
    assert len(stand.struck) == 4
    assert [motor for _, motor, inputs in stand.checker.writes if inputs.driven > 0] == ["snare", "other"] * 2
    assert stand.reasons() == []


def test_a_doubled_stroke_does_not_go_to_the_second_motor() -> None:
    stand = Stand(kit(SNARE, snare(name="other")))
    stand.play(Stroke(1.0, KEY, 100), Stroke(1.0, KEY, 90))
    assert stand.reasons() == [(1.0, Reason.DOUBLED)]


def test_the_second_motor_plays_when_the_first_is_out_of_play_or_hot() -> None:
    stand = Stand(kit(snare(budget=SCANT), snare(name="other")))
    stand.play(*(Stroke(1.0 + i * 0.1, KEY, 127) for i in range(6)))
    motors = [motor for _, motor, inputs in stand.checker.writes if inputs.driven > 0]
    assert motors == ["snare", "snare", *["other"] * 4]
    stand.striker.take_out("snare", 9.0)
    stand.play(Stroke(10.0, KEY, 127))
    assert stand.checker.writes[-1][1] == "other"
    assert stand.reasons() == []


@pytest.mark.parametrize(("first", "gap"), [(None, 0.03), (SCANT, 0.1)], ids=["first busy", "both hot"])
def test_a_stroke_lost_to_heat_names_the_motor_that_is_hot_the_stand_in_if_it_is(
    first: Budget | None, gap: float
) -> None:
    striker = Striker(kit(snare(budget=first), snare(name="other", budget=SCANT)))
    striker.receive([Stroke(1.0 + i * gap, KEY, 127) for i in range(8)], 0.0)
    left = [left for left in striker.outbox.take_left_out() if isinstance(left, LeftOut)]
    assert {(entry.reason, entry.hot) for entry in left} == {(Reason.HOT, "other")}


def test_a_stroke_lost_to_anything_else_names_no_motor() -> None:
    striker = Striker(kit(SNARE, snare(name="other")))
    striker.receive([Stroke(1.0 + i * 0.001, KEY, 127) for i in range(0, 9, 3)], 0.0)
    assert striker.outbox.take_left_out() == [LeftOut(Stroke(1.006, KEY, 127), Reason.RECOVERY)]


@pytest.mark.parametrize("order", [(CLOSED, OPEN), (OPEN, CLOSED)])
def test_of_hi_hats_at_one_instant_the_closed_one_sounds(order: tuple[int, int]) -> None:
    hats = [snare(name="closed", drums=("closed_hi_hat",)), snare(name="open", drums=("open_hi_hat",))]
    for settings in (SHIPPED, kit(*hats)):
        stand = Stand(settings)
        stand.play(*(Stroke(1.0, key, 127 if key == OPEN else 20) for key in order))
        assert stand.reasons() == [(1.0, Reason.CHOKED)]
        assert [report.stroke.pitch for report in stand.struck] == [CLOSED]


def test_a_choke_concerns_one_instant_alone() -> None:
    stand = Stand(SHIPPED)
    stand.play(Stroke(1.0, OPEN, 90), Stroke(1.2, CLOSED, 90), Stroke(1.0, KICK, 90))
    assert stand.reasons() == []


def test_what_would_make_a_motor_too_hot_is_left_out_and_the_window_brings_it_back() -> None:
    # The hardest stroke costs 22 ms + 20 ms x 0.55^2 = 28 ms: 95 % of 0.15 s are five of them within a second.
    stand = Stand(kit(snare(budget=Budget(on=0.15, window=1.0))))
    stand.play(*(Stroke(1.0 + i / 10, KEY, 127) for i in range(20)))
    hot = [time for time, reason in stand.reasons() if reason is Reason.HOT]
    assert [round(time, 6) for time in hot] == [1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.6, 2.7, 2.8, 2.9]


def test_a_stroke_before_others_that_stand_does_not_make_them_too_hot() -> None:
    stand = Stand(kit(snare(budget=Budget(on=0.15, window=1.0))))
    later = [Stroke(1.5 + i / 10, KEY, 127) for i in range(5)]
    stand.striker.receive(later, now=0.0)
    stand.play(Stroke(1.2, KEY, 127), Stroke(0.7, KEY, 127))
    assert stand.reasons() == [(1.2, Reason.HOT)]
    assert len(stand.struck) == 6


def test_a_try_spends_the_same_budget() -> None:
    striker = Striker(kit(snare(budget=Budget(on=0.1, window=1.0))))
    tries = [Try("snare", 1.0 + i / 10, forward=0.05, duty=0.8, batch=i) for i in range(4)]  # 32 ms each
    for trial in tries:
        striker.attempt(trial, now=0.0)
    assert striker.outbox.take_left_out() == [NotTried(trial, Reason.HOT) for trial in tries[2:]]


def test_the_state_of_the_budget_can_be_read() -> None:
    stand = Stand(SHIPPED)
    stand.play(Stroke(1.0, KEY, 127))
    heat = stand.striker.heat(1.1)
    assert heat["snare"] == pytest.approx((0.022 + 0.020 * 0.55**2) / SHIPPED.budget.on)
    assert heat["kick"] == 0.0


def test_sixteenths_at_160_are_played_for_ever_by_the_shipped_hi_hat_snare_and_toms() -> None:
    for key in (38, 42, 50, 51):
        stand = Stand(SHIPPED)
        stand.play(*(Stroke(1 + i * 60 / 160 / 4, key, 110) for i in range(200)))
        assert stand.reasons() == [], key


VARIED = msgspec.structs.replace(
    SHIPPED,
    motors=(
        snare(rebound=REBOUND, budget=Budget(on=0.2, window=1.0)),
        snare(name="other", budget=Budget(on=0.1, window=0.5)),
        snare(name="kick", drums=("kick",), back=Return(0.005, 0.03, 0.0)),
        snare(name="hats", drums=("closed_hi_hat", "open_hi_hat"), rebound=REBOUND),
    ),
)
varied_strokes = st.lists(
    st.builds(
        Stroke, time=st.floats(0, 3), pitch=st.sampled_from([KEY, KICK, CLOSED, OPEN]), velocity=st.integers(1, 127)
    ),
    max_size=80,
)


@given(varied_strokes, st.lists(st.floats(0, 3), max_size=3))
def test_every_stroke_has_one_outcome_on_any_kit_and_nothing_burns(strokes: list[Stroke], cancels: list[float]) -> None:
    stand = Stand(VARIED)
    stand.striker.receive(strokes, now=0.0)
    for at in sorted(cancels):
        stand.play(until=at)
        stand.striker.cancel(after=at)
    stand.play()
    outcomes = [report.stroke for report in stand.struck]
    outcomes += [left.stroke for left in stand.striker.outbox.take_left_out() if isinstance(left, LeftOut)]
    assert sorted(outcomes, key=repr) == sorted(strokes, key=repr)
    assert stand.striker.outbox.take_faults() == []  # what was planned is never cut


@given(st.lists(st.floats(1, 1000), min_size=1, max_size=20, unique=True))
def test_a_strokes_own_time_is_never_moved(times: list[float]) -> None:
    stand = Stand(SHIPPED)
    stand.play(*(Stroke(time, KEY, 127) for time in times))
    pushes = [at for at, _, inputs in stand.checker.writes if inputs.driven > 0]
    assert pushes == [report.stroke.time - SNARE.hard.lead for report in stand.struck]
    assert {report.stroke.time for report in stand.struck} <= set(times)
    # But for the rounding of floats: 1.05 - 1.0000000000000002 is less.
    assert all(later - earlier > 0.05 - 1e-9 for earlier, later in itertools.pairwise(sorted(pushes)))
