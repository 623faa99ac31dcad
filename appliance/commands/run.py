"""`ghostnote run`: the player; it listens to pads, and sends its answers ahead of their time to the striker."""

import argparse
import gc
import os
import sys
from contextlib import ExitStack, closing
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from appliance.asides import Asides
from appliance.clock import MonotonicClock
from appliance.commands.corners import with_corners
from appliance.commands.journals import Journals, evening, open_journals
from appliance.commands.lamp import Lamp
from appliance.commands.outputs import open_outputs
from appliance.commands.rooms import Rooms, add_answer_arguments, thru_lead
from appliance.drivers.answerers import Answerers
from appliance.drivers.control_door import ControlDoor
from appliance.drivers.favourites import Favourites
from appliance.drivers.favourites_folder import FavouritesSettings
from appliance.drivers.hands import Foot, Panels
from appliance.drivers.midi_file import file_call, file_grid, read_part
from appliance.drivers.no_ports import NoPorts
from appliance.drivers.realtime import PLAYER_PRIORITY, become_prompt
from appliance.drivers.status_link import StatusLink, status_socket
from appliance.drivers.stop_signal import StopSignal
from appliance.drivers.story_pad import StoryPad
from appliance.drivers.striker_link import StrikerLink
from appliance.drivers.supervisor import SupervisedLoop, Supervisor
from appliance.drivers.waiting import Waiting
from appliance.drivers.worker import Worker, WorkerSettings
from appliance.errors import ModelError, PadLost, SettingsError
from appliance.inputs import Opened, Reading
from appliance.loop import Helper, Listening, Loop
from appliance.notation.drums import PERCUSSION_CHANNEL
from appliance.notation.timeline import Timeline
from appliance.pad.ports import PortsSettings, Search, wanted
from appliance.recording import Engage, recording
from appliance.routes import MOTORS
from appliance.settings import Settings, load_settings
from appliance.status.codes import Code
from appliance.status.wire import Lift, Post
from appliance.views.journal import Began, Entry, Event, Tuned, line

_SOCKET = Path("/run/ghostnote/striker.sock")
_OUT = Path("/run/ghostnote/out.sock")
_STRIKER_STARTS = 5.0  # seconds that the striker may take to answer: on a Pi it is there before the player's imports
_BREATH = 0.5  # seconds before a story begins
_RESOLUTION = 4  # steps a quarter, as all of Magenta's drum_kit models have, of a model that is not read yet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the player."""
    parser.add_argument("--striker", type=Path, default=_SOCKET, metavar="SOCKET", help=f"the striker's ({_SOCKET})")
    parser.add_argument("--out", type=Path, default=_OUT, metavar="SOCKET", help=f"the sender's ({_OUT})")
    parser.add_argument("--control", type=Path, metavar="SOCKET", help="where panels turn controls; none: nowhere")
    parser.add_argument(
        "--panel-pads", action="store_true", help="play with the panel's pads also where there is no MIDI input"
    )
    parser.add_argument("--journal", action="store_true", help="print every event as a line of JSON")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the journal there, for `replay` and `export`")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends, as with its parent")
    parser.add_argument(
        "--priority",
        type=int,
        default=PLAYER_PRIORITY,
        metavar="N",
        help=f"real-time priority ({PLAYER_PRIORITY}); 0: none",
    )
    add_pad_arguments(parser)
    add_answer_arguments(parser)


def add_pad_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say who calls, and how often."""
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--pad", metavar="PORT", help="a MIDI input, by its name or a part of it; none: it is looked for")
    who.add_argument("--story", type=Path, nargs="+", metavar="FILE.mid", help="calls to play as if on a pad, in turn")
    parser.add_argument("--turns", type=int, metavar="N", help="end after N answers")
    parser.add_argument("--qpm", type=float, metavar="N", help="tempo of calls from a pad, in quarters a minute")


def run(args: argparse.Namespace) -> int:
    """Play until it is told to stop, or the turns are over. Raises: GhostnoteError."""
    if args.turns is not None and args.turns < 1:
        raise SettingsError(f"--turns is at least 1, not {args.turns}")
    if not 0 <= args.priority <= PLAYER_PRIORITY:
        raise SettingsError(f"--priority is 0 to {PLAYER_PRIORITY}, below the striker's, not {args.priority}")
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
    settings = with_corners(load_settings(args.settings), args.settings)
    rooms = Rooms(settings, args)
    clock = MonotonicClock()
    with ExitStack() as stack:
        link = stack.enter_context(StrikerLink.connect(args.striker, _STRIKER_STARTS))
        journals = open_journals(args, settings, clock, stack)
        # Behind the journal's thread, which is in no hurry.
        become_prompt(args.priority)
        work = settings.room("worker", WorkerSettings)
        answerers = Answerers(work, clock, partial(Worker, work.nice), rooms.models, rooms.grooves)
        stack.callback(answerers.close)
        # Until here a signal ends the process as it does any other; from here on, in order.
        stops = [StopSignal().fileno(), *([sys.stdin.fileno()] if args.until_eof else [])]
        # The settings and the libraries stay for good: the collector need not walk through them in a song.
        gc.freeze()
        link.introduce()
        status.tell(Lift(Code.MODEL_FAULTY))
        lamp = Lamp(status, frozenset() if args.panel_pads else frozenset(rooms.pads))
        asides = Asides(link)
        player = _Player(rooms, answerers, Waiting(clock, stops), clock, journals, lamp, asides)
        player.note(link.hello)
        if not player.await_models():
            return 0
        beginning = evening(args, settings, rooms.seed, answerers.cards)
        journals.note(beginning)
        began = Began(answerers.cards[rooms.models[0]].name, rooms.seed)
        player.note(began)
        outputs = {name: duet.outputs for name, duet in rooms.duets.items()}
        broadcast, sender = open_outputs(args.out, settings, outputs, asides, clock, stack)
        place = settings.room("favourites", FavouritesSettings).place()
        favourites = stack.enter_context(closing(Favourites(place)))
        player.listening += [broadcast, favourites, answerers]
        player.helpers += [sender, favourites, Foot(status)]
        if args.control is not None:
            journals.door = stack.enter_context(closing(ControlDoor(args.control, clock)))
            journals.door.greet(*[line(Entry(clock.now(), clock.now(), one)) for one in (beginning, link.hello, began)])
            player.helpers.append(Panels(journals.door))
        player.helpers.append(SupervisedLoop(Supervisor.of_environment()))
        if args.story:
            player.play_stories(link, args.story, args.turns)
        else:
            player.listen(link, settings, args.pad, args.turns, alone=args.panel_pads and args.pad is None)
    return 0


class _Player:
    """The rooms in a loop, for one kind of caller or the other."""

    def __init__(
        self,
        rooms: Rooms,
        answerers: Answerers,
        wait: Waiting,
        clock: MonotonicClock,
        journals: Journals,
        lamp: Lamp,
        asides: Asides,
    ) -> None:
        self.helpers: list[Helper] = [answerers, journals]
        self.listening: list[Listening] = []
        self._rooms = rooms
        self._answerers = answerers
        self._wait = wait
        self._clock = clock
        self._journals = journals
        self._lamp = lamp
        self._asides = asides

    def note(self, event: Event, duet: str = "") -> None:
        """Tell those who watch."""
        now = self._clock.now()
        self._tell(Entry(now, now, event, duet))

    def await_models(self) -> bool:
        """Until each model can be used or cannot; False when it is to stop before.

        Raises: ModelError for [answer]'s and a duet's first; another, as of a scene, is told by the worker's news.
        """
        while not self._answerers.knows(self._rooms.models):
            if not self._wait(self._answerers.filenos(), self._answerers.next_deadline()):
                return False
            for news in self._answerers.advance(self._clock.now()):
                self.note(news)
        refusals, first = self._answerers.refusals, self._rooms.models[0]
        if first in refusals:
            raise ModelError(refusals[first])
        for duet, model in self._rooms.first_models.items():
            if model in refusals:
                raise ModelError(f"duet {duet}: {refusals[model]}")
        return True

    def play_stories(self, link: StrikerLink, files: list[Path], turns: int | None) -> None:
        """Each file a call in its own tempo and meter, one after the other and again from the first."""
        self._rooms.check_stories(self._answerers.cards.get)
        for file in islice(cycle(files), turns):
            part = read_part(file)
            grid = file_grid(file, part, self._resolution(self._rooms.models[0]))
            call = file_call(part, grid)
            self.note(Tuned(file.stem.replace("_", " "), grid))
            reading = Reading(grid, call.bars, PERCUSSION_CHANNEL + 1)
            self._journals.note(reading)
            self._answerers.clear_seats()
            band = self._rooms.reader(self._engage(), grid, reading.bars, reading.channel, self._rooms.horizon)
            starts = self._clock.now() + _BREATH
            self._journals.note(Opened(Timeline(starts, grid)))
            for told in band.begin(Timeline(starts, grid)):
                self.note(told.happening, told.duet)
                for listener in self.listening:
                    listener.tell(told, self._clock.now())
            source = StoryPad(self._clock, part.messages, starts, call.timeline.origin)
            if not self._loop(link).run(band, source, answers=1):
                return

    def listen(
        self, link: StrikerLink, settings: Settings, port: str | None, turns: int | None, *, alone: bool
    ) -> None:
        """The pads, in the tempo of the settings; `alone`: the panel's will do where the system has no MIDI."""
        from appliance.drivers.midi_ports import MidiPorts, open_ports  # here: a story needs no ports

        rooms = self._rooms
        ports = settings.room("ports", PortsSettings)
        inputs = wanted(rooms.pads_on(port), ports)
        try:
            opened: MidiPorts | NoPorts = open_ports(inputs, Search(inputs, ports), self._clock)
        except PadLost:
            if not alone:
                raise
            opened = NoPorts()
        with closing(opened) as pads:
            self.note(Tuned(port or "pad", rooms.tempo.grid(self._resolution(rooms.models[0]))))
            self._loop(link).run(rooms.band(self._engage(), self._answerers.cards.get), pads, turns)

    def _loop(self, link: StrikerLink) -> Loop:
        rooms = self._rooms
        return Loop(
            self._clock,
            self._wait,
            link,
            self._tell,
            batch=os.getpid(),
            motors={name for name, duet in rooms.duets.items() if MOTORS in duet.outputs},
            asides=self._asides,
            lead=thru_lead(rooms.strike),
            helpers=self.helpers,
            listening=self.listening,
            note=self._journals.note,
        )

    def _engage(self) -> Engage:
        return recording(self._answerers.seat, self._journals.note)

    def _tell(self, entry: Entry) -> None:
        self._journals.tell(entry)
        self._lamp.see(entry)

    def _resolution(self, model: str) -> int:
        card = self._answerers.cards.get(model)
        return _RESOLUTION if card is None else card.steps_per_quarter
