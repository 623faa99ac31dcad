"""The real-time loop with a board behind the pins, or instead of them, in virtual time."""

import contextlib
from collections.abc import Sequence

import msgspec

from appliance.drivers.striker import StrikerLoop
from appliance.errors import MotorFault
from appliance.notation.hit import Stroke
from appliance.strike.kit import Rebound, StrikeSettings
from appliance.strike.motor import Inputs
from appliance.strike.outcome import Begun, Dropped, LeftOut, Reason, Struck, begun
from appliance.strike.sending import Sending
from appliance.strike.striker import Striker
from appliance.strike.wire import Cancel, Fault, Panic, Request, Strokes, UsePins
from tests.drivers.striker_stage import KICK, SHIPPED, SNARE, CheckedMotors, ScriptedDoor, TurnedClock

AHEAD = 0.03
HAT, CRASH = 42, 49


class LoyalBoard:
    """A board that strikes whatever it is sent in time."""

    motors = frozenset(motor.name for motor in SHIPPED.motors)
    ahead = AHEAD
    freely = True

    def __init__(self, clock: TurnedClock) -> None:
        self.clock = clock
        self.ready = True
        self.sent: list[tuple[float, Sending]] = []
        self.told: list[Begun | Dropped] = []
        self.panics = 0

    def send(self, sending: Sending) -> None:
        self.sent.append((self.clock.now(), sending))
        self.told += [begun(asked, 0.0, batch) for asked, batch in sending.asked]

    def panic(self) -> None:
        self.panics += 1

    def look(self) -> None:
        pass

    def take_told(self) -> Sequence[Begun | Dropped]:
        told, self.told = self.told, []
        return told

    def take_words(self) -> Sequence[str]:
        return ()

    def next_deadline(self) -> None:
        return None

    def advance(self, now: float) -> None:
        pass


class DyingMotors(CheckedMotors):
    """Every pin refuses from an instant on, even a coast."""

    def __init__(self, clock: TurnedClock, dies: float, lives: float = float("inf")) -> None:
        super().__init__(clock)
        self.dies, self.lives = dies, lives

    def write(self, motor: str, inputs: Inputs) -> None:
        dead = self.dies <= self.clock.now() < self.lives
        self.broken = tuple(m.name for m in SHIPPED.motors) if dead else ()
        self.stuck = self.broken
        super().write(motor, inputs)

    def coast_all(self) -> None:
        if self.dies <= self.clock.now() < self.lives and self.coasts and self.clock.now() > 0:
            raise MotorFault("the pins refuse")
        super().coast_all()


class Played:
    def __init__(
        self,
        arrivals: list[tuple[float, Request]],
        *,
        behind: bool = True,
        dies: float = float("inf"),
        lives: float = float("inf"),
        ready: bool = True,
        freely: bool = True,
        kit: StrikeSettings = SHIPPED,
    ) -> None:
        self.clock = TurnedClock()
        self.door = ScriptedDoor(self.clock, arrivals)
        self.motors = DyingMotors(self.clock, dies, lives)
        self.board = LoyalBoard(self.clock)
        self.board.ready = ready
        self.board.freely = freely
        self.loop = StrikerLoop(Striker(kit), self.motors, self.door, self.clock, board=self.board, behind=behind)
        with contextlib.suppress(MotorFault):
            self.loop.run()  # at its end it lowers the pins, which dead ones refuse
        self.replies = [reply for _, reply in self.door.replies]

    def struck(self) -> list[Stroke]:
        return [reply.stroke for reply in self.replies if isinstance(reply, Struck)]

    def left_out(self) -> list[LeftOut]:
        return [reply for reply in self.replies if isinstance(reply, LeftOut)]

    def begun_on_pins(self) -> list[tuple[float, str]]:
        return [(at, motor) for at, motor, inputs in self.motors.checker.writes if inputs.in1]


def beats(*times: float, pitches: Sequence[int] = (SNARE,)) -> Strokes:
    return Strokes(1, tuple(Stroke(time, pitch, 127) for time in times for pitch in pitches))


def test_with_a_board_each_motion_is_sent_whole_and_ahead_of_its_start() -> None:
    played = Played([(0.1, beats(1.0, 1.2))], behind=False)
    assert [at for at, _ in played.board.sent] == [sending.start - AHEAD for _, sending in played.board.sent]
    assert [sending.asked[0][0] for _, sending in played.board.sent] == played.struck() == list(beats(1.0, 1.2).strokes)
    assert [len(sending.edges) for _, sending in played.board.sent] == [4, 4]
    assert not played.begun_on_pins()


def test_a_stroke_nearer_than_that_is_sent_at_once() -> None:
    played = Played([(0.98, beats(1.005))], behind=False)
    ((at, sending),) = played.board.sent
    assert at == 0.98
    assert sending.start < 1.0


def test_a_motor_on_a_board_is_busy_until_its_motion_ends() -> None:
    played = Played([(0.1, beats(1.0, 1.03))], behind=False)
    assert [dropped.reason for dropped in played.left_out()] == [Reason.RECOVERY]


def test_a_cancel_takes_back_what_has_not_been_sent() -> None:
    played = Played([(0.1, beats(1.0, 2.0)), (1.5, Cancel(0.0))], behind=False)
    assert [stroke.time for stroke in played.struck()] == [1.0]
    assert [(dropped.stroke.time, dropped.reason) for dropped in played.left_out()] == [(2.0, Reason.CANCELLED)]


def test_a_panic_reaches_the_board() -> None:
    assert Played([(0.1, beats(1.0)), (0.5, Panic())], behind=False).board.panics == 1


def test_as_long_as_the_pins_work_the_board_behind_them_is_sent_nothing() -> None:
    played = Played([(0.1, beats(1.0, 1.2))])
    assert len(played.begun_on_pins()) == 2
    assert not played.board.sent


def test_when_the_pins_fail_the_board_plays_the_very_stroke_that_they_refused() -> None:
    strokes = [0.5 + beat / 4 for beat in range(12)]
    played = Played([(0.1, beats(*strokes))], dies=1.6)
    assert [stroke.time for stroke in played.struck()] == strokes
    assert not played.left_out()
    assert played.begun_on_pins()[-1][0] < 1.6 <= played.board.sent[0][1].start
    assert played.loop.state.fallback
    (fault,) = (reply.text for reply in played.replies if isinstance(reply, Fault))
    assert "the Arduino plays from now on" in fault


def test_a_chord_that_the_pins_refuse_is_played_by_the_board() -> None:
    chord = beats(1.0, 1.5, pitches=(KICK, SNARE, HAT, CRASH))
    played = Played([(0.1, chord)], dies=0.5)
    assert sorted(played.struck(), key=hash) == sorted(chord.strokes, key=hash)


def test_pins_that_fail_in_mid_bar_cost_one_stroke_at_most() -> None:
    # Whatever the instant: in a push, in a flight, in a pull, between two strokes.
    strokes = [0.5 + beat / 8 for beat in range(16)]
    for place in range(60):
        played = Played([(0.1, beats(*strokes, pitches=(SNARE,)))], dies=1.0 + place * 0.005)
        assert len(played.left_out()) <= 1
        assert len(played.struck()) >= len(strokes) - 1


def test_without_a_board_that_is_ready_pins_that_fail_take_their_motor_out() -> None:
    played = Played([(0.1, beats(1.0, 1.5))], dies=0.9, lives=0.99, ready=False)
    assert not played.loop.state.fallback
    assert played.loop.state.out_of_play == ("snare",)


def test_it_goes_back_to_the_pins_only_when_it_is_asked_to() -> None:
    strokes = [1.0, 1.5, 2.0, 2.5, 3.0]
    played = Played([(0.1, beats(*strokes)), (2.2, UsePins())], dies=1.3, lives=1.6)
    assert [stroke.time for stroke in played.struck()] == strokes
    assert [round(at, 1) for at, _ in played.begun_on_pins()] == [1.0, 2.5, 3.0]
    assert not played.loop.state.fallback


def test_pins_that_are_still_broken_are_not_gone_back_to() -> None:
    played = Played([(0.1, beats(1.0, 1.5, 2.0)), (1.7, UsePins())], dies=0.9)
    assert [stroke.time for stroke in played.struck()] == [1.0, 1.5, 2.0]
    assert len(played.board.sent) == 3


def test_on_a_board_a_stick_that_a_panic_left_on_the_head_is_fetched_too() -> None:
    played = Played([(0.1, beats(1.0)), (0.99, Panic()), (1.2, beats(2.0, 2.5))], behind=False)
    assert [sending.fetches for _, sending in played.board.sent] == [False, True, False]
    _, fetched = played.board.sent[1]
    assert [duty < 0 for _, duty in fetched.edges] == [True, False, False, False, True, False]
    assert [stroke.time for stroke in played.struck()] == [1.0, 2.0, 2.5]


def test_a_board_that_knows_strokes_alone_is_sent_no_other_motion() -> None:
    played = Played([(0.1, beats(1.0)), (0.99, Panic()), (1.2, beats(2.0))], behind=False, freely=False)
    assert [sending.fetches for _, sending in played.board.sent] == [False, False]


def test_when_the_pins_refuse_a_pull_the_board_fetches_the_stick() -> None:
    played = Played([(0.1, beats(1.0)), (0.99, Panic()), (1.2, beats(2.0))], dies=1.2)
    ((_, sending),) = played.board.sent
    assert sending.fetches
    assert [stroke.time for stroke in played.struck()] == [1.0, 2.0]


def test_whenever_the_pins_fail_each_stroke_comes_back_once() -> None:
    rebound = Rebound(soonest=0.03, latest=0.055, forward=0.01, duty=0.9, lead=0.02)
    motors = tuple(msgspec.structs.replace(motor, rebound=rebound) for motor in SHIPPED.motors)
    kit = msgspec.structs.replace(SHIPPED, motors=motors)
    song, again = beats(1.0, 1.04), beats(1.5, 1.9, 1.94)
    for place in range(220):
        arrivals = [(0.1, song), (1.03, Panic()), (1.2, again)]
        played = Played(arrivals, dies=0.9 + place * 0.005, kit=kit)
        back = [*played.struck(), *(dropped.stroke for dropped in played.left_out())]
        assert sorted(stroke.time for stroke in back) == [1.0, 1.04, 1.5, 1.9, 1.94]
