"""The operations on evenings that are kept, and on favourites."""

import io
import os
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from appliance.drivers.evening import part_path, parts_in
from appliance.drivers.panel_errand import Errands, errand_folder
from appliance.drivers.panel_http import Raw, Request
from appliance.panel.api import Refusal

_MIDI, _ZIP = "audio/midi", "application/zip"
_FAVOURITE = re.compile(r"[0-9]{1,9}")
_TRIES = 5  # to find a number that the player has not just taken


class ConcertActs:
    """Each public method is an Act; `journal` and `favourites` are folders, or None where none is kept."""

    def __init__(
        self, journal: Path | None, favourites: Path | None, errands: Errands, playing: Callable[[], bool]
    ) -> None:
        """`playing`: whether there is a player, whose evening is the last one."""
        self._journal = journal
        self._favourites = favourites
        self._errands = errands
        self._playing = playing

    async def evenings(self, _: Request) -> dict[str, Any]:
        """What is kept."""
        if self._journal is None or not self._journal.is_dir():
            return {"concerts": [], "folder": False}
        found = await self._errands.json("panel-work", "evenings", self._journal)
        running = self._playing()
        rows = [{**one, "running": running and place == 0} for place, one in enumerate(found)]
        return {"concerts": rows, "folder": True}

    async def evening(self, request: Request) -> dict[str, Any]:
        """Its calls and answers. Raises: Refusal."""
        number = int(request.parts["evening"])
        return {"evening": number, "phrases": await self._phrases(number)}

    async def midi(self, request: Request) -> Raw:
        """All of it in an archive. Raises: Refusal."""
        number = int(request.parts["evening"])
        with errand_folder() as folder:
            files = await self._write(number, folder)
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in files:
                    archive.write(path, path.name)
        return Raw(packed.getvalue(), _ZIP, f"ghostnote_{number:06}.zip")

    async def phrase(self, request: Request) -> Raw:
        """A call or an answer. Raises: Refusal."""
        parts = request.parts
        with errand_folder() as folder:
            path = await self._phrase(int(parts["evening"]), int(parts["number"]), parts["kind"], folder)
            return Raw(path.read_bytes(), _MIDI, path.name)

    async def replay(self, request: Request) -> dict[str, Any]:
        """Once more. Raises: Refusal."""
        place = self._place(int(request.parts["evening"]))
        status, said = await self._errands.run("replay", place, status=(0, 1))
        return {"same": status == 0, "text": said.decode(errors="replace").strip()}

    async def keep(self, request: Request) -> dict[str, Any]:
        """An answer among the favourites. Raises: Refusal."""
        parts = request.parts
        if self._favourites is None:
            raise Refusal(503, "unavailable", "say in [favourites] where they are to be kept")
        with errand_folder() as folder:
            path = await self._phrase(int(parts["evening"]), int(parts["number"]), "answer", folder)
            content = path.read_bytes()
        try:
            return {"favourite": _put(self._favourites, content)}
        except OSError as error:
            raise Refusal(503, "unavailable", f"it cannot be kept: {error.strerror}") from None

    async def favourites(self, _: Request) -> dict[str, Any]:
        """What was kept."""
        rows = []
        for number, path in sorted(self._kept().items()):
            status = path.stat()
            when = datetime.fromtimestamp(status.st_mtime, UTC).isoformat(timespec="seconds")
            rows.append({"number": number, "bytes": status.st_size, "wall": when, "name": path.name})
        return {"favourites": rows}

    async def favourite(self, request: Request) -> Raw:
        """One of them. Raises: Refusal."""
        path = self._favourite(request)
        return Raw(path.read_bytes(), _MIDI, path.name)

    async def forget(self, request: Request) -> None:
        """Delete one. Raises: Refusal."""
        try:
            self._favourite(request).unlink()
        except OSError as error:
            raise Refusal(503, "unavailable", f"it cannot be deleted: {error.strerror}") from None

    async def call(self, evening: int, number: int, folder: Path) -> Path:
        """A call as a MIDI file. Raises: Refusal."""
        return await self._phrase(evening, number, "call", folder)

    async def _phrases(self, evening: int) -> Any:
        return await self._errands.json("panel-work", "phrases", self._place(evening))

    async def _write(self, evening: int, folder: Path) -> list[Path]:
        names = await self._errands.json("panel-work", "midi", self._place(evening), folder, folder=folder)
        return [folder / name for name in names]

    async def _phrase(self, evening: int, number: int, kind: str, folder: Path) -> Path:
        for path in await self._write(evening, folder):
            if path.name.startswith(f"{number:04}_") and path.name.endswith(f"_{kind}.mid"):
                return path
        raise Refusal(404, "not_found", f"evening {evening} has no {kind} number {number}")

    def _place(self, evening: int) -> Path:
        """A part of it: they all are found by one."""
        numbers: set[tuple[int, int]] = set()
        if self._journal is not None and self._journal.is_dir():
            numbers = {(part.evening, part.number) for part in parts_in(self._journal)}
        mine = [number for one, number in numbers if one == evening]
        if not mine or self._journal is None:
            raise Refusal(404, "no_journal", f"evening {evening} is not kept here")
        return part_path(self._journal, evening, min(mine))

    def _kept(self) -> dict[int, Path]:
        if self._favourites is None or not self._favourites.is_dir():
            return {}
        return {int(path.stem): path for path in self._favourites.glob("*.mid") if _FAVOURITE.fullmatch(path.stem)}

    def _favourite(self, request: Request) -> Path:
        number = int(request.parts["number"])
        kept = self._kept()
        if number not in kept:
            raise Refusal(404, "not_found", f"there is no favourite {number}")
        return kept[number]


def _put(folder: Path, content: bytes) -> int:
    """A file under the next number; the player may be writing there at the same time. Raises: OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for _ in range(_TRIES):
        numbers = [int(path.stem) for path in folder.glob("*.mid") if _FAVOURITE.fullmatch(path.stem)]
        number = max(numbers, default=0) + 1
        draft = folder / f".{number:06}.new"
        draft.write_bytes(content)
        try:
            os.link(draft, folder / f"{number:06}.mid")
        except FileExistsError:
            continue
        finally:
            draft.unlink()
        return number
    raise OSError(None, f"number {number} is taken again and again")
