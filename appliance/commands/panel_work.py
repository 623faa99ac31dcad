"""`ghostnote panel-work`: reads an uploaded model or a journal for the panel, in a process that can do nothing else.

It prints JSON. The panel starts it; a person may too. What is written goes below TMPDIR alone.
"""

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from appliance.answer.card import Card
from appliance.commands.evenings import beginning_of, entries_of
from appliance.drivers.confinement import confine
from appliance.drivers.evening import Part, last_lines, parts_in
from appliance.drivers.midi_file import Part as MidiPart
from appliance.drivers.midi_file import file_call, file_grid, read_part
from appliance.drivers.model_file import read_autoencoder_card, read_card
from appliance.drivers.track_file import write_hits, write_track
from appliance.errors import GhostnoteError, SettingsError
from appliance.groove.card import AutoencoderCard
from appliance.notation.drum_track import Note, drum_track
from appliance.settings import load_settings
from appliance.views.journal import read_line
from appliance.views.phrase_book import as_page, counted, phrase_book
from appliance.views.phrases import Phrase

_MEMORY = 3 << 30  # bytes of address space; an interpreter of models maps far more than it uses
_SECONDS = 120
_NICENESS = 10  # a player with a real-time priority, and its worker, go first
_STEPS = 4  # a quarter, of a call that no model has heard


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is to be done."""
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    _task(tasks, "cards", "the cards of models", "models")
    _task(tasks, "compare", "let models answer a call", "call", "models")
    _task(tasks, "story", "a MIDI file as a call", "call")
    _task(tasks, "settings", "whether a settings file is one to play with", "file")
    _task(tasks, "evenings", "what a folder of journals has", "journal")
    _task(tasks, "phrases", "the calls and answers of an evening", "journal")
    _task(tasks, "midi", "the same as MIDI files in a folder", "journal", "folder")


def run(args: argparse.Namespace) -> int:
    """Do it. Raises: GhostnoteError."""
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
    # The interpreter of the models writes what it says to a file first.
    writes = args.task in ("compare", "midi")
    confine(memory=_MEMORY, seconds=_SECONDS, writable=[Path(tempfile.gettempdir())] if writes else [])
    tasks: dict[str, Callable[[], object]] = {
        "cards": lambda: [_card(path) for path in args.models],
        "compare": lambda: _compare(args.call, args.models),
        "story": lambda: as_page(_story(args.call)),
        "settings": lambda: _settings(args.file),
        "evenings": lambda: _evenings(args.journal),
        "phrases": lambda: [as_page(phrase, nats) for phrase, nats in _book(args.journal)],
        "midi": lambda: _midi(args.journal, args.folder),
    }
    sys.stdout.buffer.write(msgspec.json.encode(tasks[args.task]()))
    return 0


def _task(tasks: Any, name: str, what: str, *words: str) -> None:
    task = tasks.add_parser(name, help=what, description=what)
    for word in words:
        task.add_argument(word, type=Path, nargs="+" if word == "models" else None)


def _settings(file: Path) -> None:
    """Raises: SettingsError for a file with which the box would not play."""
    from appliance.commands.rooms import Rooms
    from appliance.doctor.files import check_settings
    from appliance.doctor.finding import Verdict

    finding = check_settings(file)
    if finding.verdict is Verdict.BAD:
        raise SettingsError(finding.found)
    nothing = dict.fromkeys(("model", "bars", "temperature", "top_k", "seed", "qpm"))
    Rooms(load_settings(file), argparse.Namespace(**nothing, settings=file))


def _card(path: Path) -> dict[str, Any]:
    """A model's card; the file has been read to its end for that."""
    try:
        card = read_card(path)
    except GhostnoteError as error:
        return _groove_card(path) or {"name": path.stem, "bytes": path.stat().st_size, "fault": _told(error, path)}
    likelihood = None if card.likelihood is None else msgspec.to_builtins(card.likelihood)
    return {**_facts(card, path), "layer_sizes": list(card.layer_sizes), "likelihood": likelihood, "answers": True}


def _groove_card(path: Path) -> dict[str, Any] | None:
    """Of a model that stands in `[groove]` and answers nobody by itself; nothing for any other file."""
    try:
        card = read_autoencoder_card(path)
    except GhostnoteError:
        return None
    return {**_facts(card, path), "layer_sizes": list(card.encoder), "likelihood": None, "answers": False}


def _facts(card: Card | AutoencoderCard, path: Path) -> dict[str, Any]:
    return {
        "name": card.name,
        "description": card.description,
        "family": card.family,
        "config": card.config,
        "steps_per_quarter": card.steps_per_quarter,
        "quantization": card.quantization,
        "licence": card.licence,
        "credit": card.credit,
        "sha256": card.tflite.sha256,
        "bytes": path.stat().st_size,
        "fault": "",
    }


def _told(error: GhostnoteError, path: Path) -> str:
    return str(error).replace(f"{path.parent}/", "")


def _compare(call: Path, models: Sequence[Path]) -> dict[str, Any]:
    part = read_part(call)
    return {"call": as_page(_phrase(call, part, _STEPS)), "answers": [_answer(call, part, model) for model in models]}


def _answer(call: Path, part: MidiPart, model: Path) -> dict[str, Any]:
    """What a model makes of a call: the same seed for each."""
    from appliance.commands.models import Models
    from appliance.commands.play import rehearse
    from appliance.commands.rooms import Rooms
    from appliance.views.answer_report import AnswerReport

    models = Models()
    chosen = argparse.Namespace(
        model=str(model), bars=None, temperature=None, top_k=None, seed=0, settings=None, qpm=None
    )
    try:
        rooms = Rooms(load_settings(), chosen)
        card = models.model(rooms.answer.model).card
        grid = file_grid(call, part, card.steps_per_quarter)
        report = AnswerReport(rehearse(part, grid, rooms, models, 10), grid, 0, card.name)
    except GhostnoteError as error:
        return {"model": model.stem, "fault": _told(error, model)}
    answer = report.answer
    steps = answer.track.length
    return {
        "model": model.stem,
        "phrase": as_page(Phrase(1, "", "answer", answer.track, answer.timeline), answer.log_likelihood),
        "log_likelihood": answer.log_likelihood,
        "nats_per_step": answer.log_likelihood / steps if steps else None,
        "ms_per_step": report.answer_seconds * 1e3 / steps if steps else None,
        "fault": answer.fault,
    }


def _story(call: Path) -> Phrase:
    return _phrase(call, read_part(call), _STEPS)


def _phrase(call: Path, part: MidiPart, steps_per_quarter: int) -> Phrase:
    grid = file_grid(call, part, steps_per_quarter)
    found = file_call(part, grid)
    hits = [(found.timeline.step_at(one.time), one) for one in part.messages if one.data[0] & 0xF0 == 0x90]
    length = found.bars * grid.steps_per_bar
    notes = [Note(max(0, step), one.data[1], one.data[2]) for step, one in hits if one.data[2]]
    return Phrase(1, "", "call", drum_track(notes, length), found.timeline)


def _evenings(folder: Path) -> list[dict[str, Any]]:
    parts = parts_in(folder)
    numbers = sorted({part.evening for part in parts}, reverse=True)
    return [_evening([part for part in parts if part.evening == number]) for number in numbers]


def _evening(parts: Sequence[Part]) -> dict[str, Any]:
    paths = [part.path for part in parts]
    found: dict[str, Any] = {"evening": parts[0].evening, **counted(paths), "wall": "", "seconds": 0.0, "models": []}
    first = _times(paths[0], first=True)
    last = _times(paths[-1], first=False)
    if first is not None and last is not None:
        found["seconds"] = round(last - first, 1)
    try:
        began = beginning_of(paths[0])
    except SettingsError:
        return found
    return {**found, "wall": began.wall, "models": list(began.models)}


def _times(path: Path, *, first: bool) -> float | None:
    try:
        if first:
            with path.open("rb") as file:
                return read_line(file.readline()).time
        return [read_line(line).time for line in last_lines(path.parent)][-1]
    except (OSError, msgspec.MsgspecError, IndexError):
        return None


def _book(journal: Path) -> list[tuple[Phrase, float | None]]:
    return phrase_book(entry for _, entry in entries_of(journal))


def _midi(journal: Path, folder: Path) -> list[str]:
    """Two files a turn, as `ghostnote export` writes them; their names."""
    names = []
    for phrase, _ in _book(journal):
        name = f"{phrase.number:04}_{phrase.duet or 'ghost'}_{phrase.kind}.mid"
        path = folder / name
        if phrase.hits:
            write_hits(path, phrase.hits, phrase.timeline, phrase.track.length, path.stem)
        else:
            write_track(path, phrase.track, phrase.timeline.grid, path.stem)
        names.append(name)
    return names
