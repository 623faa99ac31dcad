"""The owner's settings file, as the panel changes it: all of it is checked before anything is written."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from appliance.drivers.owner_settings import read_document, toml_library, write_motors, write_text
from appliance.errors import SettingsError
from appliance.strike.kit import Motor


class OwnerFile:
    """`check` reads a settings file and all rooms' parts of it. Raises: SettingsError."""

    def __init__(self, file: Path | None, check: Callable[[Path], Awaitable[None]]) -> None:
        self.file = file
        self._check = check
        self._lock = asyncio.Lock()

    async def change(self, changes: Mapping[str, Any]) -> None:
        """Put values at places that are named with dots, None to take one away.

        Raises: SettingsError when the file would not be one that the box can play with, or cannot be written.
        """
        if self.file is None:
            raise SettingsError("this panel was started without a settings file: say --settings FILE")
        async with self._lock:  # two who change something at once both do
            await self._change(self.file, changes)

    async def calibrate(self, motor: Motor, kit: Sequence[Motor]) -> bool:
        """Write a motor down as it was measured; False without a file. Raises: SettingsError."""
        if self.file is None:
            return False
        async with self._lock:
            write_motors(self.file, [motor], kit)
        return True

    async def _change(self, file: Path, changes: Mapping[str, Any]) -> None:
        toml = toml_library()
        document = read_document(toml, file)
        for key, value in changes.items():
            _put(toml, document, key, value)
        text = toml.dumps(document)
        with tempfile.TemporaryDirectory(prefix="ghostnote-") as folder:
            draft = Path(folder) / file.name
            draft.write_text(text, "utf-8")
            try:
                await self._check(draft)
            except SettingsError as error:
                raise SettingsError(str(error).replace(f"{folder}/", "")) from None
        write_text(file, text)


def _put(toml: Any, document: Any, key: str, value: Any) -> None:
    *tables, name = key.split(".")
    table = document
    for one in tables:
        if one not in table:
            table[one] = toml.table()
        table = table[one]
        if not hasattr(table, "keys"):
            raise SettingsError(f"{key}: {one} is no table")
    if value is None:
        table.pop(name, None)
    else:
        try:
            table[name] = toml.item(value)
        except (ValueError, TypeError) as error:
            raise SettingsError(f"{key}: {error}") from None
