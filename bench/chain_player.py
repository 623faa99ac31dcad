"""A player for the benchmarks of the process chain: the loop, the band and the worker of `ghostnote run`.

Its pad is a socket: eight bytes of instant (s, as the kernel's sequencer would stamp it), then the MIDI message. With
--flat-out its worker answers for one more duet without a pause, and all of that comes to this process too.
"""

import argparse
import gc
import socket
import struct
from functools import partial
from pathlib import Path

from appliance.answer.answering import Question
from appliance.answer.sampling_settings import SamplingSettings
from appliance.call.listener import StepHeard
from appliance.clock import MonotonicClock
from appliance.commands.rooms import Rooms, thru_lead
from appliance.drivers.answer_link import AnswerLink
from appliance.drivers.answerers import Answerers
from appliance.drivers.realtime import become_prompt
from appliance.drivers.stop_signal import StopSignal
from appliance.drivers.striker_link import StrikerLink
from appliance.drivers.waiting import Waiting
from appliance.drivers.worker import Worker, WorkerSettings
from appliance.loop import Helper, Loop
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.timeline import Meter
from appliance.settings import load_settings

STAMP = struct.Struct("=d")
_STEPS = 1 << 14
_BATCH = 1


class SocketPad:
    """A Source of the loop: packets of a socket."""

    def __init__(self, fileno: int) -> None:
        self._socket = socket.socket(fileno=fileno)
        self._socket.setblocking(False)

    def messages(self) -> list[tuple[str, float, bytes]]:
        """What has come."""
        came: list[tuple[str, float, bytes]] = []
        while True:
            try:
                packet = self._socket.recv(64)
            except BlockingIOError:
                return came
            if not packet:
                raise SystemExit
            came.append(("pad", *STAMP.unpack_from(packet), packet[STAMP.size :]))

    def changes(self) -> tuple[()]:
        """None."""
        return ()

    def next_deadline(self) -> None:
        """Never."""

    def filenos(self) -> list[int]:
        """The socket."""
        return [self._socket.fileno()]


class FlatOut:
    """A Helper of the loop: a duet that asks for steps and steps."""

    def __init__(self, link: AnswerLink) -> None:
        self._link = link
        self._answers = 0
        self._left = 0
        self.made = 0

    def filenos(self) -> list[int]:
        """None: the worker's is enough."""
        return []

    def next_deadline(self) -> None:
        """Never."""

    def advance(self, _now: float) -> tuple[()]:
        """Take what was made; ask for more."""
        made = len(self._link.take())
        self.made += made
        self._left -= made
        if self._left <= 0:
            self._left = _STEPS
            self._answers += 1
            self._link.reset()
            self._link.listen(StepHeard(0, (Note(0, 36, 100),)))
            call = DrumTrack((Note(0, 36, 100),), 16)
            self._link.begin(Question(self._answers, call, _STEPS, SamplingSettings(1.0, 0)))
            self._link.ask(_STEPS)
        return ()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pad", type=int, required=True)
    parser.add_argument("--striker", type=Path, required=True)
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--priority", type=int, required=True)
    parser.add_argument("--flat-out", action="store_true")
    args = parser.parse_args()
    settings = load_settings(args.settings)
    chosen = argparse.Namespace(seed=1, model=None, bars=None, temperature=None, top_k=None, settings=args.settings)
    rooms, clock = Rooms(settings, chosen), MonotonicClock()
    with StrikerLink.connect(args.striker, 10.0) as link:
        become_prompt(args.priority)
        work = settings.room("worker", WorkerSettings)
        answerers = Answerers(work, clock, partial(Worker, work.nice), rooms.models, rooms.grooves)
        wait = Waiting(clock, [StopSignal().fileno()])
        while not answerers.knows(rooms.models):
            wait(answerers.filenos(), answerers.next_deadline())
            answerers.advance(clock.now())
        helpers: list[Helper] = [answerers]
        if args.flat_out:
            helpers.append(FlatOut(answerers.seat(rooms.models[0], 1, Meter())))
        band = rooms.band(answerers.seat, answerers.cards.get)
        gc.freeze()
        link.introduce()
        loop = Loop(
            clock,
            wait,
            link,
            lambda _: None,
            _BATCH,
            helpers=helpers,
            lead=thru_lead(rooms.strike),
        )
        try:
            loop.run(band, SocketPad(args.pad), None)
        finally:
            answerers.close()


if __name__ == "__main__":
    main()
