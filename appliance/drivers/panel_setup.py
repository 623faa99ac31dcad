"""The operations of setting up: settings, ports, the state of the box, its logs, strokes to find a motor by."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from appliance.drivers.panel_errand import Errands
from appliance.drivers.panel_http import Request
from appliance.drivers.panel_sticks import BUZZ, Sticks
from appliance.errors import PanicPressed, SettingsError, StrikerLost
from appliance.notation.drums import Drum
from appliance.panel.api import Refusal
from appliance.settings import Settings, load_settings

_DRUMS = {drum.label: drum for drum in Drum}
_UNITS = {name: f"ghostnote-{name}.service" for name in ("player", "striker", "out", "panel", "doctor", "spool")}
_LINES = 200


class SetupActs:
    """Each public method is an Act."""

    def __init__(
        self,
        file: Path | None,
        change: Callable[[Mapping[str, Any]], Awaitable[None]],
        sticks: Sticks,
        errands: Errands,
        status: list[str],
    ) -> None:
        """`file`: the owner's settings; `change`: changes them; `status`: the words of `ghostnote status`."""
        self._file = file
        self._change = change
        self._sticks = sticks
        self._errands = errands
        self._status = status

    async def settings(self, _: Request) -> dict[str, Any]:
        """All in force at the player's next start. Raises: Refusal when the owner's file cannot be read."""
        return {**self._tables(), "restart": False}

    async def change(self, request: Request) -> dict[str, Any]:
        """Raises: Refusal for what cannot be changed so."""
        await self._change(request.body.changes)
        return {**self._tables(), "restart": True}

    async def ports(self, _: Request) -> dict[str, Any]:
        """Raises: Refusal where there is no MIDI."""
        words = [] if self._file is None or not self._file.exists() else ["--settings", str(self._file)]
        try:
            rows = await self._errands.json("ports", "--json", *words, status=(0, 1))
        except Refusal as refusal:
            if refusal.status != 400:
                raise
            raise Refusal(503, "unavailable", refusal.text) from None
        inputs = [{"port": row["port"], "name": row["name"] or None} for row in rows if row["port"]]
        missing = [{"name": row["name"], "text": row["text"]} for row in rows if row.get("text")]
        return {"inputs": inputs, "missing": missing}

    async def box(self, _: Request) -> dict[str, Any]:
        """Version, services, and what the doctor would say. Raises: Refusal."""
        words = [] if self._file is None or not self._file.exists() else ["--settings", str(self._file)]
        found = await self._errands.json("status", "--json", *self._status, *words, status=(0, 1))
        return {
            "version": found["running"],
            "installed": found["installed"],
            "units": found["units"],
            "findings": found["findings"],
        }

    async def logs(self, request: Request) -> dict[str, Any]:
        """Raises: Refusal for a service that there is not."""
        unit = request.query.get("unit", "player")
        if unit not in _UNITS:
            raise Refusal(400, "bad_request", f"there is no log of {unit[:40]!r}: there are {', '.join(_UNITS)}")
        return {"unit": unit, "lines": await _journal(_UNITS[unit])}

    async def buzz(self, request: Request) -> dict[str, Any]:
        """Raises: Refusal while it plays, or when the striker is away."""
        drum = request.parts["drum"]
        if drum not in _DRUMS:
            raise Refusal(404, "not_found", f"there is no drum {drum!r}: there are {', '.join(_DRUMS)}")
        try:
            await self._sticks.buzz(_DRUMS[drum])
        except StrikerLost as error:
            raise Refusal(503, "striker_away", str(error)) from None
        except PanicPressed as error:
            raise Refusal(409, "panic", str(error)) from None
        return {"strokes": BUZZ}

    def _tables(self) -> dict[str, Any]:
        settings = self.read()
        name = None if self._file is None else self._file.name
        return {"tables": settings.tables, "file": name, "writable": self._file is not None}

    def read(self) -> Settings:
        """The settings as they are on disk. Raises: Refusal."""
        try:
            return load_settings(self._file if self._file is not None and self._file.exists() else None)
        except SettingsError as error:
            raise Refusal(503, "unavailable", str(error)) from None


async def _journal(unit: str) -> list[str]:
    """The last lines that systemd has of a service; none without it."""
    program = shutil.which("journalctl")
    if program is None:
        return []
    process = await asyncio.create_subprocess_exec(
        program,
        "--no-pager",
        "--quiet",
        "--output=short-iso",
        f"--lines={_LINES}",
        f"--unit={unit}",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    printed, _ = await process.communicate()
    return printed.decode(errors="replace").splitlines()[-_LINES:]
