"""`ghostnote striker`: the real-time process that beats the drums."""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance.arduino.wiring import ArduinoSettings
from appliance.drivers.guard import Guard, post_guard
from appliance.drivers.lateness_record import LatenessRecord
from appliance.drivers.lone_lamp import lamp_of_faulty, show_alone
from appliance.drivers.plain_pins import open_factory
from appliance.drivers.rack import Rack, backed, board_rack, dry_rack, paper_rack, pin_rack
from appliance.drivers.realtime import Grant, PunctualClock, become_punctual, hasten_threads
from appliance.drivers.stage import Stage
from appliance.drivers.status_led import NoLamp
from appliance.drivers.status_link import status_socket
from appliance.drivers.stop_signal import StopSignal
from appliance.drivers.striker import StrikerLoop
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

# The pin library's threads are one below the striker, and its guard is one above.
_LEAST, _MOST = 2, 98


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the striker."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--dry", action="store_true", help="motors in memory only: nothing moves")
    where.add_argument("--paper", type=Path, metavar="FILE", help="motors in a file that others can look into")
    parser.add_argument("--socket", type=Path, required=True, metavar="PATH", help="where clients find the striker")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the owner's settings, above the shipped ones")
    parser.add_argument("--priority", type=_priority, default=PRIORITY, metavar="N", help="real-time priority; 0: none")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends, as with its parent")
    parser.add_argument(
        "--lateness", type=Path, metavar="FILE", help="at the end, write when each edge was, and how late"
    )


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
    record = LatenessRecord() if args.lateness is not None else None
    try:
        # Whatever ends it, and whichever of these fails at that: each has its turn, the last one first.
        with contextlib.ExitStack() as ends:
            ends.callback(stage.close)
            ends.callback(rack.close)
            _strike(args, settings, pins, rack, stage, stop, clock, record, supervisor, ends)
    except MotorFault as fault:
        said: BaseException | None = fault
        while isinstance(said, MotorFault):  # one that came while another was on its way
            _say(str(said))
            said = said.__context__
        return 1
    if record is not None:
        _keep(record, args.lateness)
    return 0


def _strike(
    args: argparse.Namespace,
    settings: StrikeSettings,
    pins: PinSettings,
    rack: Rack,
    stage: Stage,
    stop: StopSignal,
    clock: PunctualClock,
    record: LatenessRecord | None,
    supervisor: Supervisor,
    ends: contextlib.ExitStack,
) -> None:
    striker = Striker(settings)
    grant = become_punctual(args.priority)
    guard = _post_guard(rack, pins, clock, grant)
    if guard is not None:
        ends.callback(guard.dismiss)
    if grant.priority:
        hasten_threads(grant.priority - 1)
    door = StrikerDoor(args.socket, _hello(grant), Stops(stop.fileno(), _stdin(args)), clock)
    ends.callback(door.close)
    _report(args.socket, rack, grant)
    keeper = GrooveKeeper(settings.groove_bars, settings.slowest_lead)
    staged = stage.beside(door, status_socket(args.socket))
    loop = StrikerLoop(striker, rack.motors, staged, clock, keeper, record, rack.board, behind=rack.behind)
    if rack.board is not None:
        door.beside = rack.board.filenos
    stage.employ(loop, grant)
    if guard is not None:
        loop.employ(guard)
    loop.employ(supervisor)
    supervisor.ready(f"{rack.name}, real-time priority {grant.priority}")
    loop.run()


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
    settings, arduino = tables.room("strike", StrikeSettings), tables.room("arduino", ArduinoSettings)
    if args.dry:
        return settings, dry_rack(settings, clock)
    if arduino.role == "output":
        wired = arduino.wired(settings)
        return wired, board_rack(wired, arduino, clock)
    if args.paper is not None:
        wired, rack = settings, paper_rack(settings, clock, args.paper)
    else:
        wired, rack = pins.wired(settings), pin_rack(pins)
    return wired, backed(rack, settings, arduino, clock) if arduino.role == "fallback" else rack


def _post_guard(rack: Rack, pins: PinSettings, clock: PunctualClock, grant: Grant) -> Guard | None:
    # Above the striker: the guard acts when the striker does not let go of the processor.
    priority = grant.priority + 1 if grant.priority else 0
    return post_guard(rack.guarded, pins.guard, clock, priority) if rack.guarded else None


def _stdin(args: argparse.Namespace) -> int | None:
    return sys.stdin.fileno() if args.until_eof else None


def _priority(text: str) -> int:
    priority = int(text)
    if priority and not _LEAST <= priority <= _MOST:
        raise argparse.ArgumentTypeError(f"a real-time priority is {_LEAST} to {_MOST}, or 0 for none, not {text}")
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

    content = json.dumps(record.timed()).encode()
    try:
        write_atomically(path, lambda stream: stream.write(content))
    except OSError as error:
        raise SettingsError(f"cannot write the lateness to {path}: {error.strerror}") from error
