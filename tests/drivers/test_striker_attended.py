"""The real-time loop in virtual time: tries, attendants, the groove that is held, and what is recorded."""

import msgspec
import pytest

from appliance.drivers.lateness_record import LatenessRecord
from appliance.drivers.striker import ATTENDING
from appliance.errors import MotorFault
from appliance.notation.hit import Stroke
from appliance.strike.groove import GROOVE_BATCH, Groove
from appliance.strike.outcome import LeftOut, NotTried, Reason, Struck, Tried
from appliance.strike.trial import Try
from appliance.strike.wire import (
    Cancel,
    Fault,
    GrooveEnded,
    GrooveHeld,
    Panic,
    Panicked,
    Player,
    Request,
    Rest,
    Strokes,
)
from tests.drivers.striker_stage import (
    KICK,
    SHIPPED,
    SNARE,
    Stage,
    changed,
    snare_try,
    strokes,
)


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
