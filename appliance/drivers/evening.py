"""Where the evenings of a journal lie: files in a folder, each a part of one, in the order of their playing."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from appliance.errors import SettingsError

_NAME = re.compile(r"evening_(\d+)_part_(\d+)\.jsonl")


# Bytes at the end of a journal that tell how a box is: some minutes of playing.
_END = 256 * 1024


class Part(NamedTuple):
    """A file of an evening; both count from 1 and are never used again while later ones exist."""

    evening: int
    number: int
    path: Path


def parts_in(folder: Path) -> list[Part]:
    """The parts of all evenings in a folder, the oldest first. Raises: OSError."""
    named = ((path, _NAME.fullmatch(path.name)) for path in folder.iterdir())
    return sorted(Part(int(name[1]), int(name[2]), path) for path, name in named if name)


def part_path(folder: Path, evening: int, number: int) -> Path:
    """The file of a part."""
    return folder / f"evening_{evening:06}_part_{number:04}.jsonl"


def read_evening(place: Path) -> Iterator[tuple[str, bytes]]:
    """The whole lines of an evening, each with the file and line it stands in.

    `place` is a folder (its last evening), or any part of the evening that is meant. A last line without an end is left
    out. Raises: SettingsError when there is no evening, or a part of it cannot be read.
    """
    for path in _evening_of(place):
        try:
            with path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    if line.endswith(b"\n"):
                        yield f"{path}:{number}", line
        except OSError as error:
            raise SettingsError(f"cannot read the journal {path}: {error.strerror}") from None


def last_lines(folder: Path, size: int = _END) -> Iterator[bytes]:
    """The whole lines of the last `size` bytes of the last part. Raises: OSError."""
    parts = parts_in(folder)
    if not parts:
        return
    with parts[-1].path.open("rb") as file:
        begin = max(file.seek(0, os.SEEK_END) - size, 0)
        file.seek(begin)
        if begin:
            file.readline()  # the rest of a line that began before
        yield from (line for line in file if line.endswith(b"\n"))


def _evening_of(place: Path) -> list[Path]:
    try:
        if place.is_dir():
            parts = parts_in(place)
            if not parts:
                raise SettingsError(f"there is no evening in {place}: name the folder that [journal] says, or a file")
            return [part.path for part in parts if part.evening == parts[-1].evening]
        name = _NAME.fullmatch(place.name)
        if name is None or not place.exists():
            return [place]
        return [part.path for part in parts_in(place.parent) if part.evening == int(name[1])]
    except OSError as error:
        raise SettingsError(f"cannot read the journal {place}: {error.strerror}") from None
