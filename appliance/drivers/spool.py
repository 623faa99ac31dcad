"""What the panel asks of root: files of a few known names in one folder, which root takes away before it reads them.

The panel's service may write into the folder and nothing else of this; root's is started by systemd when such a file is
there (ghostnote-spool.path). So a page that installs a version has no right to do so: whoever has it looks at the
signature first, as for a file that the crew brings.

    install.release        install it
    rollback.application   go back to the version before; likewise of models, of settings
    restart                start the services again, so that settings count
"""

import contextlib
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from appliance.errors import SettingsError, UpdateRefused
from appliance.release.manifest import Kind

RELEASE = "install.release"
RESTART = "restart"
ROLLBACKS = {f"rollback.{kind}": kind for kind in Kind}
NAMES = (RELEASE, *ROLLBACKS, RESTART)

LARGEST = 256 << 20  # bytes of a release; they have some twenty million

_PIECE = 1 << 20


class Spool:
    """The folder, as either side has it."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        """`largest`: bytes of a release that root would take."""
        self.folder = folder
        self._largest = largest

    def waiting(self) -> list[str]:
        """What is asked and not yet taken."""
        return [name for name in NAMES if (self.folder / name).exists()]

    def working(self) -> bool:
        """Whether what was taken is being done; that may take the rest of a song."""
        try:
            handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False

    def lay(self, draft: Path) -> None:
        """Ask for a release to be installed: a file of this folder, whole. Raises: OSError."""
        draft.replace(self.folder / RELEASE)

    def ask(self, name: str) -> None:
        """Ask for anything else. Raises: OSError."""
        (self.folder / name).touch(mode=0o640)

    @contextmanager
    def opened(self) -> Iterator["Taking"]:
        """For root: the folder itself, wherever its name leads in the next moment. Raises: SettingsError."""
        try:
            handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise SettingsError(f"nothing can be asked in {self.folder}: {error.strerror}") from None
        try:
            # It tells the panel that somebody is at work, and is waited for by nobody.
            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Taking(handle, self._largest)
        finally:
            os.close(handle)


class Taking:
    """Takes what lies there. Who laid it may be anybody who got hold of the panel."""

    def __init__(self, folder: int, largest: int) -> None:
        """`folder`: its file number; `largest`: bytes of a release."""
        self._folder = folder
        self._largest = largest

    def take(self, name: str) -> bool:
        """Whether it was asked for; it is not any more. Raises: OSError."""
        try:
            os.unlink(name, dir_fd=self._folder)
        except FileNotFoundError:
            return False
        except (IsADirectoryError, PermissionError):
            # It would be asked for again and again.
            shutil.rmtree(name, dir_fd=self._folder)
        return True

    def take_file(self, name: str, place: Path) -> bool:
        """Whether it was there; what it holds is the file at `place` now, root's alone.

        Raises: UpdateRefused for what is no regular file or too large, OSError.
        """
        try:
            # No link, and no pipe that would be waited for.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            handle = os.open(name, flags, dir_fd=self._folder)
        except FileNotFoundError:
            return False
        except OSError as error:
            self.take(name)
            raise UpdateRefused(f"{name} is no file that can be read: {error.strerror}") from None
        self.take(name)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise UpdateRefused(f"{name} is no regular file")
        with os.fdopen(handle, "rb") as stream:
            private = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(private, "wb") as copy:
                self._copy(stream, copy)
        return True

    def _copy(self, stream: IO[bytes], copy: IO[bytes]) -> None:
        left = self._largest
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise UpdateRefused(f"a release has at most {self._largest >> 20} MB")
            copy.write(piece)
