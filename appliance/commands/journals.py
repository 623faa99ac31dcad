"""The journal of a player: every event to whoever reads along, and with the rooms' inputs to the disk."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import msgspec

from appliance import __version__
from appliance.answer.card import Card
from appliance.clock import Clock
from appliance.drivers.control_door import ControlDoor
from appliance.drivers.journal_file import JournalFile, JournalSettings
from appliance.drivers.journal_pipe import JournalPipe
from appliance.inputs import Input, Reading, Received, Taken
from appliance.settings import Settings
from appliance.strike.wire import Fault
from appliance.views.journal import FORMAT, Entry, EveningBegan, Missed, line

# MIDI 1.0: messages of the whole system, a clock's among them, begin here.
_SYSTEM = 0xF0

# What of the command line the rooms are made of.
ARGUMENTS = ("model", "bars", "temperature", "top_k", "qpm")

_LOOK = 5.0  # seconds between two looks at whether the disk takes it


class Journals:
    """Takes every event and every input in; a Helper of the loop, for what the disk has to say."""

    def __init__(self, clock: Clock, pipe: JournalPipe | None, file: JournalFile | None) -> None:
        self._clock = clock
        self._pipe = pipe
        self._file = file
        self._look_at = clock.now()
        self._fault = ""
        self.door: ControlDoor | None = None  # whoever watches there is told as well

    def tell(self, entry: Entry) -> None:
        """An event, for readers and the disk."""
        watched = self.door is not None and self.door.watched()
        if self._pipe is None and self._file is None and not watched:
            return
        text = line(entry)
        if self.door is not None:
            self.door.tell(text)
        if self._pipe is not None:
            self._pipe.write(text)
        if self._file is not None:
            self._file.write(text)

    def note(self, told: Input | Reading | Taken | EveningBegan) -> None:
        """What the rooms are told, for the disk; what was played, for those who watch too."""
        watched = self.door is not None and self.door.watched() and _played(told)
        if self._file is None and not watched:
            return
        now = self._clock.now()
        text = line(Entry(now, now, told))
        if self._file is not None:
            self._file.write(text)
        if self.door is not None and watched:
            self.door.tell(text)

    def filenos(self) -> list[int]:
        """None: the disk is looked after from time to time."""
        return []

    def next_deadline(self) -> float | None:
        """The next look."""
        return None if self._file is None else self._look_at

    def advance(self, now: float) -> Sequence[Fault]:
        """What the disk does not take, once."""
        if self._file is None or now < self._look_at:
            return []
        self._look_at = now + _LOOK
        before, self._fault = self._fault, self._file.fault
        return [Fault(self._fault)] if self._fault and self._fault != before else []


def open_journals(args: argparse.Namespace, settings: Settings, clock: Clock, stack: ExitStack) -> Journals:
    """Standard output where it was asked for, and the folder where there is one. Raises: SettingsError."""
    pipe = None
    if args.journal and sys.stdout is not None:
        pipe = stack.enter_context(closing(JournalPipe(sys.stdout.fileno())))
    chosen = settings.room("journal", JournalSettings)
    folder = args.keep or chosen.place()
    file = None if folder is None else stack.enter_context(closing(JournalFile(folder, chosen, _say_missed(clock))))
    return Journals(clock, pipe, file)


def evening(args: argparse.Namespace, settings: Settings, seed: int, cards: Mapping[str, Card]) -> EveningBegan:
    """The first line of a journal that can be repeated."""
    arguments: dict[str, Any] = {name: getattr(args, name) for name in ARGUMENTS}
    model = arguments["model"]
    if model is not None and Path(model).is_file():
        arguments["model"] = str(Path(model).resolve())
    tables: dict[str, Any] = msgspec.to_builtins(settings.tables)
    models = {name: card.tflite.sha256 for name, card in cards.items()}
    wall = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    return EveningBegan(FORMAT, __version__, wall, tables, {**arguments, "seed": seed}, models)


def _played(told: object) -> bool:
    return isinstance(told, Received) and told.message[:1] < bytes([_SYSTEM])


def _say_missed(clock: Clock) -> Callable[[int], bytes]:
    def said(lines: int) -> bytes:
        now = clock.now()
        return line(Entry(now, now, Missed(lines)))

    return said
