"""`ghostnote ports`: which MIDI inputs and outputs there are, and what each is to this box."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from appliance.clock import MonotonicClock
from appliance.drivers.midi_outs import CLIENT, RtMidiOuts, first, lacking
from appliance.drivers.quiet_libraries import quiet_libraries
from appliance.errors import SettingsError
from appliance.out.settings import VIRTUAL, OutSettings
from appliance.pad.ports import PortsSettings, Search, Wanted, wanted
from appliance.pad.presence import missing
from appliance.pad.settings import PadSettings, pads_of
from appliance.settings import Settings, load_settings


class Row(msgspec.Struct, frozen=True):
    """A `port` of the system that is `name` to us; either may be empty. `text`: what is missing, if it is."""

    name: str
    port: str
    text: str = ""
    way: str = "in"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the list."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="your settings, on top of the shipped ones")


def run(args: argparse.Namespace) -> int:
    """Print inputs and outputs; 0, or 1 when one that is wanted is missing. Raises: SettingsError, PadLost."""
    from appliance.drivers.midi_ports import open_system

    settings = load_settings(args.settings)
    inputs, ports = inputs_of(settings)
    wanted_outputs = settings.room("out", OutSettings).ports
    with closing(open_system(MonotonicClock())) as system:
        rows = list(listed(inputs, ports, system.ports()))
    rows += listed_outputs(wanted_outputs, _outputs())
    print(msgspec.json.encode(rows).decode() if args.json else _as_text(rows))
    return int(any(row.text for row in rows))


def inputs_of(settings: Settings) -> tuple[tuple[Wanted, ...], PortsSettings]:
    """The inputs that the settings want, and how they are looked for. Raises: SettingsError."""
    ports = settings.room("ports", PortsSettings)
    try:
        return wanted(read_pads(settings), ports), ports
    except ValueError as error:
        raise SettingsError(str(error)) from None


def read_pads(settings: Settings) -> dict[str, PadSettings]:
    """The pads of the settings by name. Raises: SettingsError."""
    try:
        return pads_of(settings.room("pad", PadSettings), settings.room("pads", dict[str, Any]))
    except ValueError as error:
        raise SettingsError(str(error)) from None


def listed(inputs: Sequence[Wanted], settings: PortsSettings, ports: Sequence[str]) -> Iterator[Row]:
    """Every input of the system, and every one that is wanted and not there."""
    assigned = Search(inputs, settings).assign(ports, {})
    names = {port: name for name, port in assigned.items()}
    for port in ports:
        yield Row(names.get(port, ""), port)
    for one in inputs:
        if one.name not in assigned:
            yield Row(one.name, "", missing(one, ports))


def listed_outputs(wanted_outputs: Mapping[str, str], ports: Sequence[str]) -> Iterator[Row]:
    """Every output of the system, ours by the names of [out.ports], and every one that is wanted and not there."""
    found = {name: first(pattern, ports) for name, pattern in wanted_outputs.items()}
    for port in ports:
        ours = ", ".join(name for name, taken in found.items() if taken == port)
        yield Row(ours, port, way="out")
    for name, pattern in wanted_outputs.items():
        if pattern == VIRTUAL:
            yield Row(name, f"{CLIENT}: made when the box plays, others connect to it", way="out")
        elif found[name] is None:
            yield Row(name, "", lacking(name, pattern, ports), way="out")


def _outputs() -> list[str]:
    """The system's outputs; none without python-rtmidi, and none of our own."""
    try:
        with quiet_libraries():
            return [port for port in RtMidiOuts().ports() if not port.startswith(CLIENT)]
    except SettingsError:
        return []


def _as_text(rows: Sequence[Row]) -> str:
    width = max((len(row.name) for row in rows), default=0)
    lines = [f"{row.way:3}  {row.name or '-':{max(width, 1)}}  {row.port or row.text}" for row in rows]
    return "\n".join(lines) or "no MIDI ports"
