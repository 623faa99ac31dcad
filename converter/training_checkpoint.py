"""A training on disk: all that it needs to go on after a power cut as if nothing had happened.

The file is a ZIP archive (stored): course.json, `Course` below with the fingerprint of the training; best/NAME.npy, the
best weights; state/N.npy, every variable in the learner's order. It is written beside its name and then renamed, so a
kill or a full disk leaves the one before it whole.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from converter.atomic_file import write_atomically
from converter.errors import SettingError
from converter.progress import Progress

_COURSE = "course.json"
_NO_TIME = (1980, 1, 1, 0, 0, 0)


class Course(msgspec.Struct, frozen=True):
    """Where the training stands.

    `pass_start` is the state of numpy's generator when the pass through the data began, `done` how many windows of it
    are learnt: from both the same pass is drawn again and entered where it was left.
    """

    step: int
    done: int
    pass_start: Mapping[str, Any]
    before: float
    best: float
    waited: int
    history: tuple[Progress, ...]


@dataclass(frozen=True)
class Checkpoint:
    """The course, the best weights by name, and the values of all variables."""

    course: Course
    best: dict[str, npt.NDArray[np.float32]]
    arrays: list[npt.NDArray[np.generic]]


class _Header(msgspec.Struct, frozen=True):
    fingerprint: str
    course: Course


@dataclass(frozen=True)
class CheckpointFile:
    """Where checkpoints go; the `fingerprint` is of the data and of all settings that shape a training."""

    path: Path
    fingerprint: str

    def write(self, checkpoint: Checkpoint) -> None:
        """Put the checkpoint in the place of the last one, whole or not at all.

        Raises:
            OSError: the disk is full, or the folder cannot be written to; the last one stays.

        """
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            header = _Header(self.fingerprint, checkpoint.course)
            archive.writestr(zipfile.ZipInfo(_COURSE, _NO_TIME), _encoded(header))
            for name, weight in checkpoint.best.items():
                _put(archive, f"best/{name}", weight)
            for number, array in enumerate(checkpoint.arrays):
                _put(archive, f"state/{number}", array)
        write_atomically(self.path, file.getvalue())

    def read(self) -> Checkpoint | None:
        """The checkpoint, or None where there is none.

        Raises:
            SettingError: it is of another training, or no checkpoint.

        """
        try:
            with zipfile.ZipFile(self.path) as archive:
                header = msgspec.json.decode(archive.read(_COURSE), type=_Header)
                names = archive.namelist()
                best = {
                    name.removeprefix("best/").removesuffix(".npy"): _get(archive, name)
                    for name in names
                    if name.startswith("best/")
                }
                count = sum(name.startswith("state/") for name in names)
                arrays = [_get(archive, f"state/{number}.npy") for number in range(count)]
        except FileNotFoundError:
            return None
        except (OSError, zipfile.BadZipFile, zlib.error, LookupError, ValueError, EOFError, RuntimeError) as error:
            raise SettingError(f"{self.path} is no training of ours ({error}): move it away, or --afresh.") from error
        if header.fingerprint != self.fingerprint:
            raise SettingError(
                f"{self.path} is a training with other data or settings: give those again to go on with it, "
                "or --afresh to begin anew."
            )
        return Checkpoint(_decoded(header.course), best, arrays)


def kept_words(file: Path) -> str:
    """What is left of a training whose outcome cannot be written; a full disk may have taken no checkpoint either."""
    if file.is_file():
        return f"The training is kept in {file.name}, as of its last checkpoint: make room and give the command again."
    return "No checkpoint of it could be written either, so the training is lost: make room and give the command again."


def _encoded(header: _Header) -> bytes:
    # The generator's state has integers of 128 bits, which JSON keeps and msgspec does not: they go as text.
    return msgspec.json.encode(
        _Header(header.fingerprint, msgspec.structs.replace(header.course, pass_start=_spelt(header.course.pass_start)))
    )


def _decoded(course: Course) -> Course:
    return msgspec.structs.replace(course, pass_start=_read(course.pass_start))


def _spelt(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _spelt(inner) for name, inner in value.items()}
    return f"#{value}" if isinstance(value, int) else value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _read(inner) for name, inner in value.items()}
    return int(value[1:]) if isinstance(value, str) and value.startswith("#") else value


def _put(archive: zipfile.ZipFile, name: str, array: npt.NDArray[np.generic]) -> None:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    archive.writestr(zipfile.ZipInfo(f"{name}.npy", _NO_TIME), content.getvalue())


def _get(archive: zipfile.ZipFile, name: str) -> Any:
    return np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
