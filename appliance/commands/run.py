"""`ghostnote run`: the player; it listens to a pad, and sends its answers ahead of their time to the striker."""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import cycle, islice
from pathlib import Path

from appliance.tempo.settings import TempoSettings
from appliance.clock import MonotonicClock
from appliance.commands.rooms import Rooms, add_answer_arguments, changed
from appliance.drivers.journal_pipe import JournalPipe
from appliance.drivers.midi_file import file_call, file_grid, read_part
from appliance.drivers.status_link import StatusLink, status_socket
from appliance.drivers.stop_signal import StopSignal
from appliance.drivers.story_pad import StoryPad
from appliance.drivers.striker_link import StrikerLink
from appliance.drivers.usb_midi import UsbPad
from appliance.drivers.waiting import Waiting
from appliance.errors import ModelError, PadLost, SettingsError
from appliance.happenings import TurnTaken
from appliance.loop import Loop
from appliance.notation.drums import PERCUSSION_CHANNEL
from appliance.notation.timeline import Timeline
from appliance.settings import Settings, load_settings
from appliance.status.codes import Code
from appliance.status.wire import Lift, Post
from appliance.turn import Turn
from appliance.views.journal import Began, Entry, Event, Tuned, line

_SOCKET = Path("/run/ghostnote/striker.sock")
_STRIKER_STARTS = 5.0  # seconds that the striker may take to answer: on a Pi it is there before the player's imports
_BREATH = 0.5  # seconds before a story begins


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the player."""
    parser.add_argument("--striker", type=Path, default=_SOCKET, metavar="SOCKET", help=f"the striker's ({_SOCKET})")
    parser.add_argument("--journal", action="store_true", help="print every event as a line of JSON")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends, as with its parent")
    add_pad_arguments(parser)
    add_answer_arguments(parser)


def add_pad_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say who calls, and how often."""
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--pad", metavar="PORT", help="a MIDI input, by its name or a part of it")
    who.add_argument("--story", type=Path, nargs="+", metavar="FILE.mid", help="calls to play as if on a pad, in turn")
    parser.add_argument("--turns", type=int, metavar="N", help="end after N answers")
    parser.add_argument("--qpm", type=float, metavar="N", help="tempo of calls from a pad, in quarters a minute")


def run(args: argparse.Namespace) -> int:
    """Play until it is told to stop, or the turns are over. Raises: GhostnoteError."""
    if args.turns is not None and args.turns < 1:
        raise SettingsError(f"--turns is at least 1, not {args.turns}")
    if not args.pad and not args.story:
        raise SettingsError("say who calls: --pad PORT, or --story FILE.mid")
    if args.until_eof and sys.stdin is None:
        raise SettingsError("--until-eof waits for the end of standard input, and there is none")
    status = StatusLink(status_socket(args.striker))
    try:
        return _play(args, status)
    except ModelError:
        status.tell(Post(Code.MODEL_FAULTY))
        raise
    except PadLost:
        status.tell(Post(Code.PAD_LOST))
        raise


def _play(args: argparse.Namespace, status: StatusLink) -> int:
    settings = load_settings(args.settings)
    rooms = Rooms(settings, args)
    with StrikerLink.connect(args.striker, _STRIKER_STARTS) as link, _journal(args) as journal:
        # Until here a signal ends the process as it does any other; from here on, in order.
        stops = [StopSignal().fileno(), *([sys.stdin.fileno()] if args.until_eof else [])]
        # The model and the libraries stay for good: the collector need not walk through them in the middle of a song.
        gc.freeze()
        clock = MonotonicClock()
        link.introduce()
        status.tell(Lift(Code.MODEL_FAULTY))
        tell = _telling(status, journal)
        player = _Player(rooms, Loop(clock, Waiting(clock, stops), link, tell, batch=os.getpid()), tell, clock)
        player.note(link.hello)
        player.note(Began(rooms.model.card.name, rooms.seed))
        if args.story:
            player.play_stories(args.story, args.turns)
        else:
            player.listen(args.pad, _tempo(settings, args), args.turns)
    return 0


@contextmanager
def _journal(args: argparse.Namespace) -> Iterator[Callable[[Entry], None]]:
    """What takes every event in: standard output, or nobody."""
    if not args.journal or sys.stdout is None:
        yield lambda _: None
        return
    pipe = JournalPipe(sys.stdout.fileno())
    try:
        yield lambda entry: pipe.write(line(entry))
    finally:
        pipe.close()


def _telling(status: StatusLink, tell: Callable[[Entry], None]) -> Callable[[Entry], None]:
    """The lamp is told of the turns, and nothing waits for it."""

    def told(entry: Entry) -> None:
        tell(entry)
        match entry.event:
            case TurnTaken(_, Turn.LISTENING):
                status.tell(Post(Code.LISTENING))
            case TurnTaken():
                status.tell(Lift(Code.LISTENING))
            case Tuned():
                status.tell(Lift(Code.PAD_LOST))

    return told


class _Player:
    """The rooms in a loop, for one kind of caller or the other."""

    def __init__(self, rooms: Rooms, loop: Loop, tell: Callable[[Entry], None], clock: MonotonicClock) -> None:
        self._rooms = rooms
        self._loop = loop
        self._tell = tell
        self._clock = clock

    def note(self, event: Event) -> None:
        """Tell those who watch."""
        now = self._clock.now()
        self._tell(Entry(now, now, event))

    def play_stories(self, files: list[Path], turns: int | None) -> None:
        """Each file a call in its own tempo and meter, one after the other and again from the first."""
        for file in islice(cycle(files), turns):
            part = read_part(file)
            grid = file_grid(file, part, self._rooms.model.card.steps_per_quarter)
            call = file_call(part, grid)
            self.note(Tuned(file.stem.replace("_", " "), grid))
            instrument = self._rooms.reader(grid, call.bars, PERCUSSION_CHANNEL + 1, self._rooms.horizon)
            starts = self._clock.now() + _BREATH
            for happening in instrument.begin(Timeline(starts, grid)):
                self.note(happening)
            source = StoryPad(self._clock, part.messages, starts, call.timeline.origin)
            if not self._loop.run(instrument, source, answers=1):
                return

    def listen(self, port: str, tempo: TempoSettings, turns: int | None) -> None:
        """A pad, in the tempo of the settings."""
        grid = tempo.grid(self._rooms.model.card.steps_per_quarter)
        with closing(UsbPad(port, self._clock)) as pad:
            self.note(Tuned(port, grid))
            self._loop.run(self._rooms.instrument(grid), pad, turns)


def _tempo(settings: Settings, args: argparse.Namespace) -> TempoSettings:
    return changed(settings.room("tempo", TempoSettings), {"qpm": args.qpm})
