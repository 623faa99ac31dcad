"""A process that outlives the striker for as long as it takes to lower every line.

The levels of GPIO lines survive their process on a Pi's kernel (raspberrypi/linux's pinctrl-bcm2835, parameter
persist_gpio_outputs), unless its config.txt says strict_gpiod, as boot/ghostnote.txt does: so a striker that is killed
in mid-stroke could leave its motor on. The guard is forked with the lines open; it waits on a pipe whose other end the
striker alone holds. The end of the pipe is the striker's death, whatever killed it.
"""

import contextlib
import fcntl
import os
import select
import signal
import struct
import sys
import time
import warnings
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from appliance.clock import Clock
from appliance.drivers.gpio_pins import Guarded
from appliance.drivers.realtime import become_punctual
from appliance.drivers.wiring import GuardLimits
from appliance.errors import MotorFault

_BEAT = b"."

# <asm-generic/ioctls.h>: how many bytes lie unread in a pipe.
_FIONREAD = 0x541B
_INT = struct.Struct("i")

# While a late heartbeat is waited for, the striker and its lines are looked at as often as this (s).
_LOOK = 0.002

# <linux/sched.h>, in the flags of /proc/PID/stat (proc(5), field 9): the process is on its way out. Its files, and the
# pipe with them, are closed only after its memory was given back: some 10 ms for 30 MB of locked pages on a slow board.
_PF_EXITING = 0x4

# Patience (s) until the first heartbeat: to lock the memory and to open the door may take a slow board seconds.
_BEGINNING = 10.0

# A killed process is gone within this time (s), or it hangs in the kernel and can switch nothing.
_GONE = 0.040

# Tries to lower a line that refuses, a millisecond apart.
_TRIES = 20

# A guard that was dismissed is gone within this time (s), or it is killed: by then the striker itself has lowered all.
_LEAVING = 1.0


class Guard:
    """The striker's end: it sends the heartbeat, as an attendant of the real-time loop."""

    def __init__(self, pid: int, pipe: int, limits: GuardLimits, clock: Clock) -> None:
        self.pid = pid
        self._pipe = pipe
        self._beat = limits.beat
        self._most = max(1, round(limits.patience / limits.beat))  # beats that may lie in the pipe
        self._next = clock.now()

    def next_deadline(self) -> float:
        """When the next heartbeat is due."""
        return self._next

    def advance(self, now: float) -> None:
        """Send a heartbeat if it is due. Raises: MotorFault when the guard is gone or hangs: nobody may strike then."""
        if now < self._next:
            return
        self._next = now + self._beat
        try:
            os.write(self._pipe, _BEAT)
        except BrokenPipeError:
            raise MotorFault("the guard of the motors is gone, and nothing is struck without it") from None
        if self._unheard() > self._most:
            raise MotorFault("the guard of the motors hangs, and nothing is struck without it")

    def dismiss(self) -> None:
        """End the guard and wait for it; it lowers every line once more. Raises: MotorFault when it could not."""
        os.close(self._pipe)
        guard = os.pidfd_open(self.pid)
        try:
            if not select.select((guard,), (), (), _LEAVING)[0]:
                signal.pidfd_send_signal(guard, signal.SIGKILL)
        finally:
            os.close(guard)
        _, status = os.waitpid(self.pid, 0)
        if status:
            raise MotorFault(f"the guard could not lower every line (status {os.waitstatus_to_exitcode(status)})")

    def _unheard(self) -> int:
        """Heartbeats that the guard has not taken yet: one that is stopped or starved takes none."""
        count: int = _INT.unpack(fcntl.ioctl(self._pipe, _FIONREAD, bytes(_INT.size)))[0]
        return count


def post_guard(lines: Sequence[Guarded], limits: GuardLimits, clock: Clock, priority: int = 0) -> Guard:
    """Fork the guard of these lines; its real-time `priority` is to be above the striker's (0: none).

    Call it when the lines are open and low, and everything that the guard must not share is not: it closes all files
    but theirs. It is on its post when this returns. The first heartbeat may come 10 s later, if the lines stay low
    until then. Raises: MotorFault when it does not come.
    """
    reader, writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    arrival, arrived = os.pipe2(os.O_CLOEXEC)
    striker = os.pidfd_open(os.getpid())
    state = os.open(f"/proc/{os.getpid()}/stat", os.O_RDONLY | os.O_CLOEXEC)
    with warnings.catch_warnings():
        # Python 3.12 warns of a fork beside threads, because a lock may be held for ever in the child. gpiozero and
        # lgpio have threads; the child calls neither, nor anything else that takes a lock of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _guard(lines, limits, _Ends(reader, striker, state, arrived), priority)
    for file in (reader, striker, state, arrived):
        os.close(file)
    guard = Guard(pid, writer, limits, clock)
    try:
        _await(arrival)
    except MotorFault:
        guard.dismiss()
        raise
    finally:
        os.close(arrival)
    return guard


def _await(arrival: int) -> None:
    # An end of the pipe without a byte is the guard's own end.
    if not (select.select((arrival,), (), (), _BEGINNING)[0] and os.read(arrival, 1)):
        raise MotorFault("the guard of the motors does not come, and nothing is struck without it")


class _Ends(NamedTuple):
    """The guard's files, by which it knows the striker: the pipe, a handle to kill it by, and /proc/PID/stat.

    On the last one it says that it is there.
    """

    reader: int
    striker: int
    state: int
    arrived: int


def _guard(lines: Sequence[Guarded], limits: GuardLimits, ends: _Ends, priority: int) -> NoReturn:
    """The forked process, from its first to its last instruction; it never returns into the striker's code."""
    status = 1
    try:
        _stand_apart({2, *ends, *(file for line in lines for file in line.files())})
        become_punctual(priority)
        _rehearse(lines, ends)
        if not _watch(lines, limits, ends):
            _kill(lines, ends)
        status = 0 if lower(lines) else 1
    finally:
        os._exit(status)


def _rehearse(lines: Sequence[Guarded], ends: _Ends) -> None:
    """Do what will be done at a striker's death, while all lines are low: its memory is then this process's own.

    After a fork each page is shared until somebody writes on it, and Python writes on whatever it looks at; a copy at
    the wrong moment would wait for a machine that is short of memory.
    """
    _is_exiting(ends.state)
    _any_high(lines)
    for line in lines:
        _lowered(line)
    os.write(ends.arrived, _BEAT)
    os.close(ends.arrived)


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


def _watch(lines: Sequence[Guarded], limits: GuardLimits, ends: _Ends) -> bool:
    """Until the striker is dead (True), or dying or to be given up (False)."""
    heard, patience = time.monotonic(), _BEGINNING
    poll = select.poll()
    poll.register(ends.reader, select.POLLIN)
    late = 1.5 * limits.beat
    while True:
        silence = time.monotonic() - heard
        wait = late - silence if silence < late else _LOOK
        if poll.poll(max(wait, 0.0) * 1000 + 0.5):
            if not os.read(ends.reader, 4096):
                return True
            heard, patience = time.monotonic(), limits.patience
            continue
        if _is_exiting(ends.state):
            return False
        silence = time.monotonic() - heard
        if silence >= patience or (silence >= limits.limit and _any_high(lines)):
            return False


def _is_exiting(state: int) -> bool:
    try:
        stat = os.pread(state, 1024, 0)
    except ProcessLookupError:
        return True
    # The name, in brackets, may hold anything; behind it are the fields from the third on.
    return bool(int(stat[stat.rindex(b")") + 2 :].split()[6]) & _PF_EXITING)


def _any_high(lines: Sequence[Guarded]) -> bool:
    for line in lines:
        try:
            if line.is_high():
                return True
        except (OSError, RuntimeError, ValueError):
            return True  # what cannot be told is not trusted
    return False


def _kill(lines: Sequence[Guarded], ends: _Ends) -> None:
    """End the striker, if it is not about to, and lower what its threads may raise until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(ends.striker, signal.SIGKILL)
    poll = select.poll()
    poll.register(ends.reader, select.POLLIN)
    end = time.monotonic() + _GONE
    while time.monotonic() < end:
        for line in lines:
            _lowered(line)
        if poll.poll(1) and not os.read(ends.reader, 4096):
            return
