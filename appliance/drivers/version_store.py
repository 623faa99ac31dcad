"""Versions side by side in one folder, of which a link says which one runs.

versions/1.4.0/…   whole, or not there
current            -> versions/1.4.0
updates.json       what became of each update
"""

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from appliance.drivers.atomic_file import sync_folder, write_atomically
from appliance.release.chronicle import Chronicle, chronicle, written
from appliance.release.version import Version, version

# Where they are on a box.
ROOT = Path("/opt/ghostnote")

_VERSIONS = "versions"
_CURRENT = "current"
_CHRONICLE = "updates.json"
_UNFINISHED = ".unfinished-"  # a version on its way in, or out


class VersionStore:
    """One kind of release on a box. Only one process may change it at a time: `lock`."""

    def __init__(self, root: Path, box: Path | None = None) -> None:
        """`box`: the folder that is locked, one for all kinds of a box; `root` if there is no other."""
        self.root = root
        self._box = box or root
        self._versions = root / _VERSIONS

    def lock(self) -> int:
        """The lock's file number; it is held until that is closed. Raises: BlockingIOError when another has it."""
        import fcntl

        handle = os.open(self._box, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise
        return handle

    def installed(self) -> list[Version]:
        """Every whole version, the oldest first."""
        found = []
        for path in self._versions.iterdir() if self._versions.is_dir() else ():
            with contextlib.suppress(ValueError):
                found.append(version(path.name))
        return sorted(found)

    def running(self) -> Version | None:
        """The version that the link names, or None when there is no such version."""
        try:
            target = (self.root / _CURRENT).readlink()
            return version(target.name) if (self.root / target).is_dir() else None
        except (OSError, ValueError):
            return None

    def folder(self, number: Version) -> Path:
        """Where a version lies."""
        return self._versions / str(number)

    def free(self) -> int:
        """Bytes that are free where versions lie."""
        return shutil.disk_usage(self.root).free

    def add(self, number: Version, unpack: Callable[[Path], object]) -> None:
        """A version whose files `unpack` puts into an empty folder: there whole when it returns, else not at all."""
        self.clean()
        self._versions.mkdir(exist_ok=True)
        self.keep(*(other for other in self.installed() if other != number))
        unfinished = self._versions / f"{_UNFINISHED}{number}"
        unfinished.mkdir()
        try:
            unpack(unfinished)
            unfinished.rename(self.folder(number))
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        sync_folder(self._versions)

    def before_trial(self) -> None:
        """Called before another version is tried. What runs is kept as it is."""

    def switch(self, number: Version) -> None:
        """From here on this version runs when a unit starts. Raises: FileNotFoundError when it is not there."""
        if not self.folder(number).is_dir():
            raise FileNotFoundError(2, "no such version", str(self.folder(number)))
        link = self.root / f".{_CURRENT}"
        link.unlink(missing_ok=True)
        link.symlink_to(Path(_VERSIONS) / str(number))
        link.rename(self.root / _CURRENT)
        sync_folder(self.root)

    def leave(self) -> None:
        """No version runs any more: what is shipped with the program serves."""
        (self.root / _CURRENT).unlink(missing_ok=True)
        sync_folder(self.root)

    def keep(self, *numbers: Version | None) -> None:
        """Remove every other version."""
        for number in self.installed():
            if number not in numbers:
                leaving = self._versions / f"{_UNFINISHED}{number}"
                self.folder(number).rename(leaving)
                shutil.rmtree(leaving)

    def clean(self) -> None:
        """Remove what an update left behind that was cut off."""
        for path in self._versions.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(path)

    def chronicle(self) -> Chronicle:
        """What became of each update; an unreadable file, which no version of ours writes, counts as none."""
        try:
            return chronicle((self.root / _CHRONICLE).read_bytes())
        except (OSError, ValueError):
            return Chronicle()

    def write(self, chronicle: Chronicle) -> None:
        """On disk when it returns. Raises: OSError."""
        write_atomically(self.root / _CHRONICLE, lambda stream: stream.write(written(chronicle)))
