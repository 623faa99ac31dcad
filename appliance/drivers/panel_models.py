"""The operations on models: their cards, one that is brought, one that is taken away, several beside one another."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from appliance.drivers.panel_errand import Errands, errand_folder
from appliance.drivers.panel_http import Request
from appliance.drivers.panel_shelf import UploadedModels
from appliance.errors import ModelError
from appliance.panel.api import Compare, Refusal
from appliance.panel.stage import Stage
from appliance.shipped import STORIES, shipped

# The call that a model must answer before it is taken in.
_TRIAL = "rock"

_FEWEST, _MOST = 2, 4  # models beside one another

# Writes a call of an evening as a MIDI file into a folder. Raises: Refusal.
CallOf = Callable[[int, int, Path], Any]


class ModelActs:
    """Each public method is an Act."""

    def __init__(
        self, shelf: UploadedModels, errands: Errands, stage: Stage, offer: Callable[[str], object], call_of: CallOf
    ) -> None:
        """`offer`: lets the player have a model."""
        self._shelf = shelf
        self._errands = errands
        self._stage = stage
        self._offer = offer
        self._call_of = call_of
        self._cards: dict[tuple[str, int, float], dict[str, Any]] = {}
        self._bringing = asyncio.Lock()

    async def cards(self, _: Request) -> dict[str, Any]:
        """All of them."""
        names = self._all()
        await self._read(names)
        return {"models": self._shown(names)}

    async def bring(self, request: Request) -> dict[str, Any]:
        """Take a file in that was uploaded. Raises: Refusal when it is no model, or none that plays."""
        name, draft = request.parts["model"], request.body
        if name in self._shelf.shipped():
            raise Refusal(403, "shipped_model", f"{name} is a model of the box's own: give yours another name")
        if name in self._loaded():
            # Whoever holds the models keeps them by their names.
            raise Refusal(409, "model_in_use", f"the player has a model {name} already: give yours another name")
        if self._bringing.locked():
            raise Refusal(409, "busy", "another model is just being checked: try again in a moment")
        async with self._bringing:
            check = await self._check(draft)
            try:
                path = self._shelf.put(name, draft)
            except ModelError as error:
                raise Refusal(409, "busy", str(error)) from None
            except OSError as error:
                raise Refusal(503, "unavailable", f"it cannot be kept: {error.strerror}") from None
        self._offer(str(path))
        await self._read([name])
        return {**self._shown([name])[0], "check": check}

    async def take_away(self, request: Request) -> None:
        """Raises: Refusal for one that is played, or is not ours."""
        name = request.parts["model"]
        if name in self._shelf.shipped():
            raise Refusal(403, "shipped_model", f"{name} is a model of the box's own: it stays")
        if name in self._used():
            raise Refusal(409, "model_in_use", f"{name} is being played: choose another for its duet first")
        try:
            gone = self._shelf.take_away(name)
        except OSError as error:
            raise Refusal(503, "unavailable", f"{name} cannot be deleted: {error.strerror}") from None
        if not gone:
            raise _unknown(name)

    async def compare(self, request: Request) -> Any:
        """Raises: Refusal."""
        asked: Compare = request.body
        if not _FEWEST <= len(asked.models) <= _MOST:
            raise Refusal(400, "bad_request", f"compare {_FEWEST} to {_MOST} models, not {len(asked.models)}")
        known = self._all()
        for name in asked.models:
            if name not in known:
                raise _unknown(name)
        with errand_folder() as folder:
            if isinstance(asked.call, str):
                call = self._story(asked.call)
            else:
                call = await self._call_of(asked.call.evening, asked.call.number, folder)
            return await self._errands.json(
                "panel-work", "compare", call, *[known[name] for name in asked.models], folder=folder
            )

    async def stories(self, _: Request) -> dict[str, Any]:
        """Their names."""
        return {"stories": sorted(path.stem for path in shipped(STORIES).glob("*.mid"))}

    async def story(self, request: Request) -> Any:
        """One of them. Raises: Refusal."""
        return await self._errands.json("panel-work", "story", self._story(request.parts["story"]))

    async def _check(self, draft: Path) -> dict[str, Any]:
        """Whether it reads, loads, and answers a call. Raises: Refusal."""
        model = draft.with_suffix(".tflite")
        draft.rename(model)
        try:
            with errand_folder() as folder:
                found = await self._errands.json("panel-work", "compare", self._story(_TRIAL), model, folder=folder)
        except Refusal as refusal:
            if refusal.status != 400:
                raise
            raise Refusal(400, "model_refused", refusal.text) from None
        finally:
            model.rename(draft)
        answer = found["answers"][0]
        if answer["fault"]:
            fault = str(answer["fault"]).replace(model.name, "this file")
            raise Refusal(400, "model_refused", fault)
        return {
            "steps": answer["phrase"]["steps"],
            "log_likelihood": answer["log_likelihood"],
            "ms_per_step": answer["ms_per_step"],
        }

    async def _read(self, names: Iterable[str]) -> None:
        """Read the cards that are not known yet, all in one errand. Raises: Refusal."""
        known = self._all()
        paths = [Path(known[name]) for name in names if self._place(known[name]) not in self._cards]
        if not paths:
            return
        for path, card in zip(paths, await self._errands.json("panel-work", "cards", *paths), strict=True):
            self._cards[self._place(path)] = card

    def _shown(self, names: Iterable[str]) -> list[dict[str, Any]]:
        """The cards that were read, with what the box does with each. Raises: Refusal for one that is gone."""
        known, shipped_ones, loaded, used = self._all(), self._shelf.shipped(), self._loaded(), self._used()
        return [
            {
                "id": name,
                **self._cards[self._place(known[name])],
                "shipped": name in shipped_ones,
                "loaded": name in loaded,
                "used_by": used.get(name, []),
                "control": name,
            }
            for name in names
        ]

    def _place(self, path: str | Path) -> tuple[str, int, float]:
        """What a card was read from. Raises: Refusal when it is gone."""
        try:
            status = Path(path).stat()
        except OSError:
            raise _unknown(Path(path).stem) from None
        return str(path), status.st_size, status.st_mtime

    def _loaded(self) -> set[str]:
        return {model for duet in self._stage.tree["duets"].values() for model in duet["models"]}

    def _all(self) -> dict[str, str]:
        return {**self._shelf.paths(), **self._shelf.shipped()}

    def _used(self) -> dict[str, list[str]]:
        used: dict[str, list[str]] = {}
        for name, duet in self._stage.tree["duets"].items():
            used.setdefault(str(duet["values"].get("model")), []).append(name)
        return used

    def _story(self, name: str) -> Path:
        stories = {path.stem: path for path in shipped(STORIES).glob("*.mid")}
        if name not in stories:
            raise Refusal(404, "not_found", f"there is no story {name[:40]!r}: there are {', '.join(sorted(stories))}")
        return stories[name]


def _unknown(name: str) -> Refusal:
    return Refusal(404, "not_found", f"there is no model {name[:64]!r}")
