"""Codes whose cause is in the striker, or a button: the real loop in virtual time, its lamp and buttons on mock pins.

Each fault is caused, not posted; what a stagehand counts on the lamp is what these tests look at.
"""

import socket
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from appliance.drivers.realtime import Grant
from appliance.drivers.stage import Stage
from appliance.drivers.status_link import StatusLink
from appliance.drivers.striker import StrikerLoop
from appliance.notation.drums import KEYS, Drum
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.status.codes import Code
from appliance.status.presses import HOLD, Button
from appliance.status.wiring import StatusSettings
from appliance.strike.budget import Budget
from appliance.strike.groove import Groove, GrooveKeeper
from appliance.strike.kit import StrikeSettings
from appliance.strike.striker import Striker
from appliance.strike.wire import Panic, Player, Request, Strokes
from tests.drivers.striker_stage import CheckedMotors, ScriptedDoor, TurnedClock
from tests.status import stagehand

SHIPPED = load_settings().room("strike", StrikeSettings)
NAMES = [motor.name for motor in SHIPPED.motors]
STATUS = msgspec.structs.replace(
    load_settings().room("status", StatusSettings), led="plain", led_pins=(5,), panic=4, footswitch=6, shutdown=3
)
PINS = {Button.PANIC: "GPIO4", Button.FOOTSWITCH: "GPIO6", Button.SHUTDOWN: "GPIO3"}
GRANTED, REFUSED = Grant(50, memory_locked=True, lacks=()), Grant(0, memory_locked=False, lacks=("no",))
PLAYS = (0.1, Player())

Press = tuple[float, Button, bool]


class CrewedDoor(ScriptedDoor):
    """Requests and presses of buttons at their instants; a player that leaves; it stops at the end."""

    def __init__(self, clock: TurnedClock, arrivals: Sequence[tuple[float, Request]], end: float) -> None:
        super().__init__(clock, list(arrivals))
        self.end = end
        self.leaves = float("inf")
        self.presses: list[Press] = []
        self.factory: MockFactory | None = None

    def wait(self, until: float | None) -> list[Request]:
        while self.presses and self.presses[0][0] <= self.clock.now():
            _, button, down = self.presses.pop(0)
            pin = self.factory.pin(PINS[button])
            (pin.drive_low if down else pin.drive_high)()
        if self.clock.now() >= self.end:
            self.stopped = True
        if self.clock.now() >= self.leaves:
            self.player = False
        return super().wait(self.end if until is None else min(until, self.end))


class Watched:
    """A striker on a stage, and somebody who looks at its lamp."""

    def __init__(
        self,
        folder: Path,
        arrivals: Sequence[tuple[float, Request]] = (PLAYS,),
        seconds: float = 40.0,
        broken: Sequence[str] = (),
        settings: StrikeSettings = SHIPPED,
        power_off: Sequence[str] = ("true",),
    ) -> None:
        self.clock = TurnedClock()
        self.door = CrewedDoor(self.clock, arrivals, seconds)
        self.motors = CheckedMotors(self.clock, broken)
        self.edges: list[stagehand.Edge] = []
        clock, edges = self.clock, self.edges

        class SeenPin(MockPin):
            def _change_state(self, value: bool) -> bool:
                changed: bool = super()._change_state(value)
                if changed and self.function == "output":
                    edges.append((clock.now(), bool(value)))
                return changed

        self.door.factory = MockFactory(pin_class=SeenPin)
        self.stage = Stage(STATUS, settings.kit, lambda: self.door.factory, self.clock, power_off)
        staged = self.stage.beside(self.door, folder / "striker.status")
        keeper = GrooveKeeper(settings.groove_bars, settings.slowest_lead)
        self.loop = StrikerLoop(Striker(settings), self.motors, staged, self.clock, keeper)

    def says(self, grant: Grant = GRANTED) -> list[str]:
        """What somebody is sure that the lamp said, in order."""
        self.stage.employ(self.loop, grant)
        self.loop.run()
        self.stage.close()
        self.motors.checker.finish()
        return stagehand.sure(self.edges)


def strokes(*times: float, drum: Drum = Drum.SNARE, velocity: int = 100) -> Strokes:
    return Strokes(1, tuple(Stroke(time, KEYS[drum][0], velocity) for time in times))


def test_a_box_without_a_player_starts_and_then_says_that_the_player_is_dead(tmp_path: Path) -> None:
    assert Watched(tmp_path, [], seconds=80.0).says() == [
        stagehand.words(Code.STARTING),
        stagehand.words(Code.PLAYER_DEAD),
    ]


def test_a_player_that_comes_makes_it_ready(tmp_path: Path) -> None:
    assert Watched(tmp_path).says() == [stagehand.words(Code.READY)]


def test_while_the_drums_sound_it_answers(tmp_path: Path) -> None:
    beats = [9.0 + beat / 2 for beat in range(32)]
    watched = Watched(tmp_path, [PLAYS, (8.0, strokes(*beats))])
    assert watched.says() == [stagehand.words(code) for code in (Code.READY, Code.ANSWERING, Code.READY)]


def test_a_player_that_dies_in_a_song_is_away_while_the_groove_is_held_and_dead_after_it(tmp_path: Path) -> None:
    groove = Groove(origin=1.0, step_seconds=0.125, steps_per_bar=16)
    song = Strokes(1, tuple(Stroke(1.0 + beat / 2, 36, 100) for beat in range(8)), 5.0)
    watched = Watched(tmp_path, [PLAYS, (0.2, groove), (0.3, song)], seconds=60.0)
    watched.door.leaves = 4.0
    said = watched.says()
    assert said.index(stagehand.words(Code.PLAYER_AWAY)) < said.index(stagehand.words(Code.PLAYER_DEAD))
    assert said[-1] == stagehand.words(Code.PLAYER_DEAD)


def test_a_player_that_dies_in_silence_is_dead_within_a_second(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.door.leaves = 9.0
    assert watched.says() == [stagehand.words(Code.READY), stagehand.words(Code.PLAYER_DEAD)]
    assert [edge for edge in watched.edges if 9.0 <= edge[0] < 10.0][-1][1] is False, "it has not changed in a second"


def test_a_striker_without_real_time_rights_says_so_until_it_is_seen(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.door.presses = [(8.0, Button.SHUTDOWN, True), (8.5, Button.SHUTDOWN, False)]
    assert watched.says(REFUSED) == [stagehand.words(Code.NO_REAL_TIME), stagehand.words(Code.READY)]


def test_strokes_that_come_too_late_are_told_though_they_are_over(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [PLAYS, (9.0, strokes(4.0))])
    assert watched.says() == [stagehand.words(Code.READY), stagehand.words(Code.LATE_STROKES)]


@pytest.mark.parametrize("name", NAMES)
def test_a_motor_that_refuses_is_named_by_its_number(tmp_path: Path, name: str) -> None:
    number = NAMES.index(name) + 1
    drum = Drum[SHIPPED.motors[number - 1].drums[0].upper()]
    watched = Watched(tmp_path, [PLAYS, (2.0, strokes(3.0, drum=drum))], seconds=40.0, broken=[name])
    assert watched.says()[-1] == stagehand.words(Code.MOTOR_FAULT, number)
    assert Code.STRIKER_FAULT not in {fault.code for fault in watched.stage.board.faults()}


@pytest.mark.parametrize("name", NAMES)
def test_a_motor_whose_duty_budget_is_used_up_is_named_by_its_number(tmp_path: Path, name: str) -> None:
    number = NAMES.index(name) + 1
    drum = Drum[SHIPPED.motors[number - 1].drums[0].upper()]
    budget = Budget(on=0.2, window=4.0)
    weak = msgspec.structs.replace(
        SHIPPED, motors=tuple(msgspec.structs.replace(motor, budget=budget) for motor in SHIPPED.motors)
    )
    dense = [strokes(*(3.0 + part + beat / 10 for beat in range(30)), drum=drum, velocity=127) for part in (0.0, 3.0)]
    watched = Watched(tmp_path, [PLAYS, *((2.0, part) for part in dense)], seconds=50.0, settings=weak)
    assert watched.says()[-1] == stagehand.words(Code.MOTOR_HOT, number)


def test_of_two_motors_on_a_drum_the_one_that_is_hot_is_named_though_it_is_the_second(tmp_path: Path) -> None:
    first, second = SHIPPED.motors[1], SHIPPED.motors[2]
    weak = Budget(on=0.2, window=4.0)
    stand_in = msgspec.structs.replace(second, drums=(*second.drums, "snare"), budget=weak)
    settings = msgspec.structs.replace(SHIPPED, motors=(SHIPPED.motors[0], first, stand_in, *SHIPPED.motors[3:]))
    dense = strokes(*(3.0 + beat * 0.03 for beat in range(30)), drum=Drum.SNARE, velocity=127)
    watched = Watched(tmp_path, [PLAYS, (2.0, dense)], seconds=50.0, settings=settings)
    assert watched.says()[-1] == stagehand.words(Code.MOTOR_HOT, 3)


def test_an_attendant_that_fails_is_told_and_the_lamp_goes_on(tmp_path: Path) -> None:
    class Torn:
        def next_deadline(self) -> float:
            return 4.0

        def advance(self, now: float) -> None:
            raise OSError("torn")

    watched = Watched(tmp_path)
    watched.loop.employ(Torn())
    assert watched.says() == [stagehand.words(Code.READY), stagehand.words(Code.STRIKER_FAULT)]


def test_a_panic_of_a_client_is_told(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [PLAYS, (4.0, Panic())])
    assert watched.says() == [stagehand.words(Code.READY), stagehand.words(Code.PANIC_PRESSED)]


def test_the_panic_button_stops_a_motor_in_its_push_and_is_told(tmp_path: Path) -> None:
    watched = Watched(tmp_path, [PLAYS, (1.0, strokes(*(3.0 + beat / 5 for beat in range(20))))], seconds=25.0)
    watched.door.presses = [(4.0, Button.PANIC, True)]
    said = watched.says()
    assert said[-1] == stagehand.words(Code.PANIC_PRESSED)
    assert max(at for at, _, inputs in watched.motors.checker.writes if inputs.driven) < 4.05


HELD = [(4.0, Button.SHUTDOWN, True), (4.5 + HOLD, Button.SHUTDOWN, False)]


def test_a_button_that_is_held_shuts_the_box_down(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    watched = Watched(tmp_path, power_off=("touch", str(asked)))
    watched.door.presses = list(HELD)
    assert watched.says() == [stagehand.words(Code.READY), stagehand.words(Code.SHUTTING_DOWN)]
    assert asked.exists()


def test_a_system_that_cannot_be_shut_down_is_told(tmp_path: Path) -> None:
    watched = Watched(tmp_path, power_off=(str(tmp_path / "no such command"),))
    watched.door.presses = list(HELD)
    assert watched.says()[-1] == stagehand.words(Code.STRIKER_FAULT)


def test_the_lamp_is_dark_when_the_striker_has_ended(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.says()
    assert watched.edges[-1][1] is False
    assert not (tmp_path / "striker.status").exists()


def test_the_footswitch_is_told_to_those_who_follow(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    link = StatusLink(tmp_path / "striker.status")
    assert link.follow()
    watched.door.presses = [(4.0, Button.FOOTSWITCH, True), (4.2, Button.FOOTSWITCH, False)]
    watched.says()
    assert link.steps() == [pytest.approx(4.0, abs=0.011)]
    link.close()


def test_garbage_at_the_status_socket_is_dropped(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as vandal:
        for packet in (b"", b"\xff" * 5000, b"\x93\x01\x02\x03", msgspec.msgpack.encode({"type": "Post", "code": "x"})):
            vandal.sendto(packet, str(tmp_path / "striker.status"))
        vandal.sendto(msgspec.msgpack.encode({"type": "Post", "code": "motor hot"}), str(tmp_path / "striker.status"))
    assert watched.says() == [stagehand.words(Code.READY)]
