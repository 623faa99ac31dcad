"""`ghostnote out`: the process that sends MIDI, clock and OSC, each at its instant."""

import argparse
import contextlib
import json
import os
import sys
from pathlib import Path

from appliance.clock import Clock
from appliance.drivers.alsa_sequencer import AlsaSequencer
from appliance.drivers.atomic_file import write_atomically
from appliance.drivers.lateness_record import LatenessRecord
from appliance.drivers.midi_outs import MidiOuts, RtMidiOuts
from appliance.drivers.osc_socket import OscSocket
from appliance.drivers.out_door import OutDoor
from appliance.drivers.realtime import Grant, PunctualClock, become_punctual
from appliance.drivers.sender import SenderLoop
from appliance.drivers.stop_signal import StopSignal
from appliance.drivers.supervisor import Supervisor
from appliance.errors import SettingsError
from appliance.out.clock_maker import ClockMaker
from appliance.out.outgoing import Outgoing
from appliance.out.settings import ClockSettings, OscSettings, OutSettings, check_outputs
from appliance.out.wire import VERSION, Hello
from appliance.settings import Settings, load_settings

SOCKET = Path("/run/ghostnote/out.sock")

# Below the striker's 50: a stroke comes before a tick.
PRIORITY = 45


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the sender."""
    parser.add_argument("--socket", type=Path, default=SOCKET, metavar="PATH", help=f"where it is found ({SOCKET})")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="the owner's settings, above the shipped ones")
    parser.add_argument("--priority", type=int, default=PRIORITY, metavar="N", help="real-time priority; 0: none")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends, as with its parent")
    parser.add_argument(
        "--lateness", type=Path, metavar="FILE", help="at the end, write when each was sent, and how late (s)"
    )


def run(args: argparse.Namespace) -> int:
    """Send until told to stop. Raises: SettingsError."""
    if not 0 <= args.priority <= os.sched_get_priority_max(os.SCHED_FIFO):
        raise SettingsError(f"--priority is 1 to 99, or 0 for none, not {args.priority}")
    stops = [StopSignal().fileno(), *([sys.stdin.fileno()] if args.until_eof else [])]
    supervisor = Supervisor.of_environment()
    clock = PunctualClock()
    settings = load_settings(args.settings)
    outgoing = _outgoing(settings)
    ports = settings.room("out", OutSettings).ports
    outs = MidiOuts(ports, RtMidiOuts() if ports else _NoSystem())
    speaker = OscSocket(settings.room("osc", OscSettings).to)
    record = LatenessRecord(1 << 17 if args.lateness else 1)
    grant = become_punctual(args.priority)
    door = OutDoor(args.socket, Hello(VERSION, os.getpid(), grant.priority), stops, clock)
    _report(args.socket, ports, grant)
    supervisor.ready(", ".join(ports) or "no MIDI ports")
    try:
        SenderLoop(outgoing, outs, speaker, door, clock, record, _news(clock) if ports else None, supervisor).run()
    finally:
        door.close()
        outs.close()
        speaker.close()
    if args.lateness:
        _keep(record, args.lateness)
    return 0


def _outgoing(settings: Settings) -> Outgoing:
    clock, out = settings.room("clock", ClockSettings), settings.room("out", OutSettings)
    try:
        for name in clock.outputs:
            check_outputs(out, clock__outputs=name)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    ahead = settings.room("osc", OscSettings).ahead
    return Outgoing(ClockMaker(always=clock.always), clock.outputs, ahead, out.offset)


class _NoSystem:
    """Where the settings want no port none is looked for."""

    def ports(self) -> list[str]:
        """None."""
        return []

    def open(self, port: str | None, name: str) -> None:
        """Nothing can be opened."""


def _news(clock: Clock) -> AlsaSequencer | None:
    with contextlib.suppress(OSError):
        return AlsaSequencer(clock)
    return None


def _report(path: Path, ports: dict[str, str], grant: Grant) -> None:
    granted = f"real-time priority {grant.priority}" if grant.priority else "no real-time priority"
    named = ", ".join(ports) or "no MIDI ports"
    for line in (f"listening at {path}; {named}; {granted}", *grant.lacks):
        # A journal on a full disk is no reason to stop.
        with contextlib.suppress(OSError):
            os.write(2, f"ghostnote out: {line}\n".encode())


def _keep(record: LatenessRecord, path: Path) -> None:
    content = json.dumps(record.timed()).encode()
    try:
        write_atomically(path, lambda stream: stream.write(content))
    except OSError as error:
        raise SettingsError(f"cannot write the lateness to {path}: {error.strerror}") from error
