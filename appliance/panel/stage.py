"""The whole state that a page shows, kept up to date by what the player tells, event after event."""

from collections.abc import Callable

import msgspec

from appliance.answer.worker_news import AnswererBack
from appliance.beginning import Began, EveningBegan, Tuned
from appliance.controls.binding import Binding
from appliance.controls.control import Control, Turned
from appliance.controls.learning import Bound
from appliance.happenings import Standing
from appliance.pad.presence import PortFound, PortLost, Presence
from appliance.panel.difference import Tree
from appliance.panel.duets import Duets
from appliance.panel.facts import Facts, controls, drums, tempo
from appliance.panel.lamp import as_notice, lamp
from appliance.panel.roll import Mark, Roll, marks, said
from appliance.panel.strokes import StrokeCount
from appliance.panel.troubles import trouble
from appliance.status.wire import Report
from appliance.strike.outcome import LeftOut, Struck
from appliance.strike.wire import GrooveEnded, GrooveHeld, Hello
from appliance.tempo.pulse import BeatFell, ClockCame, ClockLost, GridRests, GridRuns, Pulse, Retimed

_TROUBLES = 20  # sentences that are remembered


class Stage:
    """`tree` is the state, by the names of the contract; `marks` what happened since they were last taken."""

    def __init__(self, facts: Facts, facts_of: Callable[[Tree], Facts], shown_as: Callable[[str], str] = str) -> None:
        """`facts_of`: of a player's tables; `shown_as`: the name for the page of a model that the player has."""
        self._facts_of = facts_of
        self._shown_as = shown_as
        self._facts = facts
        self._duets = Duets(shown_as)
        self._strokes = StrokeCount(facts.strike)
        self._roll = Roll()
        self._marks: list[Mark] = []
        self.tree: Tree = {
            "player": {"here": False},
            "striker": {"here": False},
            "box": {"hot": facts.hot},
            "lamp": lamp(None),
            "faults": [],
            "troubles": [],
            "controls": controls(),
            "learning": None,
            "lesson": None,
            "calibration": None,
            "scene": None,
            "bindings": [],
            "pads": {},
            "sources": [],
        }
        self._furnish(facts)

    def lose_player(self) -> None:
        """The player is away: what it was doing is not known any more."""
        self.tree["player"] = {"here": False}
        self.tree["tempo"] = {**self.tree["tempo"], "running": False, "origin": None, "bar": None}
        self._duets.rest()
        self.tree["duets"] = self._duets.tree

    def see(self, time: float, duet: str, event: object) -> None:
        """An event that was known at `time` (s), and befell a duet, or with an empty name the box."""
        new = marks(duet, event, self._duets.answer(duet))
        self._roll.add(new)
        self._marks += new
        if self._duets.see(duet, event):
            self.tree["duets"] = self._duets.tree
            return
        match event:
            case Struck() | LeftOut():
                self._strokes.see(event)
            case Turned():
                self._turn(event)
            case PortFound() | PortLost():
                self._port(event)
            case Bound(_, binding):
                self._bind(binding)
            case EveningBegan() | Began() | Tuned() | Hello() | Standing():
                self._begin(event)
            case _:
                self._see_beat(event)
                self._see_striker(time, event)

    def _begin(self, event: EveningBegan | Began | Tuned | Hello | Standing) -> None:
        """What a player says first."""
        match event:
            case EveningBegan(settings=tables):
                self._furnish(self._facts_of(tables))
            case Began(model, seed):
                self.tree["player"] = {**self.tree["player"], "here": True, "model": model, "seed": seed}
            case Tuned(name, grid):
                self.tree["player"] = {**self.tree["player"], "title": name}
                self._beat(qpm=grid.qpm, meter=str(grid.meter), beats=grid.meter.numerator)
            case Hello(_, _, priority, locked):
                self.tree["striker"] = {**self.tree["striker"], "priority": priority, "memory_locked": locked}
            case Standing():
                self._stand(event)

    def _bind(self, binding: Binding) -> None:
        kept = [one for one in self.tree["bindings"] if not _same(one, binding.control.value, binding.duet)]
        self.tree |= {"bindings": [*kept, _binding(binding)], "learning": None}

    def report(self, report: Report | None) -> None:
        """What hangs on the striker's board; None: nobody answers there."""
        self.tree["lamp"] = lamp(report)
        self.tree["faults"] = [] if report is None else [as_notice(fault) for fault in report.faults]
        self.tree["striker"] = {**self.tree["striker"], "here": report is not None}

    def measure(self, now: float, **box: object) -> None:
        """What has no event of its own: figures of the strokes, and of the board."""
        self.tree["box"] = {**self.tree["box"], **box}
        self.tree["motors"] = self._strokes.motors(now)
        self.tree["lateness"] = self._strokes.lateness()

    def put(self, **places: object) -> None:
        """What somebody else knows, at its place in the tree."""
        self.tree.update(places)

    def mark(self, *new: Mark) -> None:
        """What somebody else has to show."""
        self._marks += new

    def take_marks(self) -> list[Mark]:
        """What happened since the last time of asking."""
        taken, self._marks = self._marks, []
        return taken

    def recent(self, now: float) -> list[Mark]:
        """What a page that comes now is to show of the last seconds."""
        return self._roll.recent(now)

    def _furnish(self, facts: Facts) -> None:
        if facts.strike != self._facts.strike:
            self._strokes = StrokeCount(facts.strike)
        self._facts = facts
        self.tree |= {
            "drums": drums(facts.strike),
            "motors": self._strokes.motors(0.0),
            "lateness": self._strokes.lateness(),
            "tempo": tempo(facts.tempo),
            "scenes": list(facts.scenes),
            "outputs": list(facts.outputs),
            "duets": self._duets.tree,
        }

    def _stand(self, standing: Standing) -> None:
        self._duets.stand(standing.time, standing.duets)
        pulse = standing.pulse
        self._beat(
            qpm=pulse.qpm,
            origin=pulse.origin if standing.runs else None,
            running=standing.runs,
            led=standing.led,
            metronome=standing.metronome,
        )
        self.tree |= {
            "duets": self._duets.tree,
            "sources": list(standing.pads),
            "outputs": list(standing.outputs),
            "bindings": [_binding(one) for one in standing.bindings],
            "learning": None if standing.learning is None else {"control": standing.learning.value},
            "player": {**self.tree["player"], "here": True},
        }
        for port in standing.ports:
            self._port(port, tell=False)

    def _turn(self, turned: Turned) -> None:
        match turned.control:
            case Control.SCENE:
                value = turned.value
                scenes = self._facts.scenes
                number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(scenes)
                self.tree["scene"] = scenes[value] if number and isinstance(value, int) else value
            case Control.METRONOME:
                self._beat(metronome=bool(turned.value))
            case Control.PANIC:
                self._beat(metronome=False)

    def _see_beat(self, event: object) -> None:
        match event:
            case Retimed(_, Pulse(origin, qpm)):
                self._beat(qpm=qpm, **({"origin": origin} if self.tree["tempo"]["running"] else {}))
            case GridRuns(_, Pulse(origin, qpm)):
                self._beat(qpm=qpm, origin=origin, running=True)
            case GridRests():
                self._beat(origin=None, running=False, bar=None)
            case BeatFell(time, bar, beat):
                self._beat(bar={"time": time, "bar": bar, "beat": beat})
            case ClockCame():
                self._beat(led=True)
            case ClockLost():
                self._beat(led=False)

    def _beat(self, **changed: object) -> None:
        self.tree["tempo"] = {**self.tree["tempo"], **changed}

    def _see_striker(self, time: float, event: object) -> None:
        found = trouble(event)
        if found is not None:
            self._trouble(time, *found)
        elif isinstance(event, GrooveHeld | GrooveEnded):
            self.tree["striker"] = {**self.tree["striker"], "alone": isinstance(event, GrooveHeld)}
        elif isinstance(event, AnswererBack):
            self._marks.append(said("news", "The models are ready."))

    def _trouble(self, time: float, text: str, do: str) -> None:
        self.tree["troubles"] = [*self.tree["troubles"], {"time": time, "text": text, "do": do}][-_TROUBLES:]
        self._marks.append(said("fault", text, do))

    def _port(self, presence: Presence, *, tell: bool = True) -> None:
        heard = self.tree["pads"].get(presence.name, {}).get("port")
        if isinstance(presence, PortFound):
            self.tree["pads"] = {**self.tree["pads"], presence.name: {"port": presence.port, "text": ""}}
            return
        self.tree["pads"] = {**self.tree["pads"], presence.name: {"port": None, "text": presence.text}}
        if tell and heard:
            self._see_striker(presence.time, presence)


def _binding(binding: Binding) -> Tree:
    """All that it says; what is as it is without a word, only where a page shows it."""
    said: Tree = msgspec.to_builtins(binding)
    return {"channel": 0, "port": "", "duet": "", **said}


def _same(one: Tree, control: str, duet: str) -> bool:
    return bool(one["control"] == control and one["duet"] == duet)
