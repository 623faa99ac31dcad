"""`ghostnote striker`: the real-time process that beats the drums."""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance.drivers.guard import Guard, post_guard
from appliance.drivers.lone_lamp import lamp_of_faulty, show_alone
from appliance.drivers.plain_pins import open_factory
from appliance.drivers.rack import Rack, dry_rack, paper_rack, pin_rack
from appliance.drivers.realtime import Grant, PunctualClock, become_punctual
from appliance.drivers.stage import Stage
from appliance.drivers.status_led import NoLamp
from appliance.drivers.status_link import status_socket
from appliance.drivers.stop_signal import StopSignal
from appliance.drivers.striker import LatenessRecord, StrikerLoop
from appliance.drivers.striker_door import Stops, StrikerDoor
from appliance.drivers.supervisor import Supervisor
from appliance.drivers.wiring import PinSettings
from appliance.errors import MotorFault, SettingsError
from appliance.settings import Settings, load_settings
from appliance.status.codes import MEANINGS, Code
from appliance.status.wiring import StatusSettings
from appliance.strike.groove import GrooveKeeper
from appliance.strike.kit import StrikeSettings
from appliance.strike.striker import Striker
from appliance.strike.wire import VERSION, Hello

# Above the threaded interrupts' 50 of a PREEMPT_RT kernel a USB interrupt could be starved; at 50 it takes its turn.
PRIORITY = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the striker."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--dry", action="store_true", help="motors in memory only: nothing moves")
    where.add_argument("--paper", type=Path, metavar="FILE", help="motors in a file that others can look into")
    parser.add_argument("--socket", type=Path, required=True, metavar="PATH", help="where clients find the striker")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the owner's settings, above the shipped ones")
    parser.add_argument("--priority", type=_priority, default=PRIORITY, metavar="N", help="real-time priority; 0: none")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends, as with its parent")
    parser.add_argument("--lateness", type=Path, metavar="FILE", help="at the end, write the lateness of each edge (s)")


def run(args: argparse.Namespace, open_factory: Callable[[str], Any] = open_factory) -> int:
    """Strike until told to stop; 0, or 1 when a motor could not be trusted.

    `open_factory` opens the pins of lamp and buttons. Raises: SettingsError, which the lamp tells until the stop.
    """
    stop = StopSignal()
    supervisor = Supervisor.of_environment()
    clock = PunctualClock()
    stage: Stage | None = None
    try:
        tables = load_settings(args.settings)
        pins = tables.room("pins", PinSettings)
        stage = _stage(tables, pins, clock, open_factory)
        settings, rack = _motors(args, tables, pins, clock)
    except SettingsError as error:
        if stage is not None:
            stage.close()
        _show_faulty(args, error, stop, clock, open_factory)
        raise
    striker = Striker(settings)
    record = LatenessRecord() if args.lateness is not None else None
    grant = become_punctual(args.priority)
    guard = _post_guard(rack, pins, clock, grant)
    try:
        door = StrikerDoor(args.socket, _hello(grant), Stops(stop.fileno(), _stdin(args)), clock)
        try:
            _report(args.socket, rack, grant)
            keeper = GrooveKeeper(settings.groove_bars, settings.slowest_lead)
            staged = stage.beside(door, status_socket(args.socket))
            loop = StrikerLoop(striker, rack.motors, staged, clock, keeper, record)
            stage.employ(loop, grant)
            if guard is not None:
                loop.employ(guard)
            loop.employ(supervisor)
            supervisor.ready(f"{rack.name}, real-time priority {grant.priority}")
            loop.run()
        finally:
            door.close()
    except MotorFault as fault:
        _say(str(fault))
        return 1
    finally:
        if guard is not None:
            guard.dismiss()
        rack.close()
        stage.close()
    if args.lateness is not None:
        _keep(loop.record, args.lateness)
    return 0


def _stage(tables: Settings, pins: PinSettings, clock: PunctualClock, open_factory: Callable[[str], Any]) -> Stage:
    kit = tables.room("strike", StrikeSettings).kit
    return Stage(tables.room("status", StatusSettings), kit, lambda: open_factory(pins.factory), clock)


def _show_faulty(
    args: argparse.Namespace,
    error: SettingsError,
    stop: StopSignal,
    clock: PunctualClock,
    open_factory: Callable[[str], Any],
) -> None:
    lamp = lamp_of_faulty(args.settings, open_factory)
    if isinstance(lamp, NoLamp):
        return
    _say(f"{error}; the lamp shows {MEANINGS[Code.SETTINGS_FAULTY].label()} until this is stopped")
    stdin = _stdin(args)
    show_alone(Code.SETTINGS_FAULTY, lamp, [stop.fileno(), *([] if stdin is None else [stdin])], clock)
    lamp.close()


def _motors(
    args: argparse.Namespace, tables: Settings, pins: PinSettings, clock: PunctualClock
) -> tuple[StrikeSettings, Rack]:
    settings = tables.room("strike", StrikeSettings)
    if args.dry:
        return settings, dry_rack(settings, clock)
    if args.paper is not None:
        return settings, paper_rack(settings, clock, args.paper)
    return pins.wired(settings), pin_rack(pins)


def _post_guard(rack: Rack, pins: PinSettings, clock: PunctualClock, grant: Grant) -> Guard | None:
    # Above the striker: the guard acts when the striker does not let go of the processor.
    priority = grant.priority + 1 if grant.priority else 0
    return post_guard(rack.guarded, pins.guard, clock, priority) if rack.guarded else None


def _stdin(args: argparse.Namespace) -> int | None:
    return sys.stdin.fileno() if args.until_eof else None


def _priority(text: str) -> int:
    priority = int(text)
    if not 0 <= priority <= os.sched_get_priority_max(os.SCHED_FIFO):
        raise argparse.ArgumentTypeError(f"a real-time priority is 1 to 99, or 0 for none, not {text}")
    return priority


def _hello(grant: Grant) -> Hello:
    return Hello(VERSION, os.getpid(), grant.priority, grant.memory_locked)


def _report(path: Path, rack: Rack, grant: Grant) -> None:
    granted = [f"real-time priority {grant.priority}"] if grant.priority else []
    granted += ["memory locked"] if grant.memory_locked else []
    first = f"listening at {path}; {rack.name}; {', '.join(granted) or 'no privileges'}"
    for line in (first, *grant.lacks):
        _say(line)


def _say(line: str) -> None:
    # A journal on a full disk, or none any more, is no reason to stop beating.
    with contextlib.suppress(OSError):
        os.write(2, f"ghostnote striker: {line}\n".encode())


def _keep(record: LatenessRecord, path: Path) -> None:
    # Loaded here, since a striker that strikes needs neither.
    import json

    from appliance.drivers.atomic_file import write_atomically

    content = json.dumps(record.edges()).encode()
    try:
        write_atomically(path, lambda stream: stream.write(content))
    except OSError as error:
        raise SettingsError(f"cannot write the lateness to {path}: {error.strerror}") from error
