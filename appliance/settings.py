"""The shipped settings, and on top of them the owner's: a TOML file with a table for each room.

The shipped file is the list of all there is: a key of the owner's that is not in it is an error, never passed over.
"""

import difflib
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from appliance.errors import SettingsError
from appliance.shipped import SETTINGS, shipped

Table = dict[str, Any]
Room = TypeVar("Room")


class Settings:
    """All tables; each room is given its own as the frozen object that it defines."""

    def __init__(self, tables: Table, file: Path) -> None:
        self._tables = tables
        self._file = file

    @property
    def tables(self) -> Table:
        """All of them, as they were read."""
        return self._tables

    def room(self, table: str, kind: type[Room]) -> Room:
        """The settings of one room. Raises: SettingsError with the file, the key and what is wrong."""
        try:
            return msgspec.convert(self._tables[table], kind, str_keys=True)
        except msgspec.ValidationError as error:
            raise SettingsError(f"{self._file}: [{table}] {error}") from None


def load_settings(owner: Path | None = None) -> Settings:
    """The shipped settings, changed by the owner's file if there is one. Raises: SettingsError."""
    defaults = shipped(SETTINGS)
    tables = _parse(defaults)
    if owner is None:
        return Settings(tables, defaults)
    return Settings(_changed(tables, _parse(owner), owner, ""), owner)


def _parse(file: Path) -> Table:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read the settings {file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is no TOML file: {error}") from None


def _changed(known: Table, owner: Table, file: Path, where: str) -> Table:
    tables = dict(known)
    for key, value in owner.items():
        # A table that is shipped empty holds names of the owner's own, such as the pad's keys.
        if known and key not in known:
            raise SettingsError(f"{file}: there is no setting {where}{key}{_meant(key, known)}")
        default = known.get(key)
        if isinstance(default, dict) and isinstance(value, dict):
            tables[key] = _changed(default, value, file, f"{where}{key}.")
        else:
            tables[key] = value
    return tables


def _meant(key: str, known: Table) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f": did you mean {close[0]}?" if close else f": there are {', '.join(sorted(known))}"
