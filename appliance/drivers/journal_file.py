"""The journal on disk: it never holds the music up.

A thread of its own writes. What was written is brought to the disk every few seconds and at the end: a power cut costs
those seconds at most, and may leave a torn last line, which a reader leaves out.
"""

import os
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from appliance.drivers.evening_writer import EveningWriter
from appliance.errors import SettingsError

_WAITING = 1 << 16  # lines that wait for a slow card: an hour of them; what is more is missed, and said
_MEGABYTE = 10**6


class JournalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where evenings are kept (`folder`; empty: where systemd says, else nowhere), and how many.

    `part_size` and `total_size` in MB: a file of an evening, and all there are. `sync`: seconds that a power cut may
    cost. Raises: ValueError for sizes that cannot be kept.
    """

    folder: str
    part_size: float
    total_size: float
    sync: float

    def __post_init__(self) -> None:
        if not 0 < self.part_size <= self.total_size / 2:
            raise ValueError(
                f"journal.part_size is above 0 and at most half of journal.total_size, not {self.part_size} of "
                f"{self.total_size}"
            )
        if not 0.1 <= self.sync <= 3600:
            raise ValueError(f"journal.sync is 0.1 to 3600 s, not {self.sync}")

    def place(self) -> Path | None:
        """The folder: the setting's, or `journal` in the service's StateDirectory (systemd.exec(5)), or None."""
        if self.folder:
            return Path(self.folder).expanduser()
        states = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
        return Path(states) / "journal" if states else None


class JournalFile:
    """A new evening in a folder. `write` only puts a line in a queue; `say_missed` words those that found no place."""

    def __init__(self, folder: Path, settings: JournalSettings, say_missed: Callable[[int], bytes]) -> None:
        """Raises: SettingsError when the folder cannot be written to."""
        self._folder = folder
        self._sync = settings.sync
        self._say_missed = say_missed
        self._waiting: deque[bytes] = deque()
        self._missed = 0  # counted where lines are given
        self._lost = 0  # counted by the thread
        self._said = 0
        self._closing = threading.Event()
        self.fault = ""  # why nothing is kept at the moment
        try:
            part, total = settings.part_size * _MEGABYTE, settings.total_size * _MEGABYTE
            self._writer = EveningWriter(folder, int(part), int(total))
        except OSError as error:
            raise SettingsError(f"cannot keep a journal in {folder}: {error.strerror}") from None
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def write(self, line: bytes) -> None:
        """Give a line, with its end."""
        if len(self._waiting) >= _WAITING:
            self._missed += 1
        else:
            self._waiting.append(line)

    def close(self) -> None:
        """Bring all that waits to the disk; it takes as long as the disk does."""
        self._closing.set()
        self._thread.join()
        self._writer.close()

    def _run(self) -> None:
        closing = False
        while not closing:
            closing = self._closing.wait(self._sync)
            self._keep()

    def _keep(self) -> None:
        lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
        missed = self._missed + self._lost
        if missed > self._said:
            lines.append(self._say_missed(missed - self._said))
        try:
            if lines:
                self._writer.write(b"".join(lines))
            self._said, self.fault = missed, ""
        except OSError as error:
            self._lost += len(lines)
            self.fault = f"the journal in {self._folder} cannot be written: {error.strerror}"
