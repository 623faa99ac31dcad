"""Joins the panel's rooms: what the player tells, what the pages ask, and everything that is looked up for them."""

import argparse
import asyncio
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

import appliance.panel
from appliance import __version__
from appliance.arduino.wiring import ArduinoSettings
from appliance.clock import Clock
from appliance.controls.wire import Offer
from appliance.drivers.favourites_folder import FavouritesSettings
from appliance.drivers.journal_file import JournalSettings
from appliance.drivers.panel_board import Machine, network
from appliance.drivers.panel_calibration import Calibration
from appliance.drivers.panel_certificate import certificate
from appliance.drivers.panel_concerts import ConcertActs
from appliance.drivers.panel_entrance import Entrance
from appliance.drivers.panel_errand import Errands
from appliance.drivers.panel_gate import Gate
from appliance.drivers.panel_http import House, Request, own_names
from appliance.drivers.panel_hub import Hub
from appliance.drivers.panel_models import ModelActs
from appliance.drivers.panel_player import PlayerLink
from appliance.drivers.panel_server import PanelServer, tls_context
from appliance.drivers.panel_settings import OwnerFile
from appliance.drivers.panel_setup import SetupActs
from appliance.drivers.panel_shelf import UploadedModels
from appliance.drivers.panel_sticks import Sticks
from appliance.drivers.panel_striker import StrikerSide
from appliance.drivers.panel_update import UpdateActs
from appliance.drivers.panel_upload import UploadPlace
from appliance.drivers.panel_words import Words
from appliance.drivers.spool import LARGEST, Spool
from appliance.drivers.version_store import ROOT
from appliance.drivers.wiring import PinSettings
from appliance.errors import SettingsError
from appliance.happenings import Standing
from appliance.inputs import Received
from appliance.pad.settings import ONLY
from appliance.panel.api import Refusal
from appliance.panel.calibrating import State
from appliance.panel.changes import checked_changes
from appliance.panel.drum_set import drum_set
from appliance.panel.facts import Facts, facts_of
from appliance.panel.lesson import Lesson
from appliance.panel.roll import said
from appliance.panel.settings import PanelSettings
from appliance.panel.stage import Stage
from appliance.settings import Settings, load_settings
from appliance.status.wire import Report
from appliance.strike.kit import Motor, StrikeSettings
from appliance.views.journal import read_line

_RELEASE_COMES = 900.0  # s that a release may take over a stage's network


class PanelRooms:
    """Everything of the panel but its server."""

    def __init__(
        self, args: argparse.Namespace, settings: Settings, chosen: PanelSettings, folder: Path, clock: Clock
    ) -> None:
        """Raises: SettingsError."""
        self._clock = clock
        self._machine = Machine()
        self._args = args
        self._errands = Errands()
        self._data = folder.parent
        self._settings = settings
        self._chosen = chosen
        self.tls = chosen.tls if args.tls is None else args.tls
        self.gate = Gate(folder, chosen.hours, clock)
        self.shelf = UploadedModels(folder / "models")
        self.stage = Stage(facts_of(settings), _facts_of, self.shelf.shown_as)
        box = {"version": __version__, "name": socket.gethostname(), "demo": args.demo}
        self.stage.put(box={**self.stage.tree["box"], **box})
        self.hub = Hub(self.stage, clock, self._measure)
        self.player = PlayerLink(args.control, self._line, self._refused, self._here)
        self.striker = StrikerSide(args.striker, self._report)
        self.sticks = Sticks(args.striker, clock, self._plays, self.hub.changed)
        self.calibration = Calibration(
            self._calibrate_words,
            self.sticks,
            self.stage,
            clock,
            self.player.ask,
            self._keep_motor,
            imagined=args.demo,
        )
        self.lesson = Lesson(self._learnt)
        self._task: asyncio.Task[None] | None = None  # the loop alone would let it be collected
        self.words = Words(
            self.player,
            self.striker,
            self.lesson,
            clock,
            self.stage,
            self.shelf.path_of,
            self.change,
            self._panicked,
            self._kept_duets,
        )
        self._duets: set[str] = set()  # that have played; what the owner wrote for the next start is not ours to remove
        self._spool = None if args.spool is None else Spool(args.spool)
        self.owner = OwnerFile(args.settings, self._check)
        self.host = args.host or chosen.host
        self.port = chosen.port if args.port is None else args.port

    def acts(self) -> dict[str, Any]:
        """Who does each operation."""
        updates = UpdateActs(self._spool, ROOT)
        entrance = Entrance(self.gate, demo=self._args.demo, tls=self.tls, restarts=lambda: updates.able)
        concerts = ConcertActs(self._journal(), self._favourites(), self._errands, lambda: self.player.here)
        models = ModelActs(self.shelf, self._errands, self.stage, self._offer, concerts.call)
        status = ["--striker", str(self._args.striker), "--data", str(self._data)]
        setup = SetupActs(self._args.settings, self.change, self.sticks, self._errands, status)
        return {
            "POST /api/login": entrance.login,
            "POST /api/logout": entrance.logout,
            "GET /api/session": entrance.session,
            "POST /api/password": entrance.password,
            "GET /api/openapi.json": entrance.openapi,
            "GET /api/models": models.cards,
            "PUT /api/models/{model}": models.bring,
            "DELETE /api/models/{model}": models.take_away,
            "POST /api/models/compare": models.compare,
            "GET /api/stories": models.stories,
            "GET /api/stories/{story}": models.story,
            "GET /api/concerts": concerts.evenings,
            "GET /api/concerts/{evening}": concerts.evening,
            "GET /api/concerts/{evening}/midi": concerts.midi,
            "GET /api/concerts/{evening}/phrases/{number}/{kind}": concerts.phrase,
            "POST /api/concerts/{evening}/phrases/{number}/keep": concerts.keep,
            "POST /api/concerts/{evening}/replay": concerts.replay,
            "GET /api/favourites": concerts.favourites,
            "GET /api/favourites/{number}": concerts.favourite,
            "DELETE /api/favourites/{number}": concerts.forget,
            "GET /api/drums": self._drums,
            "POST /api/drums/{drum}/buzz": setup.buzz,
            "POST /api/calibration": self.calibration.begin,
            "DELETE /api/calibration": self.calibration.stop,
            "GET /api/settings": setup.settings,
            "PATCH /api/settings": setup.change,
            "GET /api/update": updates.stand,
            "PUT /api/update": updates.install,
            "POST /api/update/rollback": updates.roll_back,
            "POST /api/restart": updates.restart,
            "GET /api/ports": setup.ports,
            "GET /api/status": setup.box,
            "GET /api/network": self._network,
            "GET /api/logs": setup.logs,
        }

    def places(self) -> dict[str, UploadPlace]:
        """Of uploads, by their paths."""
        models, release = self._chosen.upload_size, LARGEST / 1e6
        spool = None if self._spool is None else self._spool.folder
        return {
            "/api/models/{model}": UploadPlace("a model", self.shelf.folder, models, ": see panel.upload_size", 60.0),
            "/api/update": UploadPlace("a release", spool, release, "", _RELEASE_COMES),
        }

    def _offer(self, model: str) -> None:
        self.player.ask(Offer(model))

    def _journal(self) -> Path | None:
        return self._args.journal or self._settings.room("journal", JournalSettings).place()

    def _favourites(self) -> Path | None:
        return self._settings.room("favourites", FavouritesSettings).place()

    def _line(self, packet: bytes) -> None:
        try:
            entry = read_line(packet)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            self.stage.mark(said("fault", f"the player said what this panel cannot read: {error}"))
            return
        if isinstance(entry.event, Received):
            self._play(entry.event)
        else:
            if isinstance(entry.event, Standing):
                self._duets.update(entry.event.duets)
            self.stage.see(entry.time, entry.duet, entry.event)
        self.hub.changed()

    def _refused(self, text: str) -> None:
        self.stage.mark(said("refused", text))
        self.hub.changed()

    def _here(self, here: bool) -> None:
        if here:
            self.words.offer(self.shelf.paths())
        else:
            self.stage.lose_player()
            self.calibration.end(State.STOPPED)
        self.hub.changed()

    def _report(self, report: Report | None) -> None:
        self.stage.report(report)
        self.hub.changed()

    def _play(self, received: Received) -> None:
        self.calibration.receive(received.port, received.time, received.message)
        self.lesson.receive(received.port, received.time, received.message)
        deadline = self.lesson.next_deadline()
        if deadline is not None:
            asyncio.get_running_loop().call_later(max(0.0, deadline - self._clock.now()), self._teach)

    def _teach(self) -> None:
        self.stage.mark(*self.lesson.advance(self._clock.now()))
        self.stage.put(lesson=self.lesson.place)
        self.hub.changed()

    def _learnt(self, pad: str, keys: dict[int, int]) -> None:
        self._task = asyncio.create_task(self._write_keys(pad, keys))

    async def _write_keys(self, pad: str, keys: dict[int, int]) -> None:
        place = "pad" if pad == ONLY else f"pads.{pad}"
        try:
            await self.change({f"{place}.keys": {str(key): meant for key, meant in sorted(keys.items())}})
            told = said("news", f"The keys of {pad} are written; they count from the player's next start on.")
        except Refusal as error:
            told = said("refused", error.text)
        self.stage.mark(told)
        self.hub.changed()

    async def change(self, changes: Mapping[str, Any]) -> None:
        """Change the owner's settings. Raises: Refusal."""
        try:
            await self.owner.change(checked_changes(changes, self.shelf.path_of))
        except (SettingsError, ValueError) as error:
            raise Refusal(400, "settings_refused", str(error)) from None

    async def _check(self, draft: Path) -> None:
        try:
            await self._errands.run("panel-work", "settings", draft)
        except Refusal as refusal:
            raise SettingsError(refusal.text) from None

    def _plays(self) -> bool:
        return any(duet["turn"] != "idle" for duet in self.stage.tree["duets"].values())

    def _panicked(self) -> None:
        self.sticks.panic()
        self.calibration.end(State.PANIC)

    def _calibrate_words(self) -> list[str]:
        file = self._args.settings
        there = file is not None and file.exists()
        return ["--striker", str(self._args.striker), *(["--settings", str(file)] if there else [])]

    async def _keep_motor(self, motor: Motor) -> bool:
        return await self.owner.calibrate(motor, self._strike().motors)

    def _strike(self) -> StrikeSettings:
        """As it will be at the next start. Raises: SettingsError."""
        return self._owners().room("strike", StrikeSettings)

    def _kept_duets(self) -> list[str]:
        """Those of the owner's settings that have played since the panel started."""
        try:
            return [name for name in self._owners().room("duets", dict[str, Any]) if name in self._duets]
        except SettingsError:
            return []  # whoever writes into such a file is told why not

    def _owners(self) -> Settings:
        """As they are on disk. Raises: SettingsError."""
        file = self._args.settings
        return load_settings(file if file is not None and file.exists() else None)

    def _measure(self) -> dict[str, object]:
        degrees = self._machine.temperature()
        return {"temperature": None if degrees is None else round(degrees, 1)}

    async def _drums(self, _: Request) -> dict[str, Any]:
        wired = self._settings.room("pins", PinSettings).motors | self._settings.room("arduino", ArduinoSettings).motors
        wirings = {name: _words(wiring) for name, wiring in wired.items()}
        try:
            strike = self._strike()
        except SettingsError:
            strike = self._settings.room("strike", StrikeSettings)
        return {**drum_set(strike, wirings), "ears": self.calibration.ears}

    async def _network(self, _: Request) -> dict[str, Any]:
        return network(self._machine, self.host, self.port, tls=self.tls)


async def serve(
    args: argparse.Namespace,
    settings: Settings,
    chosen: PanelSettings,
    folder: Path,
    clock: Clock,
    invitation: str,
) -> None:
    """Until it is told to stop. Raises: SettingsError."""
    rooms = PanelRooms(args, settings, chosen, folder, clock)
    page = Path(appliance.panel.__file__).parent / "page"
    house = House(rooms.gate, page, own_names(chosen.names), rooms.tls, _log)
    tls = tls_context(*certificate(folder, own_names(chosen.names))) if rooms.tls else None
    server = PanelServer(house, rooms.hub, rooms.acts(), rooms.words.do, tls, rooms.places())
    rooms.port = server.listen(rooms.host, rooms.port)
    if invitation:
        rooms.gate.invite(invitation)
    address = f"{'https' if rooms.tls else 'http'}://{_reached(rooms.host)}:{rooms.port}/"
    link = f"{address}login?token={invitation}" if invitation else address
    await server.serve(
        rooms.player.keep(),
        rooms.striker.keep(),
        until_eof=args.until_eof,
        ready=lambda: print(f"panel: {link}", flush=True),
        leaving=rooms.calibration.leave,
    )


def _words(wiring: Any) -> str:
    return ", ".join(f"{key} {value}" for key, value in msgspec.to_builtins(wiring).items())


def _facts_of(tables: dict[str, Any]) -> Facts:
    return facts_of(Settings(tables, Path("the player")))


def _reached(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - the owner said so
        return f"{socket.gethostname()}.local"
    return f"[{host}]" if ":" in host else host


def _log(text: str) -> None:
    print(f"ghostnote panel: {text}", file=sys.stderr, flush=True)
