"""`ghostnote play`: a MIDI file in, its answer out, through the very rooms of the box and faster than real time."""

import argparse
from collections.abc import Callable
from pathlib import Path

from appliance.answer.card import DRUMS
from appliance.answer.conditions import Conditions
from appliance.answer.model import Model
from appliance.answer.way import Way
from appliance.clock import MonotonicClock, VirtualClock
from appliance.commands.corners import with_corners
from appliance.commands.models import Models
from appliance.commands.rooms import Rooms, add_answer_arguments
from appliance.commands.tune import answer_tune, read_tune
from appliance.drivers.dry_bridge import DryBridge
from appliance.drivers.midi_file import Part, file_call, file_grid, read_part, write_answer
from appliance.errors import SettingsError
from appliance.notation.timeline import Grid
from appliance.rehearsal import Rehearsal
from appliance.settings import load_settings
from appliance.strike.striker import Striker
from appliance.views.answer_report import AnswerReport, as_json, as_text
from appliance.views.tune_report import tune_as_json, tune_as_text

_PERCUSSION = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `ghostnote play`."""
    parser.add_argument(
        "call", type=Path, metavar="CALL.mid", help="a MIDI file with drums, or with pitches for a model of those"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="ANSWER.mid", help="write the answer as MIDI, in its time")
    parser.add_argument(
        "--channel", type=int, metavar="N", help="MIDI channel, 1 to 16 (drums: 10; pitches: the first that has any)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a picture")
    parser.add_argument(
        "--chords", default="", metavar="CHORDS", help='for improv_rnn: a chord a bar, or "C | F G | Am"'
    )
    parser.add_argument("--tones-per-second", type=float, metavar="N", help="for density conditioning (as the call's)")
    parser.add_argument(
        "--pitch-classes", type=_weights, default=(), metavar="W,..", help="for pitch conditioning: 12 weights, C first"
    )
    add_answer_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Answer the file and print it. Raises: GhostnoteError."""
    if args.channel is not None and not 1 <= args.channel <= 16:
        raise SettingsError(f"--channel is 1 to 16, not {args.channel}")
    rooms = Rooms(with_corners(load_settings(args.settings), args.settings), args)
    if rooms.sampling.way is Way.ENDLESS and not rooms.answer.bars:
        raise SettingsError("an endless answer needs --bars to be written down")
    # No knob is turned while a file is answered: what its way does not need is not loaded.
    models = Models(rooms.grooves) if rooms.sampling.feels else Models()
    model = models.model(rooms.answer.model)
    told = _beaten(args, rooms, models) if model.card.family == DRUMS else _sung(args, rooms, model)
    print(told)
    return 0


def _beaten(args: argparse.Namespace, rooms: Rooms, models: Models) -> str:
    """By a drum model, through the rooms to dry motors."""
    for option, value in (("chords", args.chords), ("tones-per-second", args.tones_per_second)):
        if value:
            raise SettingsError(f"--{option} says nothing to a drum model")
    channel = _PERCUSSION if args.channel is None else args.channel
    part = read_part(args.call, channel - 1)
    card = models.model(rooms.answer.model).card
    grid = file_grid(args.call, part, card.steps_per_quarter)
    report = AnswerReport(rehearse(part, grid, rooms, models, channel), grid, rooms.seed, card.name)
    if args.output:
        _write(args.output, lambda: write_answer(args.output, report.strokes, part))
    return (as_json if args.json else as_text)(report)


def _sung(args: argparse.Namespace, rooms: Rooms, model: Model) -> str:
    """By a model that plays pitches."""
    conditions = Conditions(args.chords, args.tones_per_second, args.pitch_classes)
    tune = read_tune(args.call, args.channel, model)
    report = answer_tune(tune, model, rooms.answer.bars, rooms.sampling, conditions, rooms.seed)
    if args.output:
        _write(args.output, lambda: write_answer(args.output, report.strokes, tune.part, tune.channel))
    return (tune_as_json if args.json else tune_as_text)(report)


def _write(path: Path, write: Callable[[], None]) -> None:
    try:
        write()
    except OSError as error:
        raise SettingsError(f"cannot write {path}: {error.strerror}") from None


def _weights(words: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in words.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{words!r} is no row of 12 numbers such as 1,0,1,0,1,1,0,1,0,1,0,1") from None


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
