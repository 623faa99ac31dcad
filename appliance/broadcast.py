"""What happens in the box, as messages for other instruments, clocks and screens: told ahead of its time."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from appliance.announcement import words
from appliance.happenings import Rerouted, Silence, StrokesDue, StrokesOff, ThruDue, Told, TurnTaken
from appliance.notation.hit import Hit, Stroke
from appliance.out.metronome import click
from appliance.out.notes import CONTROL, notes
from appliance.out.settings import MOTORS, OFF, MetronomeSettings, OutSettings
from appliance.out.wire import Cut, Follow, Hush, Message, Messages, Request
from appliance.tempo.pulse import BeatFell, GridRests, GridRuns, Pulse, Retimed
from appliance.turn import Turn

# What the controller of [out] state says; 0: nobody's.
_STATES = {Turn.LISTENING: 1, Turn.ANSWERING: 2, Turn.ACCOMPANYING: 2}

# How long (s) a metronome's click is held.
_CLICK = 0.030


class Broadcast:
    """Told what happens; asks the sender to send it."""

    def __init__(
        self,
        out: OutSettings,
        metronome: MetronomeSettings,
        outputs: Mapping[str, Sequence[str]],
        send: Callable[[Sequence[Request]], None],
        strike: Callable[[Stroke], None],
        *,
        osc: bool,
    ) -> None:
        """`outputs`: of each duet; `strike`: beats a click on the motors; `osc`: whether anybody hears OSC."""
        self._out = out
        self._metronome = metronome
        self._outputs = {duet: [name for name in names if name != MOTORS] for duet, names in outputs.items()}
        self._send = send
        self._strike = strike
        self._osc = osc
        self._pitched: set[str] = set()  # the duets that have played what lasts
        self._pulse: Pulse | None = None
        self._runs = False
        self._passed: dict[str, Hit] = {}  # by port, the hit that went thru last

    def tell(self, told: Told, now: float) -> None:
        """Something happened."""
        requests = self._requests(told, now)
        if self._osc:
            requests += words(told, now)
        if requests:
            self._send(requests)

    def _requests(self, told: Told, now: float) -> list[Request]:
        match told.happening:
            case StrokesDue(step, muted) if not muted:
                return self._notes(told.duet, step.strokes)
            case ThruDue(hit):
                return self._through(told.duet, Stroke(now, hit.pitch, hit.velocity), hit)
            case TurnTaken(_, turn) if self._out.state:
                return self._state(told.duet, turn, now)
            case StrokesOff(time):
                return [Cut(time, told.duet)]
            case Silence():
                return [Hush()]
            case Rerouted(_, outputs):
                self._outputs[told.duet] = [name for name in outputs if name != MOTORS]
            case BeatFell() as beat:
                return self._click(beat)
            case Retimed(time, pulse) | GridRuns(time, pulse) as beat:
                return self._follow(time, pulse, runs=self._runs or isinstance(beat, GridRuns))
            case GridRests(time):
                return self._follow(time, self._pulse, runs=False)
        return []

    def _notes(self, duet: str, strokes: Iterable[Stroke]) -> list[Request]:
        strokes = tuple(strokes)
        if any(stroke.length for stroke in strokes):
            self._pitched.add(duet)
        # What such a duet plays without an end, as where its model was late, is no drum either.
        channel = self._out.tones if duet in self._pitched else self._out.channel
        ports = self._outputs.get(duet, ())
        return [Messages(notes(strokes, port, channel, self._out.length), duet) for port in ports]

    def _through(self, duet: str, stroke: Stroke, hit: Hit) -> list[Request]:
        """Two duets on one pad may have one port; what is taken back of an answer is no hit."""
        ports = [port for port in self._outputs.get(duet, ()) if self._passed.get(port) != hit]
        self._passed.update(dict.fromkeys(ports, hit))
        return [Messages(notes((stroke,), port, self._out.channel, self._out.length)) for port in ports]

    def _state(self, duet: str, turn: Turn, now: float) -> list[Request]:
        """Whose turn it is, for lamps and screens that hear MIDI: as Magenta's interface says it."""
        data = bytes((CONTROL | self._out.channel - 1, self._out.state, _STATES.get(turn, 0)))
        return [Messages((Message(now, port, data),)) for port in self._outputs.get(duet, ())]

    def _click(self, beat: BeatFell) -> list[Request]:
        stroke = click(beat, self._metronome)
        if stroke is None:
            return []
        if self._metronome.output in (MOTORS, OFF):
            self._strike(stroke)
            return []
        return [Messages(notes((stroke,), self._metronome.output, self._metronome.channel, _CLICK))]

    def _follow(self, time: float, pulse: Pulse | None, *, runs: bool) -> list[Request]:
        self._pulse, self._runs = pulse, runs
        return [] if pulse is None else [Follow(time, pulse, runs)]
