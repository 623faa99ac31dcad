"""`ghostnote export`: the calls and answers of an evening as MIDI files, to play on or to train with."""

import argparse
from pathlib import Path

from appliance.commands.evenings import entries_of
from appliance.drivers.track_file import write_hits, write_track
from appliance.errors import SettingsError
from appliance.views.phrases import Phrase, Phrases


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `ghostnote export`."""
    parser.add_argument("journal", type=Path, metavar="JOURNAL", help="a folder of journals (its last), or one's file")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="where the files go")
    parser.add_argument("--as-played", action="store_true", help="calls in the player's own timing, not on the grid")


def run(args: argparse.Namespace) -> int:
    """Write two files a turn, NUMBER_DUET_call.mid and NUMBER_DUET_answer.mid. Raises: GhostnoteError."""
    phrases = Phrases()
    found = [phrase for _, entry in entries_of(args.journal) for phrase in phrases.see(entry)] + phrases.rest()
    try:
        args.output.mkdir(parents=True, exist_ok=True)
        for phrase in found:
            _write(args.output, phrase, args.as_played)
    except OSError as error:
        raise SettingsError(f"cannot write {error.filename or args.output}: {error.strerror}") from None
    calls = sum(phrase.kind == "call" for phrase in found)
    print(f"{calls} calls and {len(found) - calls} answers in {args.output}")
    return 0


def _write(folder: Path, phrase: Phrase, as_played: bool) -> None:
    name = f"{phrase.number:04}_{phrase.duet or 'ghost'}_{phrase.kind}"
    path = folder / f"{name}.mid"
    if as_played and phrase.hits:
        write_hits(path, phrase.hits, phrase.timeline, phrase.track.length, name)
    else:
        write_track(path, phrase.track, phrase.timeline.grid, name)
