"""Versions of Ghostnote: three numbers, such as 1.4.0."""

import re
from functools import total_ordering

import msgspec

_WRITTEN = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")


@total_ordering
class Version(msgspec.Struct, frozen=True):
    """Major, minor, patch (Semantic Versioning 2.0.0 without its pre-releases: a box gets whole versions)."""

    major: int
    minor: int
    patch: int

    def __lt__(self, other: "Version") -> bool:
        return self._numbers < other._numbers

    def __str__(self) -> str:
        return ".".join(map(str, self._numbers))

    @property
    def _numbers(self) -> tuple[int, int, int]:
        return self.major, self.minor, self.patch


def version(text: str) -> Version:
    """The version that is written so. Raises: ValueError for any other text, so that it can name a folder safely."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError(f"a version is three numbers such as 1.4.0, not {text[:40]!r}")
    major, minor, patch = map(int, written.groups())
    return Version(major, minor, patch)
