"""`ghostnote learn pads` and `ghostnote learn controls`: hit the pads in turn, turn the knobs, and they are known."""

import argparse
import sys
from contextlib import closing
from pathlib import Path

from appliance.clock import MonotonicClock
from appliance.commands.ports import inputs_of, read_pads
from appliance.controls.binding import ControlsSettings
from appliance.controls.limits import control_named
from appliance.controls.pupil import ControlPupil
from appliance.controls.surface import ControlSurface
from appliance.drivers.lesson import Keyboard, Lesson, Pupil
from appliance.drivers.owner_inputs import as_row, write_bindings, write_keys
from appliance.drivers.owner_settings import toml_library
from appliance.drivers.stop_signal import StopSignal
from appliance.drivers.waiting import Waiting
from appliance.errors import SettingsError
from appliance.notation.drums import Drum
from appliance.pad.learning import PadLearning, PadPupil
from appliance.pad.ports import Search
from appliance.pad.presence import PortLost
from appliance.pad.settings import meant
from appliance.settings import Settings, load_settings

_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is to be learnt."""
    parser.add_argument("what", choices=["pads", "controls"], help="the keys of a pad, or the messages of controls")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which drums or controls; drums: all of the kit")
    parser.add_argument("--pad", metavar="NAME", help="which of the pads in [pads]; none: the first")
    parser.add_argument("--duet", default="", metavar="NAME", help="which duet the controls are of; none: all")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="your settings, where it is written to")


def run(args: argparse.Namespace) -> int:
    """Learn and write; without --settings, print what would be written. Raises: SettingsError, PadLost."""
    settings = load_settings(args.settings if args.settings and args.settings.exists() else None)
    learn = _learn_pads if args.what == "pads" else _learn_controls
    return 0 if learn(args, settings) else _INTERRUPTED


def _learn_pads(args: argparse.Namespace, settings: Settings) -> bool:
    pads = read_pads(settings)
    name = args.pad or next(iter(pads))
    if name not in pads:
        raise SettingsError(f"there is no pad {name!r}: there are {', '.join(pads)}")
    learning = PadLearning([_drum(label) for label in args.names] or list(Drum), pads[name].channel)
    if not _teach(PadPupil(learning, name), settings):
        return False
    if args.settings:
        write_keys(args.settings, name, learning.keys)
        print(f"written to {args.settings}")
    else:
        print("keys = { " + ", ".join(f"{key} = {meant}" for key, meant in sorted(learning.keys.items())) + " }")
    return True


def _learn_controls(args: argparse.Namespace, settings: Settings) -> bool:
    try:
        controls = [control_named(name) for name in args.names]
    except ValueError as error:
        raise SettingsError(str(error)) from None
    if not controls:
        raise SettingsError("say which controls are to be learnt, such as: ghostnote learn controls temperature loop")
    surface = ControlSurface(settings.room("controls", ControlsSettings).bindings, {})
    if not _teach(ControlPupil(surface, controls, args.duet), settings):
        return False
    if args.settings:
        write_bindings(args.settings, surface.bindings)
        print(f"written to {args.settings}")
    else:
        print("\n".join(as_row(toml_library(), binding) for binding in surface.bindings))
    return True


def _teach(pupil: Pupil, settings: Settings) -> bool:
    from appliance.drivers.midi_ports import open_ports

    inputs, ports = inputs_of(settings)
    clock = MonotonicClock()
    keyboard = Keyboard(None if sys.stdin is None else sys.stdin.fileno())
    with closing(open_ports(inputs, Search(inputs, ports), clock)) as played:
        for change in played.changes():
            if isinstance(change, PortLost):
                print(f"{change.name}: {change.text}")
        return Lesson(clock, Waiting(clock, [StopSignal().fileno()]), keyboard, print).teach(pupil, played)


def _drum(label: str) -> Drum:
    drums = {drum.label: drum for drum in Drum}
    if label not in drums:
        raise SettingsError(f"there is no drum {label!r}{meant(label, drums)}")
    return drums[label]
