"""Versions of the owner's settings side by side: what runs is a plain file, which people and the box may change.

versions/1.4.0/ghostnote.toml   as it was delivered, or as it was when the next one came
current                         -> versions/1.4.0
"""

import os
from pathlib import Path

from appliance.drivers.atomic_file import write_atomically
from appliance.drivers.version_store import VersionStore
from appliance.release.version import Version

NAME = "ghostnote.toml"

# What the owner wrote by hand, before the first release of settings came.
_BY_HAND = Version(0, 0, 0)


class SettingsStore(VersionStore):
    """As the versions of a program, but that what runs is the owner's own file."""

    def __init__(self, root: Path, file: Path, box: Path | None = None) -> None:
        """`file`: where the services read the settings; `box`: as of every store."""
        super().__init__(root, box)
        self._file = file

    def before_trial(self) -> None:
        """Keep the owner's file as it is now: that is what a rollback goes back to. Raises: OSError."""
        running = self.running()
        if running is None:
            running = _BY_HAND
            self.folder(running).mkdir(parents=True, exist_ok=True)
        content = self._file.read_bytes() if self._file.exists() else b""
        write_atomically(self.folder(running) / NAME, lambda stream: stream.write(content))
        if self.running() is None:
            super().switch(running)

    def switch(self, number: Version) -> None:
        """The owner's file is that version's from here on. Raises: OSError."""
        content = (self.folder(number) / NAME).read_bytes()
        write_atomically(self._file, lambda stream: stream.write(content))
        if os.geteuid() == 0:
            # As whose folder it is: the services write into it what they learn.
            place = self._file.parent.stat()
            os.chown(self._file, place.st_uid, place.st_gid)
        self._file.chmod(0o664)
        super().switch(number)
