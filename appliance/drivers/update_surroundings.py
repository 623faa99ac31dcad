"""The box around an update: its board and day, the songs on it, and a version that is tried beside the running one."""

import datetime
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from appliance.drivers.machine import machine
from appliance.drivers.status_link import StatusLink
from appliance.errors import StrikerLost, UpdateFailed
from appliance.release.admission import Box
from appliance.release.version import Version
from appliance.status.codes import Code

# A song may take an hour; a box that has not paused for two is asked with --force.
_LONGEST_SONG = 2 * 3600.0
# Seconds without a call and an answer: the breath between two phrases of one song is shorter.
_PAUSE = 10.0
_BOARD_ANSWERS = 1.0
_LOOK = 0.5

# Seconds in which a version must have struck and answered once: a Pi 3 takes six for it.
_EXAMINATION = 25.0

_SONG = frozenset({Code.LISTENING, Code.ANSWERING})


class UpdateSurroundings:
    """The real ones."""

    def __init__(
        self, status: Callable[[], StatusLink], examination: Callable[[Path], list[str]], pace: float = 1.0
    ) -> None:
        """`status`: a new link to the board in the striker; `examination`: the command that tries a version's folder.

        `pace`: times as long as a Pi 3 that an examination may take.
        """
        self._examination = _EXAMINATION * pace
        self._status = status
        self._command = examination

    def box(self, running: Version | None, free: int) -> Box:
        """The board as it is."""
        return Box(machine(), f"{sys.version_info.major}.{sys.version_info.minor}", running, free)

    def day(self) -> str:
        """The day and time by the box's own clock, ISO 8601."""
        return datetime.datetime.now().astimezone().isoformat(timespec="seconds")

    def wait(self, seconds: float) -> None:
        """Let some time pass."""
        time.sleep(seconds)

    def await_pause(self) -> None:
        """Return when nobody has played for ten seconds. Raises: UpdateFailed after two hours."""
        began = quiet = time.monotonic()
        while (now := time.monotonic()) < quiet + _PAUSE:
            if self._song_is_on():
                quiet = now
            if now > began + _LONGEST_SONG:
                raise UpdateFailed("no song has ended for two hours: --force switches in the middle of one")
            time.sleep(_LOOK)

    def examine(self, folder: Path) -> str:
        """Empty when the version struck and answered, dry, with the owner's settings; else what was wrong."""
        try:
            done = subprocess.run(  # noqa: S603 - a version whose signature was verified, and no shell
                self._command(folder),
                capture_output=True,
                text=True,
                errors="replace",
                timeout=self._examination,
                check=False,
                env={"PATH": os.environ.get("PATH", os.defpath)},
            )
        except subprocess.TimeoutExpired:
            return f"its test did not end within {self._examination:.0f} s"
        except OSError as error:
            return f"its test cannot be started: {error.strerror}"
        said = " ".join((done.stderr or done.stdout).split())[-300:]
        return "" if done.returncode == 0 else said or f"its test ended with status {done.returncode}"

    def _song_is_on(self) -> bool:
        link = self._status()
        try:
            return link.report(_BOARD_ANSWERS).state in _SONG
        except StrikerLost:
            # Nothing plays where nothing strikes.
            return False
        finally:
            link.close()
