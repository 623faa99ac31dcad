"""What makes a process punctual: a real-time priority, memory that stays, no garbage collector."""

import ctypes
import gc
import os
import resource
import time
from pathlib import Path

import msgspec

from appliance.clock import MonotonicClock

# The player's SCHED_FIFO priority: below the striker's 50, which has instants to keep.
PLAYER_PRIORITY = 40

# <sys/mman.h>, the same numbers on x86, ARM and RISC-V.
_MCL_CURRENT = 1
_MCL_FUTURE = 2

# <linux/prctl.h>: how late (ns) the kernel may make a sleep of a process without real-time priority; 50 us by default.
_PR_SET_TIMERSLACK = 29

# <linux/capability.h>: may lock memory beyond RLIMIT_MEMLOCK.
_CAP_IPC_LOCK = 14


# The last part (s) of a wait is spent looking at the clock: longer than a sleeping process needs to wake up.
SPIN = 0.0004


class PunctualClock(MonotonicClock):
    """The machine's CLOCK_MONOTONIC, and a wait that ends within a few microseconds of its instant."""

    def reach(self, instant: float) -> None:
        """Return at `instant`, or at once if it is past; the processor is kept busy for the last 0.4 ms."""
        self.sleep_until(instant - SPIN)
        monotonic = time.monotonic
        while monotonic() < instant:
            pass


class Grant(msgspec.Struct, frozen=True):
    """What the system granted; `lacks` has a line for what it did not, with the price."""

    priority: int
    memory_locked: bool
    lacks: tuple[str, ...]


def become_punctual(priority: int) -> Grant:
    """Ask for SCHED_FIFO at `priority` (0: do not ask) and locked memory, and stop the collector; work without too.

    Call it when everything long-lived exists. What a real-time process forgets to free stays: its loop makes no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    _give_back_memory()
    _allow_no_timer_slack()
    refusals = (_take_priority(priority), _lock_memory())
    lacks = tuple(line for line in refusals if line)
    return Grant(priority=0 if refusals[0] else priority, memory_locked=not refusals[1], lacks=lacks)


def become_prompt(priority: int) -> bool:
    """Ask for SCHED_FIFO at `priority` (0: do not ask), for a process that mostly waits; False: it was not granted.

    Its collector and its memory stay as they are: what it has to do can wait for a millisecond, but not for a model.
    """
    return not _take_priority(priority)


def _take_priority(priority: int) -> str:
    if not priority:
        return "no real-time priority was asked for: a stroke may be several ms late when the machine is busy"
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    except PermissionError:
        return (
            f"real-time priority {priority} was not granted: a stroke may be several ms late when the machine is busy "
            "(run under systemd with LimitRTPRIO, or raise `ulimit -r`)"
        )
    return ""


def _lock_memory() -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    # With a limit, a lock on what is still to come would make a later allocation fail in the middle of a concert.
    flags = _MCL_CURRENT | _MCL_FUTURE if _may_lock_all() else _MCL_CURRENT
    if libc.mlockall(flags) == 0:
        return ""
    why = os.strerror(ctypes.get_errno())
    return (
        f"memory was not locked ({why}): a stroke may be late by a read from the card when memory runs short "
        "(run under systemd with LimitMEMLOCK=infinity)"
    )


def _may_lock_all() -> bool:
    soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if soft == resource.RLIM_INFINITY:
        return True
    # proc(5): the effective capabilities, a hexadecimal mask.
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> _CAP_IPC_LOCK & 1)
    return False


def _give_back_memory() -> None:
    # What reading settings and modules left free would be locked too. glibc only: others give back by themselves.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(ctypes.c_size_t(0))


def _allow_no_timer_slack() -> None:
    # Linux only; it cannot be refused to a process for itself, and where it does not exist nothing is lost but 50 us.
    ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, ctypes.c_ulong(1), 0, 0, 0)
