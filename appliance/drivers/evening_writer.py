"""Writes an evening to disk, part by part, and takes the oldest parts of all evenings away to make room."""

import contextlib
import os
from pathlib import Path

from appliance.drivers.evening import part_path, parts_in


class EveningWriter:
    """A new evening in a folder. Every call waits for the disk."""

    def __init__(self, folder: Path, part_size: int, total_size: int) -> None:
        """Sizes in bytes: of a part that is full, and of all parts of all evenings. Raises: OSError."""
        self._folder = folder
        self._part_size = part_size
        self._total_size = total_size
        folder.mkdir(parents=True, exist_ok=True)
        self._evening = max((part.evening for part in parts_in(folder)), default=0) + 1
        self._part = 0
        self._size = 0
        self._file: int | None = self._open()

    def write(self, lines: bytes) -> None:
        """Have whole lines on the disk. Raises: OSError, and then the next call begins another part.

        A part of which nothing is on the disk is taken away: a disk that stays full is not filled with empty ones.
        """
        try:
            if self._file is None:
                self._file = self._open()
            _write_all(self._file, lines)
            os.fdatasync(self._file)
        except OSError:
            self._leave()
            raise
        self._size += len(lines)
        if self._size >= self._part_size:
            self.close()

    def close(self) -> None:
        """Leave the part as it is."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = None

    def _leave(self) -> None:
        # Torn lines are cut off: they are told of as missed.
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, self._size)
            if self._size == 0:
                part_path(self._folder, self._evening, self._part).unlink()
        self.close()

    def _open(self) -> int:
        self._make_room()
        self._part += 1
        self._size = 0
        path = part_path(self._folder, self._evening, self._part)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        folder = os.open(self._folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)  # a file is on disk only when its folder is
        finally:
            os.close(folder)
        return file

    def _make_room(self) -> None:
        parts = parts_in(self._folder)
        sizes = [part.path.stat().st_size for part in parts]
        while parts and sum(sizes) > self._total_size - self._part_size:
            parts.pop(0).path.unlink()
            sizes.pop(0)


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]
