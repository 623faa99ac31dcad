"""A box that is told anything: random bytes, floods of 10,000 messages a second, every legal message, every control.

Three duets, two of them in a circle and one that plays along, all controls bound, the striker's rooms and dry motors
behind them, in virtual time. It must raise nothing, drive no motor for too long, hold no more memory at the end than in
the middle, be silent behind a panic, and answer the next call. `python -m bench.fuzz --events 1000000`, or `make fuzz`.
"""

import argparse
import gc
import os
import random
import sys
import time as stopwatch
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import numpy as np

from appliance.answer.answerer import Answerer
from appliance.answer.card import Card, Encoding, Flatbuffer, StateTensor
from appliance.answer.encoding import Floats
from appliance.answer.model import Model, State
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.settings import AnswerSettings
from appliance.band import Band
from appliance.call.settings import ListenerSettings
from appliance.clock import VirtualClock
from appliance.controls.binding import Binding
from appliance.controls.control import Control, Turned, Value
from appliance.controls.surface import ControlSurface
from appliance.dials import Dials
from appliance.drivers.dry_bridge import DryBridge
from appliance.drumming import Drumming
from appliance.duet import Duet
from appliance.errors import ModelError
from appliance.happenings import AnswerBegan, StrokesDue, Told
from appliance.notation.drums import KEYS
from appliance.notation.hit import Stroke
from appliance.pad.midi import Pad
from appliance.pad.settings import PadSettings
from appliance.pad.stream import MidiStream
from appliance.routes import DuetSettings, Routes
from appliance.scenes import Scenes
from appliance.settings import load_settings
from appliance.strike.groove import Groove
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import Inputs
from appliance.strike.striker import Striker, Write
from appliance.tempo.conductor import Conductor
from appliance.tempo.settings import Source, TempoSettings
from appliance.turn import Turn
from bench.report import Row, options, publish
from bench.wild_events import PORTS, events_of

HORIZON = 0.05
DUETS = {
    "a": DuetSettings(inputs=("pad", "b")),
    "b": DuetSettings(inputs=("a",)),
    "c": DuetSettings(inputs=("pad",)),
}
# All that a wild hand can have turned, where a player finds it.
PLAIN: dict[str, Value] = {
    "model": "dice", "mode": "answer", "loop": False, "overlap": False, "thru": False, "mute": False, "memory": False,
    "call_bars": 1, "silence_beats": 4, "min_bars": 0, "max_bars": 8, "answer_bars": 0, "start": "bar",
    "temperature": 1.0, "top_k": 0,
    "density": 0.0, "tempo": 120.0, "metronome": False,
}  # fmt: skip
SCENES = {"plain": PLAIN, "wild": {"tempo": 300.0, "mode": "trade", "duets": {"c": {"mode": "accompany"}}}}
# Blocks of memory that a quiet box may hold more than before: the answer that it could give again is a long one.
GROWTH = 4000


class Dice(Model):
    """Draws from a few drums by what it heard last; the broken one refuses now and then."""

    def __init__(self, resolution: int, *, breaks: bool = False) -> None:
        drum_map = tuple(KEYS.values())
        encoding = Encoding("multi_drum", drum_map, "2019", 6, 518, 512)
        state = (StateTensor("c0", 1),)
        self._card = Card(
            1, "dice", "", "drums_rnn", "drum_kit", encoding, resolution, (1,), state, "", "", "", Flatbuffer(0, "")
        )
        self._logits = np.full(512, -20.0, np.float32)
        self._logits[:16] = np.linspace(3.0, 0.0, 16, dtype=np.float32)
        self._breaks = breaks
        self._steps = 0

    @property
    def card(self) -> Card:
        """What it is."""
        return self._card

    def initial_state(self) -> State:
        """Zero."""
        return (np.zeros((1, 1), np.float32),)

    def step(self, inputs: Floats, state: State) -> tuple[Floats, State]:
        """The same dice each time. Raises: ModelError each 97th time, where it breaks."""
        self._steps += 1
        if self._breaks and self._steps % 97 == 0:
            raise ModelError("the dice fell off the table")
        return np.roll(self._logits, int(inputs.argmax()) % 5), state


class Motors(DryBridge):
    """Dry motors of which one can say whether any is driven."""

    def __init__(self, settings: StrikeSettings, clock: VirtualClock) -> None:
        super().__init__(settings, clock)
        self.driven: set[str] = set()

    def write(self, motor: str, inputs: Inputs) -> None:
        """Set a motor's inputs. Raises: MotorFault."""
        super().write(motor, inputs)
        (self.driven.add if inputs.driven else self.driven.discard)(motor)


class Sticks:
    """The striker's rooms, as the player's loop has them over a socket, in virtual time."""

    def __init__(self, clock: VirtualClock) -> None:
        settings = load_settings().room("strike", StrikeSettings)
        self.motors = Motors(settings, clock)
        self.struck = 0
        self._clock = clock
        self._striker = Striker(settings)

    def begin(self, groove: Groove) -> None:
        """The groove is not tested here."""

    def rest(self) -> None:
        """Nor is its end."""

    def send(self, strokes: object, batch: int = 0, until: float | None = None) -> None:  # noqa: ARG002
        """Take strokes in."""
        assert isinstance(strokes, tuple | list)
        kept: list[Stroke] = [stroke for stroke in strokes if isinstance(stroke, Stroke)]
        self._striker.receive(kept, self._clock.now())
        self._striker.outbox.take_left_out()

    def cancel(self, after: float) -> None:
        """Leave out what was to sound from there on."""
        self._striker.cancel(after)
        self._striker.outbox.take_left_out()

    def panic(self) -> None:
        """Everything coasts."""
        self._write(self._striker.panic(self._clock.now()))

    def next_deadline(self) -> float | None:
        """Of the next write."""
        return self._striker.next_deadline()

    def advance(self) -> None:
        """Write what is due."""
        self._write(self._striker.writes(self._clock.now()))

    def _write(self, writes: list[Write]) -> None:
        for write in writes:
            self.motors.write(write.motor, write.inputs)
            self._striker.written(write, self._clock.now())
            self.struck += write.begins is not None
        self._striker.outbox.take_left_out()
        self._striker.outbox.take_faults()


class Box:
    """Band, drumming and striker on one virtual clock."""

    def __init__(self, seed: int, source: Source) -> None:
        self.clock = VirtualClock()
        self.sticks = Sticks(self.clock)
        self.band = _band(seed, source)
        self._drumming = Drumming(self.sticks, 1)
        self.answers = 0
        self.strokes = 0

    def take(self, told: list[Told]) -> None:
        """What the band led to, for the motors."""
        for one in told:
            self._drumming.tell(one.duet, one.happening, self.clock.now())
            self.answers += isinstance(one.happening, AnswerBegan)
            if isinstance(one.happening, StrokesDue):
                self.strokes += len(one.happening.step.strokes)

    def run_until(self, end: float) -> None:
        """Every deadline up to `end`; the motors come first."""
        while True:
            rooms, sticks = self.band.next_deadline(), self.sticks.next_deadline()
            soonest = min((due for due in (rooms, sticks) if due is not None), default=None)
            if soonest is None or soonest > end:
                break
            self.clock.set(max(soonest, self.clock.now()))
            if sticks is not None and sticks <= self.clock.now():
                self.sticks.advance()
            else:
                self.take(self.band.advance(max(self.clock.now(), rooms or 0.0)))
        self.clock.set(max(end, self.clock.now()))


class Outcome(NamedTuple):
    """What came of it: events told, virtual seconds, answers, strokes asked for and struck, blocks held."""

    events: int
    seconds: float
    answers: int
    strokes: int
    struck: int
    held: list[int]


def fuzz(events: int, seed: int, source: Source) -> Outcome:
    """Tell a box so many events, in ten parts; behind each it is silenced, called, and silenced again.

    Raises: AssertionError, or whatever the box raises.
    """
    chance, box, held = random.Random(seed), Box(seed, source), []
    stream, told, looks = MidiStream(), 0, max(events // 10, 1)
    for number, (wait, event) in enumerate(events_of(chance, events)):
        box.run_until(box.clock.now() + wait)
        now = box.clock.now()
        match event:
            case Turned():
                box.take(box.band.turn(Turned(now, event.control, event.value, event.duet)))
                told += 1
            case str() as port:
                box.take(box.band.lose(port, now) if port else box.band.step(now))
                told += 1
            case bytes() as data:
                for message in stream.feed(data):
                    box.take(box.band.receive(chance.choice(PORTS), now, message))
                told += 1
        if number % looks == looks - 1:
            _check_silence(box)
            _check_answer(box)
            _check_silence(box)
            gc.collect()
            held.append(sys.getallocatedblocks())
            sys.stderr.write(f"{source.value}: {number + 1} of {events}, {held[-1]} blocks\n")
    return Outcome(told, box.clock.now(), box.answers, box.strokes, box.sticks.struck, held)


def _check_silence(box: Box) -> None:
    now = box.clock.now()
    box.take(box.band.receive("pad", now, bytes((0xB0, 120, 0))))
    assert not box.sticks.motors.driven, f"driven behind a panic: {box.sticks.motors.driven}"
    assert all(duet.turn is Turn.IDLE for duet in box.band.duets.values())
    struck = box.sticks.struck
    box.run_until(now + 30.0)
    assert box.sticks.struck == struck, "a motor struck behind a panic"


def _check_answer(box: Box) -> None:
    box.take(box.band.turn(Turned(box.clock.now(), Control.SCENE, "plain")))
    box.run_until(box.clock.now() + 5.0)
    begin, answers, strokes = box.clock.now(), box.answers, box.strokes
    for step in range(0, 16, 2):
        box.run_until(begin + step * 0.125)
        box.take(box.band.receive("pad", box.clock.now(), bytes((0x99, 36 + 2 * (step % 3), 100))))
    box.run_until(begin + 8.0)
    assert box.answers > answers, "the next call was not answered"
    assert box.strokes > strokes, "the next call was answered by silence"


def _band(seed: int, source: Source) -> Band:
    models: dict[str, Model] = {"dice": Dice(4), "triplets": Dice(3), "broken": Dice(4, breaks=True)}
    conductor = Conductor(TempoSettings(120.0, "4/4", source), 0.1)
    call = ListenerSettings(bars=0, silence_beats=4, max_bars=8)
    dials = Dials(call, AnswerSettings("dice", 0), SamplingSettings(1.0, 0), tuple(models))
    own = dict.fromkeys(DUETS, dials) | {"c": dials.turned(Control.MODE, "accompany")}
    duets = {
        name: Duet(
            name,
            own[name],
            conductor,
            Answerer(models.__getitem__, "dice", seed + number, conductor.meter),
            lambda model: models[model].card.steps_per_quarter,
            HORIZON,
        )
        for number, name in enumerate(DUETS)
    }
    pads = {"pad": Pad(PadSettings(0, {}, debounce=0.01, crosstalk=0.01, crosstalk_share=0.3))}
    surface = ControlSurface(tuple(_bindings()), {})
    return Band(duets, conductor, pads, surface, Routes(DUETS, pads), Scenes(SCENES, DUETS))


def _bindings() -> Iterator[Binding]:
    for number, control in enumerate(Control):
        if control is not Control.PANIC:
            yield Binding(control, f"cc {number}")
    yield Binding(Control.SCENE, "program")


def main() -> None:
    """Fuzz, and publish what came of it."""
    parser = options("A box that is told anything.", "fuzz")
    parser.add_argument("--events", type=int, default=1_000_000, help="in all, shared by the four sources of tempo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time, one for a source")
    args = parser.parse_args()
    with ProcessPoolExecutor(args.jobs) as jobs:
        rows = list(jobs.map(_row, [args] * len(Source), Source))
    note = "No exception, no motor left driven, silence behind a panic, and the next call answered: else it ends."
    publish("A box that is told anything", rows, [note], args.json)


def _row(args: argparse.Namespace, source: Source) -> Row:
    since = stopwatch.perf_counter()
    outcome = fuzz(args.events // len(Source), args.seed, source)
    half = len(outcome.held) // 2
    grown = max(outcome.held[half:]) - max(outcome.held[:half])
    assert grown < GROWTH, f"{grown} blocks of memory more in the second half"
    return {
        "tempo by": source.value,
        "events": outcome.events,
        "virtual s": outcome.seconds,
        "answers": outcome.answers,
        "strokes asked": outcome.strokes,
        "struck": outcome.struck,
        "blocks, 2nd half": grown,
        "µs an event": 1e6 * (stopwatch.perf_counter() - since) / outcome.events,
    }


if __name__ == "__main__":
    main()
