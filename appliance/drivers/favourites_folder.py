"""Where favourites are kept."""

import os
from pathlib import Path

import msgspec


class FavouritesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where they are written (`folder`; empty: where systemd says, else nowhere)."""

    folder: str

    def place(self) -> Path | None:
        """The folder: the setting's, or `favourites` in the service's StateDirectory (systemd.exec(5)), or None."""
        if self.folder:
            return Path(self.folder).expanduser()
        states = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
        return Path(states) / "favourites" if states else None
