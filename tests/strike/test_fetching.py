"""A stick that a panic left on the head is pulled home before its next stroke."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import Return, StrikeSettings
from appliance.strike.motor import Inputs
from appliance.strike.outcome import LeftOut, Reason, Struck
from appliance.strike.stick import STEADY, Contact, Mechanics, Stick
from appliance.strike.striker import Striker
from appliance.strike.touch import profile_of
from tests.bridge_checker import BridgeChecker

SHIPPED = load_settings().room("strike", StrikeSettings)
SNARE = SHIPPED.motors[1]
KEY = 38
PUSH = profile_of(SNARE, 127)
FIRST = Stroke(1.0, KEY, 127)
IN_PUSH = 1.0 - PUSH.lead + 0.6 * PUSH.forward.seconds
PULL = SNARE.back.duty


class Stand:
    """A striker whose writes move a stick in software, and are checked."""

    def __init__(self, settings: StrikeSettings = SHIPPED) -> None:
        self.striker = Striker(settings)
        self.checker = BridgeChecker.of(settings)
        self.stick = Stick(Mechanics(), STEADY, seed=1)
        self.contacts: list[Contact] = []
        self.struck: list[Stroke] = []

    def until(self, end: float) -> None:
        while (deadline := self.striker.next_deadline()) is not None and deadline <= end:
            for write in self.striker.advance(deadline):
                self.put(deadline, write.motor, write.inputs)
                begun = write.struck(deadline)
                if isinstance(begun, Struck):
                    self.struck.append(begun.stroke)
        self.contacts += self.stick.advance(end)

    def put(self, at: float, motor: str, inputs: Inputs) -> None:
        self.checker.write(at, motor, inputs)
        if motor == SNARE.name:
            self.contacts += self.stick.advance(at)
            self.stick.drive(inputs)

    def panic(self, at: float) -> None:
        self.until(at)
        for write in self.striker.panic(at):
            self.put(at, write.motor, write.inputs)

    def drives(self, since: float) -> list[float]:
        writes = [(at, inputs) for at, motor, inputs in self.checker.writes if motor == SNARE.name and at >= since]
        return [round(inputs.driven * inputs.duty, 6) for _, inputs in writes if inputs.driven]

    def left(self) -> list[Reason]:
        return [left.reason for left in self.striker.outbox.take_left_out() if isinstance(left, LeftOut)]


def after_a_panic(at: float = IN_PUSH, settings: StrikeSettings = SHIPPED) -> Stand:
    stand = Stand(settings)
    stand.striker.receive([FIRST], 0.0)
    stand.panic(at)
    stand.until(1.5)
    stand.left()
    return stand


def test_after_a_panic_in_a_push_nothing_moves_until_the_next_stroke_which_is_fetched() -> None:
    stand = after_a_panic()
    assert stand.drives(IN_PUSH) == []
    stand.striker.receive([Stroke(2.0, KEY, 127), Stroke(2.5, KEY, 127)], 1.5)
    stand.until(3.0)
    assert stand.drives(1.5) == [-PULL, 1.0, -PULL, 1.0, -PULL]
    assert [stroke.time for stroke in stand.struck] == [1.0, 2.0, 2.5]


def test_a_fetched_stick_strikes_as_hard_and_as_punctually_as_any_other() -> None:
    fetched, usual = after_a_panic(), Stand()
    for stand in (fetched, usual):
        stand.contacts.clear()
        stand.until(1.5)
        stand.striker.receive([Stroke(2.0, KEY, 127)], 1.5)
        stand.until(2.2)
    assert len(fetched.contacts) == len(usual.contacts) == 1
    assert fetched.contacts[0].time == pytest.approx(usual.contacts[0].time, abs=2e-4)
    assert fetched.contacts[0].speed == pytest.approx(usual.contacts[0].speed, rel=0.02)


def test_without_time_for_it_the_stroke_comes_as_it_would_anyway() -> None:
    stand = after_a_panic()
    stand.striker.receive([Stroke(1.5 + PUSH.lead + 0.01, KEY, 127)], 1.5)
    stand.until(2.0)
    assert stand.drives(1.5) == [1.0, -PULL]


def test_a_motion_that_ended_leaves_nothing_to_fetch() -> None:
    stand = Stand()
    stand.striker.receive([FIRST], 0.0)
    stand.panic(1.2)
    stand.striker.receive([Stroke(2.0, KEY, 127)], 1.5)
    stand.until(3.0)
    assert stand.drives(1.2) == [1.0, -PULL]


def test_a_solenoids_spring_needs_no_pull() -> None:
    spring = msgspec.structs.replace(SNARE, back=Return(contact=0.005, seconds=0.03, duty=0.0))
    motors = tuple(spring if motor is SNARE else motor for motor in SHIPPED.motors)
    stand = after_a_panic(settings=msgspec.structs.replace(SHIPPED, motors=motors))
    stand.striker.receive([Stroke(2.0, KEY, 127)], 1.5)
    stand.until(3.0)
    assert stand.drives(1.5) == [1.0]


@pytest.mark.parametrize(("before", "drives"), [(0.070, []), (0.050, [-PULL]), (0.030, [-PULL])])
def test_a_cancel_while_a_stick_is_fetched_leaves_the_stroke_out(before: float, drives: list[float]) -> None:
    stand = after_a_panic()
    stand.striker.receive([Stroke(2.0, KEY, 127)], 1.5)
    stand.until(2.0 - before)
    stand.striker.cancel(1.9)
    stand.until(3.0)
    assert stand.left() == [Reason.CANCELLED]
    assert stand.drives(1.5) == drives
    assert stand.striker.next_deadline() is None


@given(st.lists(st.tuples(st.floats(0.0, 0.3), st.sampled_from(["stroke", "panic", "cancel"])), max_size=12))
def test_whatever_is_broken_off_every_stroke_has_one_outcome_and_nothing_burns(script: list[tuple[float, str]]) -> None:
    stand, now, asked = Stand(), 0.5, 0
    for wait, ask in script:
        now += wait
        stand.until(now)
        match ask:
            case "stroke":
                asked += 2
                stand.striker.receive([Stroke(now + 0.1, KEY, 100), Stroke(now + 0.2, KEY, 50)], now)
            case "panic":
                stand.panic(now)
            case _:
                stand.striker.cancel(now)
    stand.until(now + 2.0)
    stand.checker.finish()
    assert len(stand.struck) + len(stand.left()) == asked
