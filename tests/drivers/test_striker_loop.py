"""The real-time loop in virtual time: what is due is written, whoever calls meanwhile."""

import gc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.drivers.striker import EARLY, SPARE, StrikerLoop
from appliance.notation.hit import Stroke
from appliance.strike.groove import GROOVE_BATCH, Groove
from appliance.strike.kit import Motor
from appliance.strike.motor import COAST
from appliance.strike.outcome import LeftOut, Reason, Struck, Tried
from appliance.strike.striker import Striker
from appliance.strike.wire import (
    Cancel,
    Fault,
    Panic,
    Panicked,
    Request,
    Rest,
    Strokes,
)
from tests.bridge_checker import BridgeChecker
from tests.drivers.striker_stage import (
    KICK,
    SHIPPED,
    SNARE,
    ScriptedDoor,
    Stage,
    TurnedClock,
    changed,
    strokes,
)


def test_each_stroke_is_struck_at_its_instant_and_reported_with_its_batch() -> None:
    stage = Stage([(0.0, strokes(1.0, 1.5, batch=8))])
    assert stage.play() == [Struck(Stroke(time, SNARE, 100), 0.0, 8) for time in (1.0, 1.5)]
    assert stage.loop.record.edges() == [0.0] * 8


def test_a_late_stroke_is_reported_and_left_out() -> None:
    assert Stage([(2.0, strokes(1.0))]).play() == [LeftOut(Stroke(1.0, SNARE, 100), Reason.LATE, 1)]


def test_a_stroke_whose_process_was_stopped_in_the_wait_is_left_out_and_nothing_is_written() -> None:
    class StoppedClock(TurnedClock):
        waits = 0

        def reach(self, instant: float) -> None:
            self.waits += 1
            super().reach(instant + (0.01 if self.waits == 1 else 0.0))

    stage = Stage([(0.0, strokes(1.0, 2.0))], clock=StoppedClock())
    stopped, played = stage.play()
    assert stopped == LeftOut(Stroke(1.0, SNARE, 100), Reason.LATE, 1)
    assert isinstance(played, Struck)
    assert played.stroke.time == 2.0
    assert min(at for at, _, inputs in stage.motors.checker.writes if inputs.driven) > 1.9


def test_a_cancel_goes_behind_the_strokes_that_came_before_it() -> None:
    stage = Stage([(0.0, strokes(1.0, 2.0, 3.0)), (0.0, Cancel(1.5))])
    assert [type(reply) for reply in stage.play()] == [LeftOut, LeftOut, Struck]


def test_a_panic_overtakes_strokes_that_are_not_filed_yet() -> None:
    stage = Stage([(0.0, strokes(1.0, 2.0)), (0.0, Cancel(9.0)), (0.0, Panic())])
    told, *dropped = stage.play()
    assert told == Panicked(0.0)
    assert [reply.reason for reply in dropped] == [Reason.PANIC] * 2  # type: ignore[union-attr]
    assert {inputs for _, _, inputs in stage.motors.checker.writes} == {COAST}


def test_a_panic_stops_a_motor_in_its_push() -> None:
    stage = Stage([(0.0, strokes(1.0)), (0.985, Panic())])
    assert [type(reply) for reply in stage.play()] == [Struck, Panicked]
    driven = [at for at, motor, inputs in stage.motors.checker.writes if motor == "snare" and inputs.driven]
    coasted = [at for at, motor, inputs in stage.motors.checker.writes if motor == "snare" and not inputs.driven]
    assert len(driven) == 1
    assert 0.985 in coasted


@pytest.mark.parametrize("motor", SHIPPED.motors, ids=lambda motor: motor.name)
def test_what_is_rehearsed_before_an_edge_changes_nothing(motor: Motor) -> None:
    stage = Stage([(0.0, changed(motor=motor.name))])
    stage.play()
    of_it = [(at, inputs.driven) for at, name, inputs in stage.motors.checker.writes[8:-8] if name == motor.name]
    turns = [now for before, now in pairwise([(0.0, 0), *of_it]) if now[1] != before[1]]
    assert [(round(at, 6), way) for at, way in turns] == [(1.0, 1), (1.02, 0), (1.03, -1), (1.05, 0)]


def test_a_motor_that_refuses_in_a_rehearsal_costs_the_others_nothing() -> None:
    stage = Stage([(0.0, strokes(1.0))], stuck=[SHIPPED.motors[0].name])
    assert [type(reply) for reply in stage.play()] == [Fault, Struck]


def test_a_striker_that_sleeps_is_awake_well_before_an_edge() -> None:
    stage = Stage([(0.0, strokes(1.0))])
    stage.play()
    edges = sorted({at for at, motor, _ in stage.motors.checker.writes if motor == "snare" and at > 0.5})
    assert stage.door.woken
    assert all(min((edge - at for edge in edges if edge >= at), default=1) >= EARLY - 1e-9 for at in stage.door.woken)


def test_dense_playing_does_not_deafen_the_striker() -> None:
    kit = (36, 38, 42, 45, 48, 50, 49, 51)
    # Eight motors, a stroke each every 75 ms, spread so that an edge falls into every 2.3 ms.
    dense = [(0.0, strokes(*(1 + n * 0.075 + i * 0.0094 for n in range(30)), pitch=p)) for i, p in enumerate(kit)]
    stage = Stage([*dense, (2.0, Panic())])
    stage.play()
    assert max(at for at, _, inputs in stage.motors.checker.writes if inputs.driven) < 2.05


def test_replies_are_sent_between_edges_not_at_them() -> None:
    stage = Stage([(0.0, strokes(1.0)), (0.0, strokes(1.0, pitch=KICK))])
    stage.play()
    edges = {at for at, _, _ in stage.motors.checker.writes}
    sent = {at for at, _ in stage.door.replies}
    assert len(stage.door.replies) == 2
    assert all(edge - at >= SPARE - 1e-9 for at in sent for edge in edges if edge > at)


def test_a_motor_that_refuses_is_taken_out_and_the_others_play() -> None:
    stage = Stage([(0.0, strokes(1.0, 2.0)), (0.0, strokes(1.0, 2.0, pitch=KICK))], broken=["snare"])
    replies = stage.play()
    left = [reply for reply in replies if isinstance(reply, LeftOut)]
    assert [(reply.stroke.time, reply.reason) for reply in left] == [(1.0, Reason.FAULT), (2.0, Reason.FAULT)]
    assert [reply.stroke.pitch for reply in replies if isinstance(reply, Struck)] == [KICK, KICK]
    assert [reply.text for reply in replies if isinstance(reply, Fault)] == [
        "motor 'snare' refuses: motor 'snare' plays no more until the striker is started again"
    ]


def test_a_motor_that_refuses_even_in_a_panic_is_told_once() -> None:
    stage = Stage([(0.0, strokes(1.0)), (2.0, Panic()), (3.0, Panic())], stuck=["snare"])
    assert len([reply for reply in stage.play() if isinstance(reply, Fault)]) == 1
    assert stage.loop.state.out_of_play == ("snare",)


def test_the_least_duty_that_a_float_can_be_ends_nobody() -> None:
    trial = changed(duty=5e-324)
    assert Tried(trial, 0.0) in Stage([(0.0, trial)]).play()


def test_a_panic_of_an_attendant_stops_a_motor_in_its_push_at_once() -> None:
    class PanicButton:
        def __init__(self, stage: Stage) -> None:
            self.stage = stage
            self.due: float | None = 0.99

        def next_deadline(self) -> float | None:
            return self.due

        def advance(self, now: float) -> None:
            self.due = None
            self.stage.loop.panic()
            assert self.stage.motors.checker.writes[-1][0] == now

    stage = Stage([(0.0, strokes(1.0, 2.0))])
    button = PanicButton(stage)
    stage.loop.employ(button)
    replies = stage.play()
    assert button.due is None
    assert [reply.reason for reply in replies if isinstance(reply, LeftOut)] == [Reason.PANIC]
    pushes = [at for at, _, inputs in stage.motors.checker.writes if inputs.driven]
    assert len(pushes) == 1  # the first one's, which was cut; no pull, and no second stroke


def test_a_push_that_a_stopped_process_let_run_is_cut_and_reported() -> None:
    class StoppedClock(TurnedClock):
        stops = 1

        def now(self) -> float:
            if super().now() > 0.99 and self.stops:
                self.stops -= 1
                self.set(super().now() + 1.0)
            return super().now()

    stage = Stage([(0.0, strokes(1.0))], clock=StoppedClock())
    stage.motors.checker = BridgeChecker(SHIPPED.dead_time, max_on=2.0)
    assert [reply.text for reply in stage.play() if isinstance(reply, Fault)] == [
        "motor 'snare' was driven as long as max_on allows and was cut"
    ]


def test_when_a_motor_cannot_be_let_go_all_are_lowered() -> None:
    stage = Stage([(0.0, strokes(1.0))], stuck=["snare"])
    stage.play()
    assert stage.motors.coasts == 3  # at the start, for the motor that cannot be trusted, at the end


def test_every_motor_coasts_whatever_ends_the_loop() -> None:
    class TornDoor(ScriptedDoor):
        def wait(self, until: float | None) -> list[Request]:
            if self.clock.now() > 0.98:
                raise MemoryError
            return super().wait(until)

    stage = Stage([])
    stage.loop = StrikerLoop(Striker(SHIPPED), stage.motors, TornDoor(stage.clock, [(0.0, strokes(1.0))]), stage.clock)
    with pytest.raises(MemoryError):
        stage.loop.run()
    stage.motors.checker.finish()
    assert any(inputs.driven for _, _, inputs in stage.motors.checker.writes)


def test_the_loop_leaves_nothing_to_the_garbage_collector() -> None:
    stage = Stage([(0.0, strokes(*(1 + second / 10 for second in range(i, i + 30)))) for i in range(0, 300, 30)])
    gc.collect()
    gc.disable()
    try:
        stage.play()
        assert gc.collect() == 0
    finally:
        gc.enable()


requests = st.one_of(
    st.builds(
        Strokes,
        batch=st.integers(0, 9),
        strokes=st.lists(
            st.builds(
                Stroke, time=st.floats(0, 2), pitch=st.sampled_from([3, 36, 38, 40, 42]), velocity=st.integers(1, 127)
            ),
            max_size=8,
        ).map(tuple),
        until=st.none() | st.floats(0, 3),
    ),
    st.builds(Cancel, after=st.floats(0, 2)),
    st.just(Panic()),
    st.just(Rest()),
    st.builds(Groove, origin=st.floats(0, 2), step_seconds=st.floats(0.01, 0.2), steps_per_bar=st.integers(1, 16)),
)


@given(st.lists(st.tuples(st.floats(0, 2), requests), max_size=10))
def test_every_stroke_is_answered_once_and_no_bridge_is_burnt(arrivals: list[tuple[float, Request]]) -> None:
    replies = Stage(arrivals, groove_bars=2).play()
    sent = [
        (request.batch, stroke) for _, request in arrivals if isinstance(request, Strokes) for stroke in request.strokes
    ]
    answered = [(reply.batch, reply.stroke) for reply in replies if isinstance(reply, Struck | LeftOut)]
    answered = [(batch, stroke) for batch, stroke in answered if batch != GROOVE_BATCH]
    assert sorted(answered, key=repr) == sorted(sent, key=repr)
    assert all(reply.lateness <= SHIPPED.tolerance for reply in replies if isinstance(reply, Struck))
