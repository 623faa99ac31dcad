"""`ghostnote play`: a MIDI file in, its answer out, through the very rooms of the box and faster than real time."""

import argparse
from pathlib import Path

from appliance.clock import MonotonicClock, VirtualClock
from appliance.commands.models import Models
from appliance.commands.rooms import Rooms, add_answer_arguments
from appliance.drivers.dry_bridge import DryBridge
from appliance.drivers.midi_file import Part, file_call, file_grid, read_part, write_answer
from appliance.errors import SettingsError
from appliance.notation.timeline import Grid
from appliance.rehearsal import Rehearsal
from appliance.settings import load_settings
from appliance.strike.striker import Striker
from appliance.views.answer_report import AnswerReport, as_json, as_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `ghostnote play`."""
    parser.add_argument("call", type=Path, metavar="CALL.mid", help="a MIDI file with drums")
    parser.add_argument("-o", "--output", type=Path, metavar="ANSWER.mid", help="write the answer as MIDI, in its time")
    parser.add_argument("--channel", type=int, default=10, metavar="N", help="MIDI channel of the drums, 1 to 16 (10)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of drum grids")
    add_answer_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Answer the file and print it. Raises: GhostnoteError."""
    if not 1 <= args.channel <= 16:
        raise SettingsError(f"--channel is 1 to 16, not {args.channel}")
    part = read_part(args.call, args.channel - 1)
    rooms = Rooms(load_settings(args.settings), args)
    models = Models(rooms.grooves)
    card = models.model(rooms.answer.model).card
    grid = file_grid(args.call, part, card.steps_per_quarter)
    report = AnswerReport(rehearse(part, grid, rooms, models, args.channel), grid, rooms.seed, card.name)
    if args.output:
        try:
            write_answer(args.output, report.strokes, part)
        except OSError as error:
            raise SettingsError(f"cannot write {args.output}: {error.strerror}") from None
    print((as_json if args.json else as_text)(report))
    return 0


def rehearse(part: Part, grid: Grid, rooms: Rooms, models: Models, channel: int) -> Rehearsal:
    """The part as a call, and all that followed."""
    call = file_call(part, grid)
    band = rooms.reader(models.engage, grid, call.bars, channel)
    clock = VirtualClock(min(call.timeline.origin, part.messages[0].time) - rooms.horizon)
    motors = DryBridge(rooms.strike, clock)
    rehearsal = Rehearsal(
        band, Striker(rooms.strike), motors, clock, stopwatch=MonotonicClock(), foresight=rooms.horizon
    )
    band.begin(call.timeline)
    rehearsal.play([(message.time, message.data) for message in part.messages])
    return rehearsal
