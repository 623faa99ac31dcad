"""Writes a release file from a folder; the same folder, day and key give the same bytes behind the signature."""

import hashlib
import lzma
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

import msgspec

from appliance.drivers.atomic_file import write_atomically
from appliance.drivers.release_file import head, signed_head
from appliance.errors import SettingsError
from appliance.release.manifest import FORMAT, Entry, Kind, Manifest

_PIECE = 1 << 20


class Label(msgspec.Struct, frozen=True):
    """What a release is called and whom it is for; see Manifest."""

    kind: Kind
    version: str
    made: str
    machine: str = ""
    python: str = ""


def write_release(
    folder: Path, label: Label, sign: Callable[[Path], bytes], file: Path, *, preset: int = 6
) -> Manifest:
    """Every regular file below the folder, in order of their paths. Raises: SettingsError, OSError.

    `sign` gives the signature of a file's bytes; `preset` is xz's effort, 0 to 9.
    """
    entries = tuple(_entry(path, folder) for path in _files(folder))
    try:
        found = Manifest(FORMAT, label.kind, label.version, label.made, entries, label.machine, label.python)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.") as signed:
        signed.write(signed_head(msgspec.json.encode(found)))
        _pack(folder, entries, signed, preset)
        signed.flush()
        signature = sign(Path(signed.name))
        write_atomically(file, lambda stream: _join(head(signature), Path(signed.name), stream))
    return found


def _files(folder: Path) -> Iterable[Path]:
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        if path.is_symlink():
            raise SettingsError(f"{path} is a link: a release holds files alone")
        if path.is_file():
            yield path


def _entry(path: Path, folder: Path) -> Entry:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    name = path.relative_to(folder).as_posix()
    try:
        return Entry(name, path.stat().st_size, digest, os.access(path, os.X_OK))
    except ValueError as error:
        raise SettingsError(f"{path} cannot be part of a release: {error}") from None


def _pack(folder: Path, entries: tuple[Entry, ...], stream: IO[bytes], preset: int) -> None:
    with lzma.open(stream, "wb", preset=preset) as pressed, tarfile.open(fileobj=pressed, mode="w|") as archive:
        for entry in entries:
            # No owner, no time: these belong to the box.
            member = tarfile.TarInfo(entry.path)
            member.size = entry.size
            member.mode = 0o755 if entry.executable else 0o644
            with (folder / entry.path).open("rb") as content:
                archive.addfile(member, content)


def _join(first: bytes, rest: Path, stream: IO[bytes]) -> None:
    stream.write(first)
    with rest.open("rb") as content:
        while piece := content.read(_PIECE):
            stream.write(piece)
