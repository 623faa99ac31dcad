"""Motors on paper: every write is a line in a file that other processes have in their memory too.

A striker that was killed cannot say how it left its lines; the paper can. Another process reads from it how long each
line was high, a guard can lower the lines of a dead striker on it, and a campaign of faults can make its writes fail.
"""

import mmap
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from appliance.clock import Clock
from appliance.drivers.dry_bridge import DryBridge
from appliance.errors import MotorFault, SettingsError
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import COAST, Inputs

# The paper: a head, a byte of level for each motor, then the lines. Of the head: a mark, how many lines are written,
# which write is to fail (0: none) and how (1: refused by the pins, 2: by a program's error).
_HEAD = struct.Struct("=8sQQQ")
_MARK = b"drums 1\n"
_COUNT, _FAILS_AT, _FAILS_HOW = 8, 16, 24
_NUMBER = struct.Struct("=Q")
_LEVELS = _HEAD.size
_MOTORS = 32
_LINE = struct.Struct("=diid")  # instant (s), motor's place in the settings, way (1, 0, -1), duty
_FIRST = _LEVELS + _MOTORS
_LINES = 1 << 17  # an hour at eight strokes a second
SIZE = _FIRST + _LINES * _LINE.size

REFUSED, BROKEN = 1, 2


class PaperLine(msgspec.Struct, frozen=True):
    """A motor got these inputs at `time` (s, CLOCK_MONOTONIC)."""

    time: float
    motor: str
    inputs: Inputs


class Paper:
    """The file, mapped into this process. Raises: SettingsError when it is none, or cannot be made."""

    def __init__(self, path: Path, motors: Sequence[str]) -> None:
        if len(motors) > _MOTORS:
            raise SettingsError(f"paper has room for {_MOTORS} motors, not for {len(motors)}")
        self._motors = tuple(motors)
        try:
            self._memory = _mapped(path)
        except OSError as error:
            raise SettingsError(f"cannot use {path} as paper for the motors: {error.strerror}") from error
        if self._memory[:8] != _MARK:
            raise SettingsError(f"{path} is no paper for motors: give a file that is not there yet")

    @property
    def written(self) -> int:
        """How many lines are written."""
        return self._number(_COUNT)

    def lines(self, first: int = 0) -> Iterator[PaperLine]:
        """What was written, from a line on."""
        for number in range(first, self.written):
            time, motor, way, duty = _LINE.unpack_from(self._memory, _FIRST + number * _LINE.size)
            inputs = Inputs(int(way > 0), int(way < 0), duty) if way else COAST
            yield PaperLine(time, self._motors[motor], inputs)

    def write(self, time: float, motor: int, way: int, duty: float) -> None:
        """The line first, then the level: what is high is always written. Raises: MotorFault when the paper is full."""
        number = self.written
        if number >= _LINES and way:
            raise MotorFault(f"the paper is full after {_LINES} writes")
        if number < _LINES:
            _LINE.pack_into(self._memory, _FIRST + number * _LINE.size, time, motor, way, duty)
            _NUMBER.pack_into(self._memory, _COUNT, number + 1)
        self._memory[_LEVELS + motor] = int(way != 0)

    def is_high(self, motor: int) -> bool:
        """Whether a line of a motor is high."""
        return bool(self._memory[_LEVELS + motor])

    def fail(self, writes: int, how: int) -> None:
        """Make the write fail that comes after so many: REFUSED by its pins, or BROKEN by a program's error."""
        _NUMBER.pack_into(self._memory, _FAILS_HOW, how)
        _NUMBER.pack_into(self._memory, _FAILS_AT, self.written + writes)

    def take_failure(self) -> int:
        """How this write is to fail, once; 0: not at all."""
        at = self._number(_FAILS_AT)
        if not at or self.written < at:
            return 0
        _NUMBER.pack_into(self._memory, _FAILS_AT, 0)
        return self._number(_FAILS_HOW)

    def _number(self, place: int) -> int:
        number: int = _NUMBER.unpack_from(self._memory, place)[0]
        return number


class GuardedMotor:
    """A motor's lines on the paper, for a guard that lowers them from a process of its own."""

    def __init__(self, paper: Paper, motor: int, clock: Clock) -> None:
        self._paper = paper
        self._motor = motor
        self._clock = clock

    def lower(self) -> None:
        """Both low now; a line is written only where one was high."""
        if self.is_high():
            self._paper.write(self._clock.now(), self._motor, 0, 0.0)

    def is_high(self) -> bool:
        """Whether one is high."""
        return self._paper.is_high(self._motor)

    def files(self) -> tuple[int, ...]:
        """None: the memory stays mapped when the file is closed."""
        return ()


class PaperBridge:
    """A rack of bridges on paper; it implements MotorDriver, and refuses what the dry one refuses."""

    def __init__(self, settings: StrikeSettings, clock: Clock, path: Path) -> None:
        """Raises: SettingsError when the paper cannot be had."""
        names = [motor.name for motor in settings.motors]
        self._paper = Paper(path, names)
        self._dry = DryBridge(settings, clock)
        self._clock = clock
        self._places = {name: place for place, name in enumerate(names)}

    @property
    def guarded(self) -> tuple[GuardedMotor, ...]:
        """Every motor's lines, for a guard."""
        return tuple(GuardedMotor(self._paper, place, self._clock) for place in self._places.values())

    def write(self, motor: str, inputs: Inputs) -> None:
        """Set a motor's inputs now. Raises: MotorFault as the dry bridge, or when this write is to fail."""
        failure = self._paper.take_failure()
        if failure == REFUSED:
            raise MotorFault(f"the pins of motor {motor!r} refuse this write")
        if failure == BROKEN:
            raise RuntimeError("this write breaks the driver")
        self._dry.write(motor, inputs)
        self._paper.write(self._clock.now(), self._places[motor], inputs.driven, inputs.duty)

    def coast_all(self) -> None:
        """Lower every input of every motor; this never fails."""
        self._dry.coast_all()
        for place in self._places.values():
            self._paper.write(self._clock.now(), place, 0, 0.0)


def _mapped(path: Path) -> mmap.mmap:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    try:
        if not os.fstat(file).st_size:
            # All of it now: a disk that is full later must not kill a striker by a page that cannot be had.
            os.posix_fallocate(file, 0, SIZE)
            os.pwrite(file, _HEAD.pack(_MARK, 0, 0, 0), 0)
        return mmap.mmap(file, SIZE)
    except ValueError as error:
        raise SettingsError(f"{path} is no paper for motors: give a file that is not there yet") from error
    finally:
        os.close(file)
