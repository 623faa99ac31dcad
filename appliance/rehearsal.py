"""A concert without its time: messages through all rooms to the motors, each deadline kept, as fast as it computes.

It is how a file is answered, how a journal will be replayed, and how a test follows a hit.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from appliance.band import Band
from appliance.clock import Clock, VirtualClock
from appliance.happenings import Happening, Silence, StrokesDue, StrokesOff, Told
from appliance.strike.motor import MotorDriver
from appliance.strike.outcome import LeftOut, Struck
from appliance.strike.striker import Striker, Write


class Timed(msgspec.Struct, frozen=True):
    """Something that happened, and the seconds of computing in all when the rooms began on it and when it was known."""

    happening: Happening
    began: float
    known: float


class Rehearsal:
    """The rooms before the striker, the striker and its motors, each told the time.

    With `foresight` the rooms are that many seconds ahead of the motors: a file, unlike a player, can be listened to
    before it sounds, so no stick's way is too long for the beat behind a call.
    """

    def __init__(
        self,
        band: Band,
        striker: Striker,
        motors: MotorDriver,
        clock: VirtualClock,
        stopwatch: Clock,
        foresight: float = 0.0,
        port: str = "pad",
    ) -> None:
        """The messages come by `port`. `clock` is the motors' time; `stopwatch` measures how long the rooms compute."""
        self._band = band
        self._port = port
        self._striker = striker
        self._motors = motors
        self._clock = clock
        self._stopwatch = stopwatch
        self._foresight = foresight
        self._computed = 0.0
        self.happenings: list[Timed] = []
        self.struck: list[Struck] = []
        self.left_out: list[LeftOut] = []
        self.faults: list[str] = []

    def play(self, messages: Sequence[tuple[float, bytes]]) -> None:
        """Messages in order of time, and then on until nothing is due any more."""
        for time, message in messages:
            self._run(until=time - self._foresight)
            self._turn_clock(time - self._foresight)
            self._tell(partial(self._band.receive, self._port, time, message))
        self._run(until=float("inf"))
        self._motors.coast_all()

    def _run(self, until: float) -> None:
        """Every deadline up to `until`; at one instant the motors come first."""
        while True:
            rooms, strokes = self._band.next_deadline(), self._striker.next_deadline()
            dues = (None if rooms is None else rooms - self._foresight, strokes)
            soonest = min((due for due in dues if due is not None), default=None)
            if soonest is None or soonest > until:
                return
            self._turn_clock(soonest)
            if strokes is not None and strokes <= self._clock.now():
                self._write(self._striker.advance(self._clock.now()))
            else:
                # A sum and a difference may err by a rounding: never tell the rooms an instant before their deadline.
                now = max(self._clock.now() + self._foresight, rooms or -math.inf)
                self._tell(partial(self._band.advance, now))

    def _turn_clock(self, instant: float) -> None:
        """Time does not go back: what is due already (a step of the answer) is done now."""
        self._clock.set(max(instant, self._clock.now()))

    def _tell(self, rooms: Callable[[], list[Told]]) -> None:
        began, since = self._computed, self._stopwatch.now()
        told = rooms()
        self._computed += self._stopwatch.now() - since
        for one in told:
            self.happenings.append(Timed(one.happening, began, self._computed))
            self._strike(one.happening)
        self._keep_left_out()

    def _strike(self, happening: Happening) -> None:
        now = self._clock.now()
        match happening:
            case StrokesDue(step, muted) if not muted:
                self._striker.receive(step.strokes, now)
            case StrokesOff(time):
                self._striker.cancel(time)
            case Silence():
                self._write(self._striker.panic(now))

    def _write(self, writes: list[Write]) -> None:
        for write in writes:
            self._motors.write(write.motor, write.inputs)
            self._striker.written(write, self._clock.now())
            struck = write.struck(self._clock.now())
            if isinstance(struck, Struck):
                self.struck.append(struck)
        self._keep_left_out()
        self.faults += self._striker.take_faults()

    def _keep_left_out(self) -> None:
        self.left_out += [dropped for dropped in self._striker.take_left_out() if isinstance(dropped, LeftOut)]
