"""Writes down the answers that the player keeps, each as a MIDI file; a slow card holds nobody up."""

import os
import queue
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from appliance.drivers.track_file import write_track
from appliance.happenings import Kept, Told
from appliance.strike.wire import Fault

# Favourites that may wait for the disk: nobody presses `keep` more often.
_WAITING = 64


class Favourites:
    """Told all that happens, as the loop's Listening; and a Helper of it, for what the disk has to say."""

    def __init__(self, folder: Path | None) -> None:
        """`folder` is made when it is needed; None: nobody said where."""
        self._folder = folder
        self._kept: queue.Queue[tuple[str, Kept] | None] = queue.Queue(_WAITING)
        self._said: deque[Fault] = deque(maxlen=_WAITING)
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._write_all, name="favourites", daemon=True)
        self._thread.start()

    def tell(self, told: Told, _now: float) -> None:
        """Something happened."""
        if not isinstance(told.happening, Kept):
            return
        try:
            self._kept.put_nowait((told.duet, told.happening))
        except queue.Full:
            self._complain("the disk does not take it")

    def filenos(self) -> list[int]:
        """Readable when a favourite could not be written."""
        return [self._wake]

    def next_deadline(self) -> None:
        """Never: the disk announces itself."""

    def advance(self, _now: float) -> Sequence[Fault]:
        """What could not be written."""
        if not self._said:
            return ()
        os.eventfd_read(self._wake)
        return [self._said.popleft() for _ in range(len(self._said))]

    def close(self) -> None:
        """Write what waits."""
        self._kept.put(None)
        self._thread.join()
        os.close(self._wake)

    def _write_all(self) -> None:
        while (kept := self._kept.get()) is not None:
            try:
                self._write(*kept)
            except OSError as error:
                self._complain(error.strerror or str(error))

    def _write(self, duet: str, kept: Kept) -> None:
        if self._folder is None:
            raise OSError("say in [favourites] where it is to be kept")
        self._folder.mkdir(parents=True, exist_ok=True)
        numbers = [int(path.stem) for path in self._folder.glob("*.mid") if path.stem.isdecimal()]
        path = self._folder / f"{max(numbers, default=0) + 1:06}.mid"
        write_track(path, kept.track, kept.timeline.grid, f"{duet}, answer {kept.answer}")

    def _complain(self, reason: str) -> None:
        self._said.append(Fault(f"a favourite was not written: {reason}"))
        os.eventfd_write(self._wake, 1)
