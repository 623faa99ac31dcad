"""`ghostnote status`: how a box is, on one screen, for a crew that came in by SSH."""

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from appliance.clock import MonotonicClock
from appliance.commands.update import UNITS
from appliance.doctor.board import check_board, check_supply, check_temperature
from appliance.doctor.files import check_disk, check_model, check_settings
from appliance.doctor.finding import Finding, Verdict
from appliance.doctor.instruments import check_lamp, check_midi, check_striker
from appliance.doctor.kernel_files import KernelFiles
from appliance.doctor.versions import check_update
from appliance.drivers.evening import last_lines
from appliance.drivers.journal_file import JournalSettings
from appliance.drivers.status_link import status_socket
from appliance.drivers.systemd_units import SystemdUnits, UnitState
from appliance.drivers.version_store import ROOT, VersionStore
from appliance.errors import UpdateFailed
from appliance.settings import load_settings
from appliance.status.wiring import StatusSettings
from appliance.views.journal import read_line
from appliance.views.last_events import LastEvents, Summary

_STRIKER = Path("/run/ghostnote/striker.sock")
_DATA = Path("/var/lib/ghostnote")
_WIDE = 12  # characters of a line's name

_MARKS = {Verdict.OK: " ", Verdict.LOOK: "?", Verdict.BAD: "!"}


class Status(msgspec.Struct, frozen=True):
    """All that is on the screen; `journal` is None where none is kept, or none can be read."""

    running: str
    installed: tuple[str, ...]
    units: tuple[UnitState, ...]
    findings: tuple[Finding, ...]
    journal: Summary | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the status."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--settings", type=Path, metavar="FILE", help=f"the owner's ({_DATA / 'ghostnote.toml'})")
    parser.add_argument("--striker", type=Path, default=_STRIKER, metavar="SOCKET", help=f"the striker's ({_STRIKER})")
    parser.add_argument("--data", type=Path, default=_DATA, metavar="FOLDER", help=f"where journals are ({_DATA})")
    parser.add_argument("--versions", type=Path, default=ROOT, metavar="FOLDER", help=f"where versions are ({ROOT})")
    parser.add_argument("--root", type=Path, default=Path("/"), metavar="FOLDER", help="of /proc and /sys (/)")


def run(args: argparse.Namespace) -> int:
    """Print it; 0, or 1 when something does not play."""
    status = _look(args)
    print(msgspec.json.format(msgspec.json.encode(status)).decode() if args.json else as_text(status))
    units_are_well = all(unit.ready for unit in status.units)
    return int(not units_are_well or any(finding.verdict is Verdict.BAD for finding in status.findings))


def _look(args: argparse.Namespace) -> Status:
    store = VersionStore(args.versions)
    owner = args.data / "ghostnote.toml"
    file = args.settings or (owner if owner.exists() else None)
    return Status(
        str(store.running() or ""),
        tuple(map(str, store.installed())),
        _units(),
        tuple(_findings(args, file, store)),
        _journal(args, file),
    )


def _units() -> tuple[UnitState, ...]:
    try:
        return tuple(SystemdUnits(UNITS).states())
    except UpdateFailed:  # no systemd: a workstation
        return ()


def _findings(args: argparse.Namespace, file: Path | None, store: VersionStore) -> Iterator[Finding]:
    kernel = KernelFiles(args.root)
    settings = check_settings(file)
    usable = load_settings(file if settings.verdict is Verdict.OK else None)
    limits = usable.room("status", StatusSettings)
    yield check_board(kernel)
    yield from check_lamp(status_socket(args.striker))
    yield from (check_striker(args.striker), check_midi(kernel), check_model(usable), settings)
    yield from (check_temperature(kernel, limits.hot), check_supply(kernel))
    if args.data.is_dir():
        yield check_disk(args.data, limits.full)
    yield check_update(store)


def _journal(args: argparse.Namespace, file: Path | None) -> Summary | None:
    if check_settings(file).verdict is not Verdict.OK:
        file = None
    folder = load_settings(file).room("journal", JournalSettings).place() or args.data / "journal"
    seen = LastEvents()
    try:
        for line in last_lines(folder):
            with contextlib.suppress(msgspec.DecodeError):
                seen.see(read_line(line))
    except OSError:
        return None
    return seen.summary


def as_text(status: Status) -> str:
    """The screen: a line each, those that ask for somebody marked, with what to do."""
    others = [number for number in status.installed if number != status.running]
    lines = [f"  {'version':{_WIDE}} {status.running or 'none installed'}{_beside(others)}"]
    lines += [_unit(unit) for unit in status.units]
    for finding in status.findings:
        lines.append(f"{_MARKS[finding.verdict]} {finding.name:{_WIDE}} {finding.found}")
        if finding.do and finding.verdict is not Verdict.OK:
            lines.append(f"  {'':{_WIDE}} -> {finding.do}")
    return "\n".join(lines + _evening(status.journal))


def _beside(others: list[str]) -> str:
    return f", beside it {', '.join(others)}" if others else ""


def _unit(unit: UnitState) -> str:
    name = unit.name.removeprefix("ghostnote-").removesuffix(".service")
    again = f", started again {unit.starts} times ({unit.result})" if unit.starts else ""
    mark = " " if unit.ready else "!"
    how = "ready" if unit.ready else f"{unit.active}, {unit.sub}"
    return f"{mark} {name:{_WIDE}} {'not on this board' if unit.left_out else how}{again}"


def _evening(summary: Summary | None) -> list[str]:
    if summary is None:
        return [f"  {'journal':{_WIDE}} none"]
    lines = [f"  {'pad':{_WIDE}} {name}: {port}" for name, port in summary.pads.items()]
    if summary.median is not None and summary.worst is not None:
        late = f"{summary.median * 1e3:.3f} ms late at the median, {summary.worst * 1e3:.3f} at worst"
        lines.append(f"  {'strokes':{_WIDE}} {summary.strokes}, {late}; {summary.left_out} left out")
    now = MonotonicClock().now()
    return lines + [f"  {'last fault':{_WIDE}} {_since(now - time)}{text}" for time, text in reversed(summary.faults)]


def _since(seconds: float) -> str:
    # Of an evening before the last start the instants are those of another clock.
    return f"{seconds / 60:.0f} min ago: " if seconds >= 0 else "before the last start: "
