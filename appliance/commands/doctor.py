"""`ghostnote doctor`: looks at everything that a concert needs, and says what to do."""

import argparse
import select
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from appliance.clock import MonotonicClock
from appliance.commands.striker import PRIORITY
from appliance.doctor.board import (
    check_board,
    check_clock,
    check_kernel,
    check_supply,
    check_temperature,
    check_watchdog,
)
from appliance.doctor.files import check_disk, check_model, check_settings
from appliance.doctor.finding import Finding, Verdict
from appliance.doctor.instruments import check_lamp, check_midi, check_motors, check_striker
from appliance.doctor.kernel_files import KernelFiles
from appliance.doctor.rights import check_lines, check_pins, check_real_time, this_user
from appliance.doctor.rounds import Rounds
from appliance.drivers.status_link import StatusLink, status_socket
from appliance.drivers.stop_signal import StopSignal
from appliance.drivers.supervisor import Supervisor
from appliance.drivers.version_store import ROOT as VERSIONS
from appliance.drivers.version_store import VersionStore
from appliance.drivers.wiring import PinSettings
from appliance.settings import load_settings
from appliance.status.wiring import StatusSettings
from appliance.strike.kit import StrikeSettings

_STRIKER = Path("/run/ghostnote/striker.sock")
_DATA = Path("/var/lib/ghostnote")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the doctor."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--motors", action="store_true", help="one soft stroke of each motor; mind your hands")
    parser.add_argument("--watch", action="store_true", help="go on for ever: tell the lamp what is wrong")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="your settings, on top of the shipped ones")
    parser.add_argument("--striker", type=Path, default=_STRIKER, metavar="SOCKET", help=f"the striker's ({_STRIKER})")
    parser.add_argument("--data", type=Path, default=_DATA, metavar="FOLDER", help=f"where journals are ({_DATA})")
    parser.add_argument("--root", type=Path, default=Path("/"), metavar="FOLDER", help="of /proc, /sys and /dev (/)")


def run(args: argparse.Namespace) -> int:
    """Print what was found; 0, or 1 when something is bad. Raises: SettingsError, StrikerLost."""
    if args.watch:
        return _watch(args)
    findings = list(_look(args))
    print(_as_json(findings) if args.json else _as_text(findings))
    return int(any(finding.verdict is Verdict.BAD for finding in findings))


def _look(args: argparse.Namespace) -> Iterator[Finding]:
    kernel = KernelFiles(args.root)
    yield from (check_board(kernel), check_kernel(kernel), check_clock(kernel), check_supply(kernel))
    settings = check_settings(args.settings)
    # What else is in the settings cannot be asked when they are faulty: then the shipped ones are what would be used.
    usable = load_settings(args.settings if settings.verdict is Verdict.OK else None)
    pins, status = usable.room("pins", PinSettings), usable.room("status", StatusSettings)
    yield from (check_temperature(kernel, status.hot), check_watchdog(kernel), settings)
    # The guard's priority is one above the striker's.
    rights = check_real_time(kernel, PRIORITY + 1)
    yield from (check_lines(pins, status), check_pins(kernel, this_user(), pins), rights)
    yield from (check_model(usable), check_midi(kernel), check_disk(_there(args.data), status.full))
    yield check_striker(args.striker)
    yield from check_lamp(status_socket(args.striker))
    if args.motors:
        strike = usable.room("strike", StrikeSettings)
        yield from check_motors(args.striker, (pins.wired(strike) if pins.motors else strike).motors)


def _watch(args: argparse.Namespace) -> int:
    status = load_settings(args.settings).room("status", StatusSettings)
    stop = StopSignal()
    versions = VersionStore(args.root / VERSIONS.relative_to("/"))
    board = StatusLink(status_socket(args.striker))
    rounds = Rounds(KernelFiles(args.root), _there(args.data), status, board, versions)
    clock = MonotonicClock()
    supervisor = Supervisor.of_environment()
    supervisor.ready("watches supply, heat, disk and updates")
    while not select.select([stop.fileno()], (), (), max(rounds.next_deadline() - clock.now(), 0.0))[0]:
        rounds.advance(clock.now())
        supervisor.advance(clock.now())
    return 0


def _there(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _as_json(findings: Sequence[Finding]) -> str:
    worst = max(findings, key=lambda finding: list(Verdict).index(finding.verdict)).verdict
    return msgspec.json.format(msgspec.json.encode({"verdict": worst, "findings": findings})).decode()


def _as_text(findings: Sequence[Finding]) -> str:
    wide = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{finding.verdict:4}  {finding.name:{wide}}  {finding.found}")
        if finding.do and finding.verdict is not Verdict.OK:
            lines.append(f"{'':4}  {'':{wide}}  -> {finding.do}")
    return "\n".join(lines)
