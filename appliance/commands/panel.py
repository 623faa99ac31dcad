"""`ghostnote panel`: the web page that shows and sets what the models do, live."""

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from appliance.clock import MonotonicClock
from appliance.drivers.panel_gate import (
    make_password,
    open_folder,
    read_password,
    set_password,
)
from appliance.errors import SettingsError
from appliance.panel.password import LONGEST, SHORTEST
from appliance.panel.settings import PanelSettings
from appliance.settings import load_settings

_STRIKER = Path("/run/ghostnote/striker.sock")
_CONTROL = Path("/run/ghostnote/control.sock")
# Where a demo says its one-time invitation: unlike a command line, nobody else can read it.
INVITATION = "GHOSTNOTE_INVITATION"
# How the unit says it: a card's units start older versions too, and those do not know the option (boot/README.md).
SPOOL = "GHOSTNOTE_SPOOL"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the panel."""
    parser.add_argument("what", nargs="?", choices=["serve", "password"], default="serve", help="serve (as it is)")
    parser.add_argument("--change", action="store_true", help="with `password`: ask for another one")
    parser.add_argument("--control", type=Path, default=_CONTROL, metavar="SOCKET", help=f"the player's ({_CONTROL})")
    parser.add_argument("--striker", type=Path, default=_STRIKER, metavar="SOCKET", help=f"the striker's ({_STRIKER})")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="your settings, where changes are written to")
    parser.add_argument("--folder", type=Path, metavar="FOLDER", help="of password, sessions and models")
    parser.add_argument("--journal", type=Path, metavar="FOLDER", help="where the player keeps its journal")
    parser.add_argument(
        "--spool",
        type=Path,
        default=os.environ.get(SPOOL) or None,
        metavar="FOLDER",
        help=f"where root is asked for updates and restarts (the environment's {SPOOL}, if there is one)",
    )
    parser.add_argument("--host", metavar="ADDRESS", help="listen there, instead of panel.host")
    parser.add_argument("--port", type=int, metavar="N", help="instead of panel.port; 0: any that is free")
    parser.add_argument("--tls", action="store_true", default=None, help="encrypted, as panel.tls")
    parser.add_argument("--demo", action="store_true", help="beside a demo: motors are dry")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends, as with its parent")


def run(args: argparse.Namespace) -> int:
    """Serve, or show or change the password. Raises: SettingsError."""
    for name in ("settings", "control", "striker", "folder", "journal", "spool"):
        # Errands run in another folder.
        setattr(args, name, getattr(args, name) and getattr(args, name).absolute())
    settings = load_settings(args.settings if args.settings and args.settings.exists() else None)
    chosen = settings.room("panel", PanelSettings)
    folder = args.folder or place(chosen)
    open_folder(folder)
    if args.what == "password":
        return _change(folder) if args.change else _show(folder)
    if args.until_eof and sys.stdin is None:
        raise SettingsError("--until-eof waits for the end of standard input, and there is none")
    if args.port is not None and not 0 <= args.port <= 65535:
        raise SettingsError(f"--port is 0 to 65535, not {args.port}")
    try:
        from appliance.commands.panel_rooms import serve  # here: who asks for a password needs no server
    except ModuleNotFoundError as error:
        raise SettingsError(f"the panel needs {error.name}: pip install 'ghostnote[panel]'") from None

    first = make_password(folder)
    if first:
        print(f"the panel's password is {first}", flush=True)
        print("(`ghostnote panel password` shows it again, or changes it)", flush=True)
    asyncio.run(serve(args, settings, chosen, folder, MonotonicClock(), _invitation(os.environ)))
    return 0


def place(settings: PanelSettings, environment: Mapping[str, str] = os.environ) -> Path:
    """The panel's folder: the setting's, `panel` in the service's state, or in the user's own."""
    if settings.folder:
        return Path(settings.folder).expanduser()
    states = environment.get("STATE_DIRECTORY", "").partition(":")[0]
    if states:
        return Path(states) / "panel"
    box = Path("/var/lib/ghostnote")
    if box.is_dir():
        return box / "panel"
    own = environment.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(own).expanduser() / "ghostnote" / "panel"


def _invitation(environment: Mapping[str, str]) -> str:
    """From the demo, which prints it."""
    return environment.get(INVITATION, "")


def _show(folder: Path) -> int:
    first = make_password(folder) or read_password(folder).first
    if first:
        print(f"the panel's password is {first}")
        return 0
    print("the panel's password was changed, and is kept nowhere: `ghostnote panel password --change` sets another")
    return 1


def _change(folder: Path) -> int:
    words: Any = getpass.getpass if sys.stdin.isatty() else lambda _: sys.stdin.readline().rstrip("\n")
    new = words(f"another password, of {SHORTEST} to {LONGEST} characters: ")
    if sys.stdin.isatty() and words("once more: ") != new:
        raise SettingsError("they were not the same: the password stays as it was")
    try:
        set_password(folder, new)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    print("the password is changed; whoever was logged in logs in again")
    return 0
