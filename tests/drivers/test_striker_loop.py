"""The real-time loop in virtual time: what is due is written, whoever calls meanwhile."""

import gc
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import VirtualClock
from appliance.drivers.lateness_record import LatenessRecord
from appliance.drivers.striker import ATTENDING, EARLY, SPARE, StrikerLoop
from appliance.errors import MotorFault
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.groove import GROOVE_BATCH, Groove, GrooveKeeper
from appliance.strike.kit import Motor, StrikeSettings
from appliance.strike.motor import COAST, Inputs
from appliance.strike.outcome import LeftOut, NotTried, Reason, Struck, Tried
from appliance.strike.striker import Striker
from appliance.strike.trial import Try
from appliance.strike.wire import (
    Cancel,
    Fault,
    GrooveEnded,
    GrooveHeld,
    Panic,
    Panicked,
    Player,
    Reply,
    Request,
    Rest,
    Strokes,
)
from tests.bridge_checker import BridgeChecker

SHIPPED = load_settings().room("strike", StrikeSettings)
KICK, SNARE = 36, 38


class TurnedClock(VirtualClock):
    def reach(self, instant: float) -> None:
        self.set(max(instant, self.now()))


class ScriptedDoor:
    """Requests that arrive at their instants; it stops when nothing is to come any more."""

    def __init__(self, clock: TurnedClock, arrivals: list[tuple[float, Request]]) -> None:
        self.clock = clock
        self.arrivals = sorted(arrivals, key=lambda arrival: arrival[0])
        self.replies: list[tuple[float, Reply]] = []
        self.stopped = False
        self.player = False
        self.woken: list[float] = []

    def wait(self, until: float | None) -> list[Request]:
        if self.arrivals and (until is None or self.arrivals[0][0] <= until):
            at = self.arrivals[0][0]
            self.clock.set(max(at, self.clock.now()))
            now = [request for time, request in self.arrivals if time == at]
            self.arrivals = [arrival for arrival in self.arrivals if arrival[0] != at]
            self.player = self.player or Player() in now
            return now
        if until is None:
            self.stopped = True
        else:
            self.clock.set(max(until, self.clock.now()))
            self.woken.append(self.clock.now())
        return []

    def send(self, replies: Sequence[Reply]) -> None:
        self.replies.extend((self.clock.now(), reply) for reply in replies)


class CheckedMotors:
    """Motors whose every write is checked; those named in `broken` refuse to be driven."""

    def __init__(self, clock: TurnedClock, broken: Sequence[str] = (), stuck: Sequence[str] = ()) -> None:
        self.clock = clock
        self.broken = broken
        self.stuck = stuck
        self.checker = BridgeChecker.of(SHIPPED)
        self.coasts = 0

    def write(self, motor: str, inputs: Inputs) -> None:
        if (motor in self.broken and inputs.driven) or motor in self.stuck:
            raise MotorFault(f"motor {motor!r} refuses")
        self.checker.write(self.clock.now(), motor, inputs)

    def coast_all(self) -> None:
        self.coasts += 1
        for motor in SHIPPED.motors:
            self.checker.write(self.clock.now(), motor.name, COAST)


class Stage:
    def __init__(
        self,
        arrivals: list[tuple[float, Request]],
        broken: Sequence[str] = (),
        stuck: Sequence[str] = (),
        clock: TurnedClock | None = None,
        groove_bars: int = 0,
    ) -> None:
        self.clock = clock or TurnedClock()
        self.door = ScriptedDoor(self.clock, arrivals)
        self.motors = CheckedMotors(self.clock, broken, stuck)
        keeper = GrooveKeeper(groove_bars, SHIPPED.slowest_lead)
        self.loop = StrikerLoop(Striker(SHIPPED), self.motors, self.door, self.clock, keeper)

    def play(self) -> list[Reply]:
        self.loop.run()
        self.motors.checker.finish()
        return [reply for _, reply in self.door.replies]


def strokes(*times: float, pitch: int = SNARE, batch: int = 1) -> Strokes:
    return Strokes(batch, tuple(Stroke(time, pitch, 100) for time in times))


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


snare_try = Try("snare", time=1.0, forward=0.02, duty=0.8, pause=0.01, back=0.02, back_duty=0.5, batch=4)


def changed(**fields: object) -> Try:
    return msgspec.structs.replace(snare_try, **fields)


def test_a_try_moves_its_motor_as_it_says_and_is_reported() -> None:
    stage = Stage([(0.0, snare_try)])
    assert stage.play() == [Tried(snare_try, 0.0)]
    written = stage.motors.checker.writes[8:-8]
    moved = [(round(at, 6), inputs.driven * inputs.duty) for at, motor, inputs in written if motor == "snare"]
    assert moved == [(1.0, 0.8), (1.02, 0.0), (1.03, -0.5), (1.05, 0.0)]


@pytest.mark.parametrize(
    ("trial", "reason"),
    [
        (changed(motor="cowbell"), Reason.NO_MOTOR),
        (changed(forward=SHIPPED.max_on), Reason.LIMIT),
        (changed(forward=SHIPPED.tolerance), Reason.LIMIT),
        (changed(back=SHIPPED.max_on), Reason.LIMIT),
        (changed(pause=SHIPPED.dead_time / 2), Reason.LIMIT),
        (changed(pause=1e8), Reason.LIMIT),
        (changed(back=1e8, back_duty=0.0), Reason.LIMIT),
        (changed(time=-1.0), Reason.LATE),
        (changed(time=0.01), Reason.RECOVERY),
    ],
)
def test_a_try_keeps_the_limits_of_a_stroke(trial: Try, reason: Reason) -> None:
    replies = Stage([(0.0, strokes(0.05)), (0.0, trial)]).play()
    assert NotTried(trial, reason) in replies


def test_a_panic_drops_a_try_too() -> None:
    for at in (0.0, 0.5):
        told = Stage([(0.0, snare_try), (at, Panic())]).play()
        assert told == [Panicked(at), NotTried(snare_try, Reason.PANIC)]


@pytest.mark.parametrize("wrong", [{"duty": 0.0}, {"duty": 1.1}, {"forward": float("nan")}, {"pause": -0.1}])
def test_a_try_of_nonsense_cannot_exist(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"try pushes|a duty is|are finite"):
        Try(**{"motor": "snare", "time": 1.0, "forward": 0.02, "duty": 0.8, **wrong})  # type: ignore[arg-type]


class Lamp:
    """An attendant that is due every millisecond; it fails when told to."""

    def __init__(self, stage: Stage, fails: BaseException | None = None) -> None:
        self.stage = stage
        self.fails = fails
        self.calls: list[float] = []

    def next_deadline(self) -> float | None:
        due = self.calls[-1] + 0.001 if self.calls else 0.0
        return due if due < 2.0 else None

    def advance(self, now: float) -> None:
        self.calls.append(now)
        if self.fails:
            raise self.fails


def test_attendants_are_called_when_due_and_never_close_to_an_edge() -> None:
    stage = Stage([(0.0, strokes(1.0)), (0.0, strokes(1.0, pitch=KICK))])
    lamps = [Lamp(stage), Lamp(stage)]
    stage.loop.employ(*lamps)
    assert len(stage.play()) == 2
    edges = {at for at, _, inputs in stage.motors.checker.writes if at > 0}
    for lamp in lamps:
        assert len(lamp.calls) > 1900
        assert all(edge - at >= ATTENDING - 1e-9 for at in lamp.calls for edge in edges if edge > at)


def test_an_attendant_that_fails_is_told_once_and_the_drums_play_on() -> None:
    stage = Stage([(0.0, strokes(1.0))])
    lamp = Lamp(stage, fails=OSError("no such pin"))
    stage.loop.employ(lamp)
    fault, struck = stage.play()
    assert (fault, type(struck)) == (Fault("Lamp is out of order: no such pin"), Struck)
    assert len(lamp.calls) == 1


def test_a_motor_fault_of_an_attendant_ends_the_striker() -> None:
    stage = Stage([(0.0, strokes(1.0))])
    stage.loop.employ(Lamp(stage, fails=MotorFault("the guard is gone")))
    with pytest.raises(MotorFault):
        stage.loop.run()


def test_the_state_says_how_the_striker_stands() -> None:
    stage = Stage([(0.0, Player()), (0.1, strokes(1.0)), (0.1, strokes(1.0, pitch=KICK))], broken=["kick"])
    assert not stage.loop.state.player
    stage.play()
    state = stage.loop.state
    assert (state.player, state.groove, state.faults, state.strokes, state.out_of_play) == (
        True,
        False,
        1,
        1,
        ("kick",),
    )
    assert state.last_stroke == pytest.approx(1.0, abs=0.1)


SONG = Groove(origin=1.0, step_seconds=0.125, steps_per_bar=16)


def song(first: int, last: int, at: float) -> list[tuple[float, Request]]:
    """A stroke a step, kick and snare in turn, each packet saying until when all is known."""
    steps = [(1.0 + n * 0.125, 1.0 + (n + 0.5) * 0.125, KICK if n % 4 == 0 else SNARE) for n in range(first, last)]
    return [(at, Strokes(1, (Stroke(time, pitch, 100),), until)) for time, until, pitch in steps]


def test_a_player_that_dies_in_mid_song_costs_no_stroke() -> None:
    stage = Stage([(0.5, Player()), (0.5, SONG), *song(0, 21, 0.5)], groove_bars=2)
    replies = stage.play()
    struck = [reply for reply in replies if isinstance(reply, Struck)]
    assert [report.stroke.time for report in struck] == pytest.approx([1.0 + n * 0.125 for n in range(64)])
    assert [report.batch for report in struck] == [1] * 21 + [GROOVE_BATCH] * 43
    assert all(report.lateness < 1e-9 for report in struck)
    held, ended = (reply for reply in replies if isinstance(reply, GrooveHeld | GrooveEnded))
    assert held == GrooveHeld(pytest.approx(3.4725), pytest.approx(8.9375))
    assert isinstance(ended, GrooveEnded)


def test_the_player_that_is_back_goes_on_at_a_bar_line() -> None:
    stage = Stage([(0.5, SONG), *song(0, 32, 0.5), *song(32, 80, 6.0), (6.5, Rest())], groove_bars=4)
    replies = stage.play()
    struck = [reply for reply in replies if isinstance(reply, Struck)]
    assert [report.stroke.time for report in struck] == pytest.approx([1.0 + n * 0.125 for n in range(80)])
    assert [report.batch for report in struck] == [1] * 32 + [GROOVE_BATCH] * 16 + [1] * 32
    left = {reply.reason for reply in replies if isinstance(reply, LeftOut) and reply.batch == 1}
    assert left == {Reason.GROOVE}


@pytest.mark.parametrize("intent", [Rest(), Cancel(2.0), Panic()])
def test_a_rest_a_cancel_and_a_panic_are_meant(intent: Request) -> None:
    stage = Stage([(0.5, SONG), *song(0, 24, 0.5), (1.5, intent)], groove_bars=4)
    assert not [reply for reply in stage.play() if isinstance(reply, GrooveHeld)]
    assert max(at for at, _, inputs in stage.motors.checker.writes if inputs.driven) < 1.0 + 24 * 0.125


def test_a_panic_ends_the_groove_that_is_held() -> None:
    stage = Stage([(0.5, SONG), *song(0, 16, 0.5), (4.0, Panic())], groove_bars=4)
    stage.play()
    assert max(at for at, _, inputs in stage.motors.checker.writes if inputs.driven) < 4.0
    assert not stage.loop.state.groove


def test_the_state_says_when_the_striker_plays_alone() -> None:
    stage = Stage([(0.5, SONG), *song(0, 16, 0.5)], groove_bars=4)
    lamp = Lamp(stage)
    seen: list[bool] = []
    lamp.advance = lambda now: (lamp.calls.append(now), seen.append(stage.loop.state.groove))  # type: ignore[method-assign,assignment,func-returns-value]
    lamp.next_deadline = lambda: (lamp.calls[-1] + 0.5 if lamp.calls else 0.0) if len(lamp.calls) < 16 else None  # type: ignore[method-assign]
    stage.loop.employ(lamp)
    stage.play()
    assert seen == sorted(seen)
    assert set(seen) == {False, True}


def test_a_full_record_keeps_the_latest_edges() -> None:
    record = LatenessRecord(length=3)
    for lateness in (1.0, 2.0, 3.0, 4.0):
        record.note(10.0 * lateness, lateness)
    assert sorted(record.edges()) == [2.0, 3.0, 4.0]
    assert record.timed() == [(20.0, 2.0), (30.0, 3.0), (40.0, 4.0)]


@pytest.mark.parametrize(
    "packet",
    [
        {"type": "Strokes", "batch": 1, "strokes": [{"time": 1.0, "pitch": 38, "velocity": 0}]},
        {"type": "Strokes", "batch": 1, "strokes": [{"time": float("nan"), "pitch": 38, "velocity": 1}]},
        {"type": "Strokes", "batch": 1, "strokes": [{"time": 1.0, "pitch": 38, "velocity": 1}] * 33},
        {"type": "Cancel", "after": float("inf")},
        {"type": "Explode"},
        {"type": "Groove", "origin": 1e300, "step_seconds": 0.1, "steps_per_bar": 16},
        {"type": "Strokes", "batch": -1, "strokes": []},
        {"type": "Strokes", "batch": 1, "strokes": [], "until": 1e300},
        [],
    ],
)
def test_what_no_client_may_ask_is_not_a_request(packet: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(msgspec.msgpack.encode(packet), type=Request)
