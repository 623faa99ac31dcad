"""A striker's loop on a stage of its own: a clock that is turned, a door with a script, motors that are checked."""

from collections.abc import Sequence

import msgspec

from appliance.clock import VirtualClock
from appliance.drivers.striker import StrikerLoop
from appliance.errors import MotorFault
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.groove import GrooveKeeper
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import COAST, Inputs
from appliance.strike.striker import Striker
from appliance.strike.trial import Try
from appliance.strike.wire import (
    Player,
    Reply,
    Request,
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


snare_try = Try("snare", time=1.0, forward=0.02, duty=0.8, pause=0.01, back=0.02, back_duty=0.5, batch=4)


def changed(**fields: object) -> Try:
    return msgspec.structs.replace(snare_try, **fields)
