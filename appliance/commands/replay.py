"""`ghostnote replay`: an evening from its journal once more, in virtual time, and whether every answer is the same."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from appliance.band import Band
from appliance.clock import MonotonicClock
from appliance.commands.evenings import beginning_of, entries_of
from appliance.commands.models import Models
from appliance.commands.rooms import Rooms
from appliance.errors import ModelError, SettingsError
from appliance.happenings import Happening, Told
from appliance.inputs import Input, Reading, Taken
from appliance.recording import Repeated, repeating
from appliance.replay import Moment, Replay
from appliance.settings import Settings
from appliance.views.journal import Entry, EveningBegan, Missed
from appliance.views.verdict import as_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `ghostnote replay`."""
    parser.add_argument("journal", type=Path, metavar="JOURNAL", help="a folder of journals (its last), or one's file")


def run(args: argparse.Namespace) -> int:
    """0 when all that the rooms say is the same, else 1. Raises: GhostnoteError."""
    began = beginning_of(args.journal)
    chosen = argparse.Namespace(**began.arguments, settings=args.journal)
    rooms, models = Rooms(Settings(began.settings, args.journal), chosen), Models()
    _check(models, began)
    clock, times = MonotonicClock(), Times()
    since, replay, begun = clock.now(), Replay(), False
    for one in moments(times.of(entries_of(args.journal))):
        if isinstance(one, Reading) or not begun:
            answerers: list[Repeated] = []
            replay.begin(_band(rooms, models, one, answerers), answerers)
            begun = True
        if isinstance(one, Moment):
            replay.tell(one)
    verdict = replay.verdict()
    print(as_text(verdict, times.lasted, clock.now() - since))
    return 0 if verdict.same == verdict.answers and verdict.difference is None else 1


def _band(rooms: Rooms, models: Models, one: Moment | Reading, answerers: list[Repeated]) -> Band:
    engage = repeating(models.engage, answerers)
    if isinstance(one, Reading):
        return rooms.reader(engage, one.grid, one.bars, one.channel, rooms.horizon)
    return rooms.band(engage, models.card)


def _check(models: Models, began: EveningBegan) -> None:
    """Raises: ModelError when a model is not the one of that evening."""
    for name, known in began.models.items():
        found = models.model(name).card.tflite.sha256
        if found != known:
            raise ModelError(
                f"the model {name} is not the one of that evening (sha256 {found[:12]}…, then {known[:12]}…): bring "
                "that one back to repeat it"
            )


class Times:
    """From when to when the entries are that go through."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._last = 0.0

    @property
    def lasted(self) -> float:
        """Seconds between the first entry and the last."""
        return 0.0 if self._first is None else self._last - self._first

    def of(self, entries: Iterator[tuple[str, Entry]]) -> Iterator[tuple[str, Entry]]:
        """The entries, as they are."""
        for where, entry in entries:
            self._first = entry.time if self._first is None else self._first
            self._last = entry.time
            yield where, entry


def moments(entries: Iterator[tuple[str, Entry]]) -> Iterator[Moment | Reading]:
    """The inputs of an evening with what followed from each. Raises: SettingsError where lines are missing."""
    where, told = "", None
    takes: list[Taken] = []
    said: list[Told] = []
    for line, entry in entries:
        event = entry.event
        if isinstance(event, Input | Reading):
            if told is not None:
                yield Moment(where, told, tuple(takes), tuple(said))
            where, told, takes, said = line, None, [], []
            if isinstance(event, Reading):
                yield event
            else:
                told = event
        elif isinstance(event, Taken):
            takes.append(event)
        elif isinstance(event, Missed):
            raise SettingsError(f"{line}: {event.lines} lines are missing, as the disk did not take them")
        elif isinstance(event, Happening):
            said.append(Told(entry.duet, event))
    if told is not None:
        yield Moment(where, told, tuple(takes), tuple(said), whole=False)
