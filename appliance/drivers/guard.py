"""A process that outlives the striker for as long as it takes to lower every line.

The levels of GPIO lines survive their process on a Pi's kernel (raspberrypi/linux's pinctrl-bcm2835, parameter
persist_gpio_outputs), so a striker that is killed in mid-stroke would leave its motor on. The guard is forked with the
lines open; it waits on a pipe whose other end the striker alone holds. The end of the pipe is the striker's death,
whatever killed it.
"""

import contextlib
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Sequence
from typing import NoReturn

from appliance.clock import Clock
from appliance.drivers.gpio_pins import Guarded
from appliance.drivers.realtime import become_punctual
from appliance.drivers.wiring import GuardLimits
from appliance.errors import MotorFault

_BEAT = b"."

# While a late heartbeat is waited for, the lines are looked at as often as this (s).
_LOOK = 0.002

# A killed process is gone within this time (s), or it hangs in the kernel and can switch nothing.
_GONE = 0.040

# Tries to lower a line that refuses, a millisecond apart.
_TRIES = 20


class Guard:
    """The striker's end: it sends the heartbeat, as an attendant of the real-time loop."""

    def __init__(self, pid: int, pipe: int, limits: GuardLimits, clock: Clock) -> None:
        self.pid = pid
        self._pipe = pipe
        self._beat = limits.beat
        self._next = clock.now()

    def next_deadline(self) -> float:
        """When the next heartbeat is due."""
        return self._next

    def advance(self, now: float) -> None:
        """Send a heartbeat if it is due. Raises: MotorFault when the guard is gone: nobody may strike without it."""
        if now < self._next:
            return
        self._next = now + self._beat
        try:
            os.write(self._pipe, _BEAT)
        except BrokenPipeError:
            raise MotorFault("the guard of the motors is gone, and nothing is struck without it") from None
        except BlockingIOError:
            raise MotorFault("the guard of the motors hangs, and nothing is struck without it") from None

    def dismiss(self) -> None:
        """End the guard and wait for it; it lowers every line once more. Raises: MotorFault when it could not."""
        os.close(self._pipe)
        _, status = os.waitpid(self.pid, 0)
        if status:
            raise MotorFault(f"the guard could not lower every line (status {os.waitstatus_to_exitcode(status)})")


def post_guard(lines: Sequence[Guarded], limits: GuardLimits, clock: Clock, priority: int = 0) -> Guard:
    """Fork the guard of these lines; its real-time `priority` is to be above the striker's (0: none).

    Call it when the lines are open and everything that the guard must not share is not: it closes all files but theirs.
    Patience begins with the first heartbeat; until then the lines must stay low.
    """
    reader, writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    striker = os.pidfd_open(os.getpid())
    with warnings.catch_warnings():
        # Python 3.12 warns of a fork beside threads, because a lock may be held for ever in the child. gpiozero and
        # lgpio have threads; the child calls neither, nor anything else that takes a lock of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _guard(lines, limits, (reader, striker), priority)
    os.close(reader)
    os.close(striker)
    return Guard(pid, writer, limits, clock)


def _guard(lines: Sequence[Guarded], limits: GuardLimits, files: tuple[int, int], priority: int) -> NoReturn:
    """The forked process, from its first to its last instruction; it never returns into the striker's code."""
    status = 1
    try:
        _stand_apart({2, *files, *(file for line in lines for file in line.files())})
        become_punctual(priority)
        reader, striker = files
        if not _watch(lines, limits, reader):
            _kill(lines, reader, striker)
        status = 0 if lower(lines) else 1
    finally:
        os._exit(status)


def lower(lines: Sequence[Guarded]) -> bool:
    """Lower every line, each again and again while it refuses; whether all are low."""
    for again in range(_TRIES):
        if again:
            time.sleep(0.001)
        refused = [line for line in lines if not _lowered(line)]
        if not refused:
            return True
    sys.stderr.write(f"ghostnote guard: {len(refused)} lines could not be lowered\n")
    return False


def _lowered(line: Guarded) -> bool:
    try:
        line.lower()
    except (OSError, RuntimeError, ValueError):
        return False
    return True


def _stand_apart(keep: set[int]) -> None:
    # Of a session of its own: Ctrl-C and Ctrl-Z at a terminal are for the striker. The unit's stop is too.
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    last = -1
    for file in sorted(keep):
        os.closerange(last + 1, file)
        last = file
    os.closerange(last + 1, os.sysconf("SC_OPEN_MAX"))


def _watch(lines: Sequence[Guarded], limits: GuardLimits, reader: int) -> bool:
    """Until the pipe ends (True: the striker is dead) or the striker is to be given up (False)."""
    heard, begun = time.monotonic(), False
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    while True:
        silence = time.monotonic() - heard
        wait = limits.limit - silence if silence < limits.limit else _LOOK
        if poll.poll(max(wait, 0.0) * 1000 + 0.5):
            if not os.read(reader, 4096):
                return True
            heard, begun = time.monotonic(), True
            continue
        silence = time.monotonic() - heard
        if (begun and silence >= limits.patience) or (silence >= limits.limit and _any_high(lines)):
            return False


def _any_high(lines: Sequence[Guarded]) -> bool:
    for line in lines:
        try:
            if line.is_high():
                return True
        except (OSError, RuntimeError, ValueError):
            return True  # what cannot be told is not trusted
    return False


def _kill(lines: Sequence[Guarded], reader: int, striker: int) -> None:
    """End the striker, lowering what its threads may raise until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(striker, signal.SIGKILL)
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    end = time.monotonic() + _GONE
    while time.monotonic() < end:
        for line in lines:
            _lowered(line)
        if poll.poll(1) and not os.read(reader, 4096):
            return
