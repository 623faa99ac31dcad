"""The corners of a blend that settings name: kept answers by their numbers, and MIDI files, read when a concert begins.

What was read stands in the settings from then on, and so in the journal: the evening is repeated with the same grooves,
whatever becomes of the files.
"""

from pathlib import Path
from typing import Any

import msgspec

from appliance.answer.groove_settings import CORNERS
from appliance.drivers.favourites_folder import FavouritesSettings
from appliance.drivers.track_file import read_track
from appliance.errors import CallError, SettingsError
from appliance.settings import Settings, Table


def with_corners(settings: Settings, file: Path | None) -> Settings:
    """The settings with every corner in them read. Raises: SettingsError with the key and what is wrong."""
    folder = settings.room("favourites", FavouritesSettings).place()
    tables = dict(settings.tables)
    try:
        tables["groove"] = _read(tables["groove"], "groove", folder)
        tables["scenes"] = {name: _read(scene, f"scenes.{name}", folder) for name, scene in tables["scenes"].items()}
    except ValueError as error:
        raise SettingsError(f"{file or 'the shipped settings'}: {error}") from None
    return Settings(tables, file or Path("the shipped settings"))


def _read(table: Any, where: str, folder: Path | None) -> Any:
    """Raises: ValueError."""
    corners = table.get("corners") if isinstance(table, dict) else None
    if not corners or not isinstance(corners, list):
        return table  # what is no list is told where it is used
    if len(corners) > CORNERS:
        raise ValueError(f"{where}.corners names {len(corners)} grooves, and a square has {CORNERS} corners")
    return table | {"corners": [_track(one, f"{where}.corners", folder) for one in corners]}


def _track(corner: Any, where: str, folder: Path | None) -> Table:
    if isinstance(corner, dict):  # as a journal has it
        return corner
    if isinstance(corner, bool) or not isinstance(corner, int | str):
        said = f"{where}: a corner is the number of a favourite or the name of a MIDI file, not {corner!r}"
        raise ValueError(said)  # noqa: TRY004  as for any setting
    if isinstance(corner, int) and folder is None:
        raise ValueError(f"{where}: say in [favourites] where kept answers are, to find number {corner}")
    path = Path(corner).expanduser() if isinstance(corner, str) else (folder or Path()) / f"{corner}.mid"
    try:
        track: Table = msgspec.to_builtins(read_track(path))
    except CallError as error:
        raise ValueError(f"{where}: {error}") from None
    return track
