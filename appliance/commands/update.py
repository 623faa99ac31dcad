"""`ghostnote update`: bring a release to a box, install it, go back, see what became of it."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from appliance.clock import MonotonicClock
from appliance.drivers.release_file import ReleaseFile
from appliance.drivers.settings_store import NAME, SettingsStore
from appliance.drivers.spool import RELEASE, RESTART, ROLLBACKS, Spool, Taking
from appliance.drivers.status_link import StatusLink, status_socket
from appliance.drivers.systemd_units import SystemdUnits
from appliance.drivers.update_surroundings import UpdateSurroundings
from appliance.drivers.updater import Updater
from appliance.drivers.version_store import ROOT, VersionStore
from appliance.errors import GhostnoteError, SettingsError, UpdateFailed
from appliance.release.chronicle import Update
from appliance.release.manifest import Kind
from appliance.release.settings import UpdateSettings
from appliance.settings import load_settings

_SIGNERS = Path("/etc/ghostnote/allowed_signers")
_SETTINGS = Path("/var/lib/ghostnote/ghostnote.toml")
_STRIKER = Path("/run/ghostnote/striker.sock")
UNITS = (
    "ghostnote-striker.service",
    "ghostnote-out.service",
    "ghostnote-player.service",
    "ghostnote-doctor.service",
    "ghostnote-panel.service",
)

# What a host may be called on the command line of ssh, which takes words that begin so as options.
_OPTION = "-"

# In the root, while a release from the panel is installed (ghostnote-spool.path knows the name).
SPOOLED = ".spooled-"
_UPLOADED = "uploaded.release"

# What mktemp makes on the box, and nothing else, is removed there afterwards.
_FOLDER = re.compile(r"/tmp/ghostnote\.[A-Za-z0-9]{6}")  # noqa: S108


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The things that can be done."""
    parser.add_argument("--root", type=Path, default=ROOT, metavar="FOLDER", help=f"where versions are ({ROOT})")
    doing = parser.add_subparsers(dest="do", required=True, metavar="WHAT")
    push = doing.add_parser("push", help="from a workstation: copy a release to a box by ssh, and install it there")
    push.add_argument("host", help="as for ssh: [user@]host")
    install = doing.add_parser("install", help="on the box: verify, unpack, try, switch, and take back if it must be")
    for parsed in (push, install):
        parsed.add_argument("file", type=Path, metavar="FILE.release")
    back = doing.add_parser("rollback", help="switch to the version before")
    for parsed in (push, install, back):
        parsed.add_argument("--force", action="store_true", help="in the middle of a song, too")
    spool = doing.add_parser("spool", help="on the box, for its service: do what the panel has asked for")
    spool.add_argument("folder", type=Path, metavar="FOLDER", help="where it asks")
    spool.set_defaults(force=False, here=True)
    for parsed in (install, back, spool):
        parsed.add_argument("--signers", type=Path, default=_SIGNERS, metavar="FILE", help=f"who may sign ({_SIGNERS})")
    for parsed in (install, back):
        parsed.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    listed = doing.add_parser("list", help="the versions on this box")
    status = doing.add_parser("status", help="what became of the updates of this box, and why")
    for parsed in (back, listed, status):
        what = f"of what: {', '.join(Kind)} ({Kind.APPLICATION})"
        parsed.add_argument("--kind", type=Kind, choices=list(Kind), default=Kind.APPLICATION, help=what)
    for parsed in (listed, status):
        parsed.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Do it. Raises: UpdateRefused, UpdateFailed, SettingsError."""
    match args.do:
        case "push":
            return _push(args.host, args.file, force=args.force)
        case "install" | "rollback" if not args.here and _has_systemd():
            return _in_a_unit(args)
        case "install":
            _updater(args, _kind_of(args.file, args.signers)).install(args.file, force=args.force)
        case "rollback":
            _updater(args, args.kind).roll_back(force=args.force)
        case "spool":
            return _spool(args)
        case "list":
            print(_list(_store(args.root, args.kind), as_json=args.json))
        case "status":
            print(_status(args.root, args.kind, as_json=args.json))
    return 0


def _spool(args: argparse.Namespace) -> int:
    """One thing after the other; what goes wrong with one of them is told, and costs the others nothing."""
    status = 0
    with Spool(args.folder).opened() as taking:
        for deed in (_tell_cut_off, _install_laid, _roll_back_asked, _restart_asked):
            try:
                deed(args, taking)
            except (GhostnoteError, OSError) as error:
                print(f"ghostnote: {error}", file=sys.stderr, flush=True)
                status = 1
    return status


def _tell_cut_off(args: argparse.Namespace, _: Taking) -> None:
    """Of what was taken from the panel when the power went, before it was installed: its folder starts the unit."""
    for folder in sorted(args.root.glob(f"{SPOOLED}*")):
        file = folder / _UPLOADED
        if file.exists():
            _updater(args, _kind_of(file, args.signers)).tell_cut_off(file.name)
        shutil.rmtree(folder, ignore_errors=True)


def _install_laid(args: argparse.Namespace, taking: Taking) -> None:
    with tempfile.TemporaryDirectory(dir=args.root, prefix=SPOOLED) as folder:
        file = Path(folder) / _UPLOADED
        if taking.take_file(RELEASE, file):
            _updater(args, _kind_of(file, args.signers)).install(file)


def _roll_back_asked(args: argparse.Namespace, taking: Taking) -> None:
    for name, kind in ROLLBACKS.items():
        if taking.take(name):
            _updater(args, kind).roll_back()


def _restart_asked(_: argparse.Namespace, taking: Taking) -> None:
    if taking.take(RESTART):
        _around(lambda _: [], _pace()).await_pause()
        SystemdUnits(UNITS).restart()


def _around(examination: Callable[[Path], list[str]], pace: float) -> UpdateSurroundings:
    return UpdateSurroundings(lambda: StatusLink(status_socket(_STRIKER)), examination, pace)


def _updater(args: argparse.Namespace, kind: Kind) -> Updater:
    if not args.root.is_dir():
        raise SettingsError(f"no versions are kept in {args.root}: is this a box? `boot/install.sh` makes one")
    store = _store(args.root, kind)
    store.root.mkdir(exist_ok=True)
    pace, units = _pace(), SystemdUnits(UNITS)
    around = _around(partial(_examination, args.root, kind), pace)
    return Updater(store, args.signers, units, around, MonotonicClock(), _say, pace, kind)


def _store(root: Path, kind: Kind) -> VersionStore:
    """Each kind has a folder of its own, that of the program is the root."""
    if kind is Kind.SETTINGS:
        return SettingsStore(root / kind, _SETTINGS, root)
    return VersionStore(root if kind is Kind.APPLICATION else root / kind, root)


def _examination(root: Path, kind: Kind, folder: Path) -> list[str]:
    """What tries a version: a program tries itself, models and settings are tried by the one that runs."""
    program = (folder if kind is Kind.APPLICATION else root / "current") / "bin/ghostnote"
    settings = folder / NAME if kind is Kind.SETTINGS else _SETTINGS
    words = [str(program), "selftest"]
    if kind is Kind.SETTINGS or settings.exists():
        words += ["--settings", str(settings)]
    return [*words, "--models", str(folder)] if kind is Kind.MODELS else words


def _kind_of(file: Path, signers: Path) -> Kind:
    """Of a release that is verified; one that is not is refused, and noted, by the updater of the program."""
    try:
        with file.open("rb") as stream:
            return ReleaseFile(stream, signers).manifest.kind
    except (OSError, GhostnoteError):
        return Kind.APPLICATION


def _pace() -> float:
    """By the owner's settings; an update may be what mends a box whose settings are faulty."""
    try:
        return load_settings(_SETTINGS if _SETTINGS.exists() else None).room("update", UpdateSettings).pace
    except SettingsError:
        return 1.0


def _say(text: str) -> None:
    """To whoever still listens: a connection that broke, or a terminal that was shut, stops no update."""
    try:
        print(text, flush=True)
    except OSError:
        nobody = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nobody, stream)
        os.close(nobody)


def _has_systemd() -> bool:
    """sd_booted(3)."""
    return Path("/run/systemd/system").is_dir()


def _in_a_unit(args: argparse.Namespace) -> int:
    """The same in a unit of its own: when the connection to the crew's laptop breaks, the update does not."""
    words = ["update", "--root", str(args.root), args.do, "--here", "--signers", str(args.signers.absolute())]
    words += ["--force"] if args.force else []
    words += [str(args.file.absolute())] if args.do == "install" else ["--kind", args.kind]
    settle = f"{args.root}/settle {args.root} {' '.join(UNITS)}"
    unit = ["systemd-run", "--quiet", "--collect", "--pipe", "--wait", "--unit=ghostnote-update",
            f"--property=ExecStopPost={settle}", sys.executable, "-I", sys.argv[0], *words]  # fmt: skip
    return _called(unit)


def _push(host: str, file: Path, *, force: bool) -> int:
    """Copy and install by the owner's own ssh, with the owner's keys and settings."""
    if host.startswith(_OPTION):
        raise SettingsError(f"a host is such as crew@ghostnote.local, not {host}")
    if not file.is_file():
        raise SettingsError(f"there is no file {file}")
    folder = _asked(["ssh", host, "mktemp -d /tmp/ghostnote.XXXXXX"])
    if not _FOLDER.fullmatch(folder):
        raise UpdateFailed(f"{host} made no folder for the release: {folder[:200]}")
    there = f"{folder}/pushed.release"
    try:
        if _called(["scp", "-q", str(file.absolute()), f"{host}:{there}"]):
            raise UpdateFailed(f"cannot copy {file} to {host}")
        installing = f"sudo ghostnote update install {'--force ' if force else ''}{there}"
        return _called(["ssh", "-t", host, installing])
    finally:
        _called(["ssh", host, f"rm -rf {folder}"])


def _called(words: Sequence[str]) -> int:
    if shutil.which(words[0]) is None:
        raise SettingsError(f"there is no {words[0]} on this computer")
    return subprocess.run(words, check=False).returncode  # noqa: S603 - no shell here


def _asked(words: Sequence[str]) -> str:
    if shutil.which(words[0]) is None:
        raise SettingsError(f"there is no {words[0]} on this computer")
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - no shell here
    if done.returncode:
        raise UpdateFailed(f"{words[1]} cannot be reached by ssh")
    return done.stdout.strip()


def _list(store: VersionStore, *, as_json: bool) -> str:
    running = store.running()
    if as_json:
        rows = [{"version": str(number), "running": number == running} for number in store.installed()]
        return msgspec.json.format(msgspec.json.encode(rows)).decode()
    lines = [f"{'*' if number == running else ' '} {number}" for number in store.installed()]
    return "\n".join(lines) or "no version is installed"


def _status(root: Path, kind: Kind, *, as_json: bool) -> str:
    store = _store(root, kind)
    told = store.chronicle()
    if as_json:
        return msgspec.json.format(
            msgspec.json.encode({"running": str(store.running() or ""), **_fields(told)})
        ).decode()
    lines = [f"running: {store.running() or 'nothing'}"]
    lines += [_line(update) for update in reversed(told.updates)]
    return "\n".join(lines)


def _fields(told: object) -> dict[str, object]:
    fields: dict[str, object] = msgspec.to_builtins(told)
    return fields


def _line(update: Update) -> str:
    why = f": {update.reason}" if update.reason else ""
    return f"{update.at:25}  {update.version} after {update.before or 'nothing'}  {update.outcome}{why}"
