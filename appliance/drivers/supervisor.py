"""What a service tells systemd: that it is ready, that it lives, what it does (sd_notify(3)).

Started by hand there is nobody to tell, and nothing is sent.
"""

import contextlib
import os
import socket
from collections.abc import Callable, Mapping
from typing import Self

# How many times a loop tells systemd that it lives within the time after which it would be killed: one in the middle,
# as sd_watchdog_enabled(3) advises, and one to spare for a late one.
_TIMES = 3

Notify = Callable[[str], object]


class Supervisor:
    """The way to systemd, with the verbs of a room: the loop that matters feeds the watchdog when it is due."""

    def __init__(self, notify: Notify | None, period: float | None) -> None:
        """`notify`: sends a state, None for nobody; `period`: seconds between two feedings, None for no watchdog."""
        self._notify = notify
        self._period = None if notify is None else period
        self._due = 0.0
        self._status = ""

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """As systemd started this process."""
        if not environment.get("NOTIFY_SOCKET"):
            return cls(None, None)
        meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        limit = int(environment.get("WATCHDOG_USEC") or 0) / 1e6 if meant else 0.0
        return cls(_systemd(), limit / _TIMES or None)

    def ready(self, status: str = "") -> None:
        """The service does what it is for, from here on."""
        self._tell("READY=1" + (f"\nSTATUS={status}" if status else ""))
        self._status = status

    def stopping(self) -> None:
        """It ends in order."""
        self._tell("STOPPING=1")

    def say(self, status: str) -> None:
        """What it does, in words, for `systemctl status`; said again it is not sent again."""
        if status != self._status:
            self._status = status
            self._tell(f"STATUS={status}")

    def next_deadline(self) -> float | None:
        """When the watchdog is to be fed; None when there is none."""
        return None if self._period is None else self._due

    def advance(self, now: float) -> None:
        """Feed the watchdog if it is due."""
        if self._period is not None and now >= self._due:
            self._due = now + self._period
            self._tell("WATCHDOG=1")

    def _tell(self, state: str) -> None:
        if self._notify is not None:
            self._notify(state)


class SupervisedLoop:
    """The supervisor as a Helper of the player's loop: what the loop's own turn says is true of the loop."""

    def __init__(self, supervisor: Supervisor) -> None:
        """READY is said in the first turn."""
        self._supervisor = supervisor
        self._turns = False

    def filenos(self) -> list[int]:
        """Nothing comes back from systemd."""
        return []

    def next_deadline(self) -> float | None:
        """When the watchdog is to be fed."""
        return self._supervisor.next_deadline()

    def advance(self, now: float) -> tuple[()]:
        """Feed it if it is due; there is nothing to tell the rooms."""
        if not self._turns:
            self._turns = True
            self._supervisor.ready("listens")
        self._supervisor.advance(now)
        return ()


def _systemd() -> Notify:
    # Debian's python3-systemd, or the package of the `pi` extra.
    try:
        from systemd.daemon import notify
    except ImportError:  # a system without a network when it was installed
        return _datagram
    send: Notify = notify
    return send


def _datagram(state: str) -> None:
    """The protocol itself (sd_notify(3)): a datagram to a socket, whose name begins with @ where it has no file."""
    name = os.environ["NOTIFY_SOCKET"]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as telling, contextlib.suppress(OSError):
        telling.sendto(state.encode(), "\0" + name[1:] if name.startswith("@") else name)
