"""`ghostnote striker`: the real-time process that beats the drums."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from appliance.drivers.dry_bridge import DryBridge
from appliance.drivers.realtime import Grant, PunctualClock, become_punctual
from appliance.drivers.stop_signal import StopSignal
from appliance.drivers.striker import LatenessRecord, StrikerLoop
from appliance.drivers.striker_door import Stops, StrikerDoor
from appliance.errors import MotorFault, SettingsError
from appliance.settings import load_settings
from appliance.strike.groove import GrooveKeeper
from appliance.strike.kit import StrikeSettings
from appliance.strike.striker import Striker
from appliance.strike.wire import VERSION, Hello

# Above the threaded interrupts' 50 of a PREEMPT_RT kernel a USB interrupt could be starved; at 50 it takes its turn.
PRIORITY = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the striker."""
    parser.add_argument("--dry", action="store_true", required=True, help="motors in memory only: nothing moves")
    parser.add_argument("--socket", type=Path, required=True, metavar="PATH", help="where clients find the striker")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the owner's settings, above the shipped ones")
    parser.add_argument("--priority", type=_priority, default=PRIORITY, metavar="N", help="real-time priority; 0: none")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends, as with its parent")
    parser.add_argument("--lateness", type=Path, metavar="FILE", help="at the end, write the lateness of each edge (s)")


def run(args: argparse.Namespace) -> int:
    """Strike until told to stop; 0, or 1 when a motor could not be trusted. Raises: SettingsError."""
    settings = load_settings(args.settings).room("strike", StrikeSettings)
    stop = StopSignal()
    clock = PunctualClock()
    striker = Striker(settings)
    motors = DryBridge(settings, clock)
    grant = become_punctual(args.priority)
    stops = Stops(stop.fileno(), sys.stdin.fileno() if args.until_eof else None)
    door = StrikerDoor(args.socket, _hello(grant), stops, clock)
    try:
        _report(args.socket, grant)
        loop = StrikerLoop(striker, motors, door, clock, GrooveKeeper(settings.groove_bars, settings.slowest_lead))
        loop.run()
    except MotorFault as fault:
        print(f"ghostnote striker: {fault}", file=sys.stderr)
        return 1
    finally:
        door.close()
    if args.lateness is not None:
        _keep(loop.record, args.lateness)
    return 0


def _priority(text: str) -> int:
    priority = int(text)
    if not 0 <= priority <= os.sched_get_priority_max(os.SCHED_FIFO):
        raise argparse.ArgumentTypeError(f"a real-time priority is 1 to 99, or 0 for none, not {text}")
    return priority


def _hello(grant: Grant) -> Hello:
    return Hello(VERSION, os.getpid(), grant.priority, grant.memory_locked)


def _report(path: Path, grant: Grant) -> None:
    granted = [f"real-time priority {grant.priority}"] if grant.priority else []
    granted += ["memory locked"] if grant.memory_locked else []
    first = f"listening at {path}; dry motors; {', '.join(granted) or 'no privileges'}"
    for line in (first, *grant.lacks):
        print(f"ghostnote striker: {line}", file=sys.stderr)


def _keep(record: LatenessRecord, path: Path) -> None:
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False) as file:
            json.dump(record.edges(), file)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    except OSError as error:
        raise SettingsError(f"cannot write the lateness to {path}: {error.strerror}") from error
