"""Whatever is asked, and however late the pins get it, no bridge is burnt and every stroke is accounted for."""

from collections.abc import Iterator

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import Motor, Push, Return, StrikeSettings
from appliance.strike.motor import COAST
from appliance.strike.outcome import LeftOut, Reason, Struck
from appliance.strike.striker import Striker, Write
from tests.bridge_checker import BridgeChecker

SHIPPED = load_settings().room("strike", StrikeSettings)
# Limits that bite: the pull follows the push within the dead time's reach, and the next push the pull.
TIGHT = msgspec.structs.replace(SHIPPED, dead_time=0.005, max_on=0.0281)
WORST_LAG = 0.004

Ask = list[Stroke] | float | str  # strokes, cancel after an instant, or panic


class Pins:
    """Pins that get each write after a lag, as a busy machine's do."""

    def __init__(self, settings: StrikeSettings, lags: Iterator[float]) -> None:
        # A coast may be as late as the worst lag, and its motor is then driven that much longer.
        self.checker = BridgeChecker.of(settings, WORST_LAG)
        self.lags = lags
        self.now = 0.0
        self.struck: list[Struck] = []

    def put(self, striker: Striker, writes: list[Write]) -> None:
        for write in writes:
            self.now += next(self.lags, 0.0)
            self.checker.write(self.now, write.motor, write.inputs)
            striker.written(write, self.now)
            struck = write.struck(self.now)
            if struck is not None:
                self.struck.append(struck)


def run_until(striker: Striker, pins: Pins, end: float) -> None:
    while (deadline := striker.next_deadline()) is not None and deadline <= end:
        pins.now = max(pins.now, deadline)
        pins.put(striker, striker.advance(pins.now))
    pins.now = max(pins.now, end)


def perform(settings: StrikeSettings, asks: list[tuple[float, Ask]], lags: list[float]) -> tuple[Pins, list[LeftOut]]:
    striker, pins = Striker(settings), Pins(settings, iter(lags))
    for wait, ask in asks:
        run_until(striker, pins, pins.now + wait)
        match ask:
            case list():
                striker.receive(
                    [msgspec.structs.replace(stroke, time=pins.now + stroke.time) for stroke in ask], pins.now
                )
            case float():
                striker.cancel(pins.now + ask)
            case _:
                pins.put(striker, striker.panic(pins.now))
    run_until(striker, pins, pins.now + 10.0)
    pins.checker.finish()
    assert striker.next_deadline() is None
    return pins, striker.outbox.take_left_out()


strokes = st.builds(
    Stroke, time=st.floats(0, 0.5), pitch=st.sampled_from([3, 36, 38, 40, 42, 46, 45, 49]), velocity=st.integers(1, 127)
)
asks = st.lists(
    st.tuples(st.floats(0, 0.2), st.lists(strokes, max_size=12) | st.floats(-0.1, 0.3) | st.just("panic")), max_size=8
)


def asked(script: list[tuple[float, Ask]]) -> int:
    return sum(len(ask) for _, ask in script if isinstance(ask, list))


@given(asks, st.lists(st.floats(0, WORST_LAG / 16), max_size=200), st.sampled_from([SHIPPED, TIGHT]))
def test_nothing_burns_and_every_stroke_has_one_outcome(
    script: list[tuple[float, Ask]], lags: list[float], settings: StrikeSettings
) -> None:
    pins, left_out = perform(settings, script, lags)
    assert len(pins.struck) + len(left_out) == asked(script)


@given(asks)
def test_with_punctual_pins_no_stroke_is_struck_beyond_the_tolerance(script: list[tuple[float, Ask]]) -> None:
    pins, _ = perform(SHIPPED, script, [])
    assert all(0 <= struck.lateness <= SHIPPED.tolerance + 1e-9 for struck in pins.struck)


@given(asks, st.lists(st.floats(0, WORST_LAG / 16), max_size=50))
def test_the_same_script_gives_the_same_writes(script: list[tuple[float, Ask]], lags: list[float]) -> None:
    (first, left), (second, left_again) = (perform(SHIPPED, script, lags) for _ in range(2))
    assert (first.checker.writes, first.struck, left) == (second.checker.writes, second.struck, left_again)


def test_a_stroke_is_four_writes_that_end_in_a_coast() -> None:
    pins, left_out = perform(SHIPPED, [(0.0, [Stroke(0.1, 38, 127)])], [])
    assert [(inputs.in1, inputs.in2) for _, _, inputs in pins.checker.writes] == [(1, 0), (0, 0), (0, 1), (0, 0)]
    assert left_out == []
    assert [struck.stroke.velocity for struck in pins.struck] == [127]


def test_a_panic_coasts_every_motor_at_once() -> None:
    striker = Striker(SHIPPED)
    striker.receive([Stroke(1.0, 38, 100), Stroke(2.0, 38, 100)], now=0.0)
    begin = striker.next_deadline()
    assert begin is not None
    striker.advance(begin)
    writes = striker.panic(begin + 0.001)
    assert {write.motor for write in writes} == {motor.name for motor in SHIPPED.motors}
    assert {write.inputs for write in writes} == {COAST}
    assert striker.next_deadline() is None


def test_a_motor_taken_out_coasts_and_its_strokes_are_left_out() -> None:
    striker = Striker(SHIPPED)
    striker.receive([Stroke(1.0, 38, 100)], now=0.0)
    assert [(write.motor, write.inputs) for write in striker.take_out("snare", 0.5)] == [("snare", COAST)]
    assert [left_out.reason for left_out in striker.outbox.take_left_out()] == [Reason.FAULT]


def test_a_drive_that_outlasts_max_on_is_cut_and_reported() -> None:
    striker = Striker(SHIPPED)
    striker.receive([Stroke(1.0, 38, 100)], now=0.0)
    begin = striker.next_deadline()
    assert begin is not None
    striker.advance(begin)
    # The process was stopped in the middle of the push, for a second.
    writes = striker.advance(begin + 1.0)
    assert writes[0].inputs == COAST
    assert striker.outbox.take_faults() == ["motor 'snare' was driven as long as max_on allows and was cut"]
    assert striker.outbox.take_faults() == []
    assert striker.next_deadline() is None


def test_a_start_that_waits_longer_than_its_push_is_left_out() -> None:
    push = Push(forward=0.003, duty=1.0, lead=0.003)
    snare = Motor("snare", ("snare",), soft=push, hard=push, back=Return(contact=0.01, seconds=0.02, duty=1.0))
    striker = Striker(StrikeSettings((snare,), dead_time=0.01, max_on=0.05, tolerance=0.002))
    again = Stroke(1.0 + push.lead + 0.01 + 0.02 + 0.0101, 38, 100)
    striker.receive([Stroke(1.0, 38, 100), again], now=0.0)
    driven = 0
    while (deadline := striker.next_deadline()) is not None:
        for write in striker.advance(deadline):
            driven += abs(write.inputs.driven)
            striker.written(write, deadline + 0.006)
    assert driven == 2  # the first one's push and pull; no pull without a push
    assert striker.outbox.take_left_out() == [LeftOut(again, Reason.LATE)]


def test_a_panic_leaves_out_a_start_that_waits_for_a_dead_time() -> None:
    striker = Striker(TIGHT)
    again = Stroke(1.0 + TIGHT.motors[1].hard.lead + 0.005 + 0.020 + 0.005, 38, 127)
    striker.receive([Stroke(1.0, 38, 127), again], now=0.0)
    now = 0.0
    while (deadline := striker.next_deadline()) is not None and now < again.time - TIGHT.motors[1].hard.lead:
        now = max(deadline, now)
        for write in striker.advance(now):
            striker.written(write, now + 0.001)
    assert striker.outbox.take_left_out() == []
    striker.panic(now)
    assert striker.outbox.take_left_out() == [LeftOut(again, Reason.PANIC)]


def test_a_start_that_waits_for_a_dead_time_is_not_lost() -> None:
    striker = Striker(TIGHT)
    first = Stroke(1.0, 38, 127)
    again = Stroke(1.0 + TIGHT.motors[1].hard.lead + 0.005 + 0.020 + 0.005, 38, 127)
    striker.receive([first, again], now=0.0)
    checker = BridgeChecker.of(TIGHT, WORST_LAG)
    struck = []
    now = 0.0
    while (deadline := striker.next_deadline()) is not None:
        now = max(deadline, now)
        for write in striker.advance(now):
            now += 0.0015  # every write is late, so that the second push must wait for the pull's dead time
            checker.write(now, write.motor, write.inputs)
            striker.written(write, now)
            struck += [write.struck(now)] if write.begins else []
    checker.finish()
    assert [report.stroke for report in struck if report] == [first, again]
    assert struck[1] is not None
    assert struck[1].lateness > 0.0015
