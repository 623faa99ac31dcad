"""What a release file says of itself: which version of what, for which board, and every file of it with its hash."""

import re
from enum import StrEnum
from pathlib import PurePosixPath

import msgspec

from appliance.errors import UpdateRefused
from appliance.release.version import Version, version

FORMAT = 1

# More than any Ghostnote has, and few enough that a box is not filled by a mistake.
_MOST_FILES = 20_000
_MOST_BYTES = 600 * 1024 * 1024

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9_.+@-]{1,255}")


class Kind(StrEnum):
    """What travels: the program with its Python environment, models, or the owner's settings."""

    APPLICATION = "application"
    MODELS = "models"
    SETTINGS = "settings"


class Entry(msgspec.Struct, frozen=True):
    """A regular file: its place below the version's folder, its bytes, and whether it can be run.

    Raises: ValueError for a place that is not below the folder, or a hash that is none.
    """

    path: str
    size: int
    sha256: str
    executable: bool = False

    def __post_init__(self) -> None:
        parts = PurePosixPath(self.path).parts
        plain = all(_NAME.fullmatch(part) and part not in (".", "..") for part in parts)
        if not (parts and plain) or str(PurePosixPath(*parts)) != self.path:
            raise ValueError(f"a file of a release lies below its folder, not at {self.path[:200]!r}")
        if not 0 <= self.size <= _MOST_BYTES:
            raise ValueError(f"{self.path} has {self.size} bytes: a release has {_MOST_BYTES} at most")
        if not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"{self.path} has no SHA-256 of 64 hexadecimal digits")


class Manifest(msgspec.Struct, frozen=True):
    """The first thing behind the signature.

    `machine` is what `uname -m` says of the board, `python` the interpreter's minor version, such as "3.11"; both are
    empty for what runs anywhere. `made` is the day of its making (ISO 8601).
    Raises: ValueError when a file stands twice, there are none, or too many.
    """

    format: int
    kind: Kind
    version: str
    made: str
    entries: tuple[Entry, ...]
    machine: str = ""
    python: str = ""

    def __post_init__(self) -> None:
        version(self.version)
        if not 1 <= len(self.entries) <= _MOST_FILES:
            raise ValueError(f"a release has 1 to {_MOST_FILES} files, not {len(self.entries)}")
        if len({entry.path for entry in self.entries}) != len(self.entries):
            raise ValueError("a file stands twice in the release")
        if self.bytes > _MOST_BYTES:
            raise ValueError(f"the release has {self.bytes} bytes unpacked: {_MOST_BYTES} at most")

    @property
    def bytes(self) -> int:
        """How much room its files take."""
        return sum(entry.size for entry in self.entries)

    @property
    def number(self) -> Version:
        """The version, to compare."""
        return version(self.version)


class _Format(msgspec.Struct):
    format: int


def manifest(text: bytes) -> Manifest:
    """The manifest in JSON. Raises: UpdateRefused for a newer format, and for what is no manifest."""
    try:
        found = msgspec.json.decode(text, type=_Format).format
        if found != FORMAT:
            raise UpdateRefused(
                f"the release is written in format {found}, this box reads {FORMAT}: install a version between first"
            )
        return msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        raise UpdateRefused(f"the release's manifest cannot be read: {error}") from None
