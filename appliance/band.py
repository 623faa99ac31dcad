"""All rooms before the striker as one machine: messages and controls in, strokes and all that happens out."""

import math
from collections.abc import Callable, Mapping, Sequence

from appliance.casting import Casting
from appliance.chain import Chain
from appliance.controls.control import Control, Turned
from appliance.controls.learning import Bound, Refused
from appliance.controls.limits import checked
from appliance.controls.surface import ControlSurface, Outcome
from appliance.controls.wire import Join, Lines, Part, Route
from appliance.dials import DIALS
from appliance.duet import Duet
from appliance.happenings import (
    AnswerBegan,
    AnswerOver,
    AnswerResized,
    Happening,
    ModelOffered,
    Rerouted,
    Silence,
    Stand,
    Standing,
    StrokesDue,
    StrokesOff,
    Told,
    TurnRefused,
)
from appliance.notation.hit import Hit
from appliance.notation.timeline import Meter, Timeline, read_meter
from appliance.pad.midi import Pad, Panic, is_panic
from appliance.roster import Roster
from appliance.routes import Routes
from appliance.scenes import Scenes, kit_of
from appliance.tempo.conductor import Conductor
from appliance.tempo.pulse import Beating, ClockCame, ClockLost, ClockStarted, ClockStopped, CountedIn, Retimed
from appliance.turn import Event, Turn

# MIDI 1.0: song position, and from 0xF8 on the real-time messages.
_SONG_POSITION = 0xF2
_FIRST_REAL_TIME = 0xF8

_CONDUCTED = frozenset({Control.TEMPO, Control.METER, Control.TAP, Control.METRONOME, Control.COUNT_IN})

# A call that ends so soon (s) behind its caller's last step has been heard to its end.
_HEARD_OUT = 0.2


class Band:
    """Duets, the conductor, the pads and the control surface. Told every message with its port and its instant."""

    def __init__(
        self,
        duets: Mapping[str, Duet],
        conductor: Conductor,
        pads: Mapping[str, Pad],
        surface: ControlSurface,
        routes: Routes,
        scenes: Scenes,
        casting: Casting | None = None,
        found: Callable[[str], Duet] | None = None,
    ) -> None:
        """Without a `casting` any model plays anywhere; `found` makes a duet that comes later."""
        self._roster = Roster(duets, routes, casting, found)
        self._conductor = conductor
        self._pads = pads
        self._surface = surface
        self._scenes = scenes
        self._chain = Chain()
        self._kit: Mapping[str, str] = {}  # of the scene
        self._callers: dict[str, tuple[str, float]] = {}  # who calls a duet, and the quarter on which that call ends
        self._counting = ""  # the duet that asked to be counted in; empty: all
        self._meter: Meter | None = None  # that waits for the phrases under way

    @property
    def duets(self) -> Mapping[str, Duet]:
        """Those that play now, by their names."""
        return self._roster.duets

    def begin(self, timeline: Timeline) -> list[Told]:
        """Every duet listens from a given step 0 on, instead of from the first hit."""
        told: list[Told] = []
        for duet in self.duets.values():
            told += self._pass_on(duet.name, duet.begin(timeline))
        return told + self._beat(timeline.origin)

    def receive(self, port: str, time: float, message: Sequence[int]) -> list[Told]:
        """Take a MIDI message that came in at `time`; what was due before it happens first, but for a panic."""
        if is_panic(message):
            return self.panic(time)
        told = self.advance(time)
        if message and (message[0] >= _FIRST_REAL_TIME or message[0] == _SONG_POSITION):
            self._conductor.receive(time, message, port)
            return told + self._beat(time)
        outcomes = self._surface.receive(port, time, message)
        if outcomes is not None:
            return told + self._apply(outcomes)
        if port not in self._pads:
            return told
        match self._pads[port].receive(time, message):
            case Hit() as hit:
                self._conductor.hit(time)
                told += self._beat(time)
                for name in self._roster.routes.hearing(port):
                    told += self._pass_on(name, self.duets[name].hear(hit))
            case Panic():
                told += self.panic(time)
        return told + self._beat(time)

    def silences(self, port: str, message: Sequence[int]) -> bool:
        """Whether a message is a panic, by what it is or by what is bound to it."""
        return is_panic(message) or self._surface.silences(port, message)

    def step(self, time: float) -> list[Told]:
        """The footswitch was pressed."""
        return self.advance(time) + self._apply(self._surface.step(time))

    def lose(self, port: str, time: float) -> list[Told]:
        """A port is gone: what was held on it is let go."""
        return self.advance(time) + self._apply(self._surface.lose(port, time))

    def turn(self, turned: Turned) -> list[Told]:
        """A control was turned by somebody who is no MIDI port: a panel, a scene."""
        if turned.control is Control.PANIC:
            return [Told("", turned), *self.panic(turned.time)]
        self._surface.see(turned)
        return self.advance(turned.time) + self._turn(turned)

    def learn(self, control: Control | None, duet: str = "") -> None:
        """The next message that can turn the control is bound to it; None: no longer."""
        if control is None:
            self._surface.stop_learning()
        else:
            self._surface.learn(control, duet)

    def route(self, time: float, lines: Lines) -> list[Told]:
        """Other lines between pads, duets and outputs, or a duet more or less.

        One that goes, or is to sound elsewhere, stops first; one that comes is idle until it hears something.
        """
        told = self.advance(time)
        try:
            told += self._draw(time, lines)
        except ValueError as error:
            return [*told, Told("", Refused(time, str(error)))]
        self._callers.pop(lines.duet, None)
        inputs, outputs = self._roster.lines(lines.duet)
        return [*told, Told(lines.duet, Rerouted(inputs, outputs)), *self._beat(time)]

    def _draw(self, time: float, lines: Lines) -> list[Told]:
        """Raises: ValueError."""
        name = lines.duet
        match lines:
            case Join():
                duet = self._roster.join(lines)
                return self._pass_on(name, duet.change_kit(time, kit_of(self._kit)))
            case Part():
                self._roster.check_part(name)
                told = self._pass_on(name, self.duets[name].rest(time, Event.STOP))
                self._roster.part(name)
                return told
            case Route():
                if self._roster.redraw(lines):
                    return self._pass_on(name, self.duets[name].rest(time, Event.STOP))
        return []

    def offer(self, model: str) -> list[Told]:
        """Another model to choose from."""
        for duet in self.duets.values():
            duet.dials = duet.dials.with_model(model)
        return [Told("", ModelOffered(model))]

    def standing(self, time: float) -> Standing:
        """How all things stand; `ports` are known to whoever opens them."""
        duets = {
            name: Stand(
                duet.turn,
                {control: duet.dials.value(control) for control in DIALS},
                duet.dials.models,
                *self._roster.lines(name),
            )
            for name, duet in self.duets.items()
        }
        conductor, surface, routes = self._conductor, self._surface, self._roster.routes
        return Standing(
            time,
            duets,
            routes.pads,
            routes.outputs,
            conductor.pulse,
            conductor.running,
            conductor.led,
            conductor.metronome,
            surface.bindings,
            surface.learning,
        )

    def panic(self, time: float) -> list[Told]:
        """Every motor rests now; every duet is idle."""
        self._chain.clear()
        self._callers.clear()
        self._conductor.silence()
        self._surface.see(Turned(time, Control.METRONOME, value=False))
        told = [Told("", Silence(time))]
        for duet in self.duets.values():
            told += self._pass_on(duet.name, duet.rest(time, Event.PANIC))
        return told

    def next_deadline(self) -> float | None:
        """The instant at which `advance` has something to do, or None."""
        deadlines = [self._conductor.next_deadline(), self._chain.next_deadline()]
        deadlines += [duet.next_deadline() for duet in self.duets.values()]
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def advance(self, now: float) -> list[Told]:
        """What is due by now; of each duet at the most one step answered, so that nobody waits long."""
        told = self._beat(now)
        for duet in self.duets.values():
            deadline = duet.next_deadline()
            if deadline is not None and deadline <= now:
                told += self._pass_on(duet.name, duet.advance(now))
        for source, hit in self._chain.advance(now):
            for name in self._roster.routes.hearing(source):
                told += self._pass_on(name, self.duets[name].hear_duet(hit))
        return told + self._beat(now)

    def _apply(self, outcomes: Sequence[Outcome]) -> list[Told]:
        told: list[Told] = []
        for outcome in outcomes:
            match outcome:
                case Turned():
                    told += self._turn(outcome)
                case Bound() | Refused():
                    told.append(Told("", outcome))
        return told

    def _turn(self, turned: Turned) -> list[Told]:
        told = [Told(turned.duet, turned)]
        try:
            checked(turned.control, turned.value)
            self._check_duet(turned.duet)
            told += self._act(turned)
        except ValueError as error:
            told.append(Told(turned.duet, TurnRefused(turned.time, turned.control, turned.value, str(error))))
        return told + self._beat(turned.time)

    def _check_duet(self, name: str) -> None:
        if name and name not in self.duets:
            raise ValueError(f"there is no duet {name!r}: there are {', '.join(self.duets)}")

    def _act(self, turned: Turned) -> list[Told]:
        """Raises: ValueError for a scene that there is not, or a tempo that is none."""
        match turned.control:
            case Control.PANIC:
                return self.panic(turned.time)
            case Control.SCENE:
                return self._change_scene(turned)
            case _ if turned.control in _CONDUCTED:
                self._conduct(turned)
                return []
        told: list[Told] = []
        for duet in [self.duets[turned.duet]] if turned.duet else self.duets.values():
            told += self._pass_on(duet.name, duet.turn_dial(turned))
        return told

    def _conduct(self, turned: Turned) -> None:
        """What is the beat's own. Raises: ValueError."""
        time, value = turned.time, turned.value
        match turned.control:
            case Control.TEMPO if isinstance(value, int | float):
                if self._conductor.led:
                    raise ValueError("a MIDI clock leads: its tempo is the song's")
                self._conductor.set_tempo(time, value)
            case Control.METER:
                self._change_meter(read_meter(str(value)))
            case Control.TAP:
                if not self._conductor.taps:
                    raise ValueError('a tap is heard with tempo.source = "tap"')
                self._conductor.tap(time)
            case Control.METRONOME:
                self._conductor.set_metronome(time, on=bool(value))
            case Control.COUNT_IN:
                self._counting = turned.duet
                self._conductor.count_in(time)

    def _change_meter(self, meter: Meter) -> None:
        """Raises: ValueError unless every duet's model can count it."""
        self._check_meter(meter)
        self._meter = meter

    def _settle_meter(self, time: float) -> list[Told]:
        """Another meter begins behind the call and the answer under way; what has no end keeps nobody waiting.

        A model that came while it waited may not be able to count it: then it is refused after all.
        """
        if self._meter is None:
            return []
        ends = [duet.phrase_end for duet in self.duets.values() if duet.name not in self._callers]
        known = [end for end in ends if end is not None]
        if len(known) == len(ends):
            soonest = max((end for end in known if math.isfinite(end)), default=-math.inf)
            meter, self._meter = self._meter, None
            try:
                self._check_meter(meter)
            except ValueError as error:
                return [Told("", TurnRefused(time, Control.METER, str(meter), str(error)))]
            self._conductor.set_meter(time, meter, soonest)
        return []

    def _check_meter(self, meter: Meter) -> None:
        for duet in self.duets.values():
            duet.check_meter(meter)

    def _change_scene(self, turned: Turned) -> list[Told]:
        scene = self._scenes.find(turned.value)
        told: list[Told] = []
        if scene.kit != self._kit:
            self._kit = scene.kit
            for duet in self.duets.values():
                told += self._pass_on(duet.name, duet.change_kit(turned.time, kit_of(scene.kit)))
        if scene.at_corners:
            for duet in self.duets.values():
                duet.questions.blend_between(scene.at_corners)
        for one in scene.turned(turned.time):
            self._surface.see(one)
            told += self._turn(one)
        return told

    def _beat(self, now: float) -> list[Told]:
        """What the conductor says, and what it does to the duets."""
        told = self._settle_meter(now)
        deadline = self._conductor.next_deadline()
        if deadline is None or deadline > now:
            return told
        for beating in self._conductor.advance(now):
            told.append(Told("", beating))
            for duet in self.duets.values():
                told += self._pass_on(duet.name, self._follow(duet, beating))
            if isinstance(beating, CountedIn):
                self._counting = ""
        return told

    def _follow(self, duet: Duet, beating: Beating) -> list[Happening]:
        match beating:
            case Retimed(time, pulse):
                return duet.retime(time, pulse)
            case CountedIn(time, quarter) if self._counting in ("", duet.name):
                return duet.counted_in(time, quarter)
            case ClockCame():
                duet.lead(led=True)
            case ClockLost():
                duet.lead(led=False)
            case ClockStarted(time) if duet.turn is not Turn.COUNTING:
                return duet.rest(time, Event.STOP)  # the song begins elsewhere: what lay on the old one is over
            case ClockStopped(time):
                return duet.rest(time, Event.STOP)
        return []

    def _pass_on(self, source: str, happenings: Sequence[Happening]) -> list[Told]:
        """Tell, and let those that hear a duet know what it plays."""
        hearing = self._roster.routes.hearing(source)
        told: list[Told] = []
        for happening in happenings:
            told.append(Told(source, happening))
            if hearing:
                told += self._chain_on(source, happening, hearing)
        return told

    def _chain_on(self, source: str, happening: Happening, hearing: Sequence[str]) -> list[Told]:
        told: list[Told] = []
        match happening:
            case AnswerBegan(_, quarter, length, timeline):
                quarters = length / timeline.grid.steps_per_quarter
                for name in hearing:
                    self._callers[name] = (source, quarter + quarters)
                    self.duets[name].expect_call(quarter, quarters)
            case AnswerResized(quarter, length, timeline):
                self._resize_calls(source, quarter, length / timeline.grid.steps_per_quarter)
            case StrokesDue(step):
                self._chain.announce(source, step)
            case StrokesOff(time, muted) if not muted:
                self._chain.take_back(source, time)
            case AnswerOver(time):
                for name in hearing:
                    caller, end = self._callers.pop(name, ("", 0.0))
                    if caller == source and self._conductor.pulse.time_of(end) > time + _HEARD_OUT:
                        told += self._pass_on(name, self.duets[name].drop_call(time))
        return told

    def _resize_calls(self, source: str, quarter: float, quarters: float) -> None:
        for name in self._roster.routes.hearing(source):
            if self._callers.get(name, ("",))[0] == source:
                self._callers[name] = (source, quarter + quarters)
                self.duets[name].resize_call(quarter, quarters)
