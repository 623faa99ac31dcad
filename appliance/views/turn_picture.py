"""One turn as it happens: the call as it is heard, and the answer as it is beaten."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderResult
from rich.panel import Panel
from rich.text import Text

from appliance.happenings import AnswerBegan, AnswerEnded, AnswerMoved, CallEnded, StepHeard, StrokesDue, TurnTaken
from appliance.notation.drums import Drum, drum_of
from appliance.notation.hit import Stroke
from appliance.notation.timeline import Grid, Timeline
from appliance.strike.outcome import LeftOut, Struck
from appliance.turn import Turn
from appliance.views.grid import REST, STAVE, bars_in, touch
from appliance.views.journal import Entry, Tuned

# Friberg and Sundberg 1995: a displaced tone is heard from 6 ms on; a stroke beyond is drawn in another colour.
AUDIBLE = 0.006

_HEARD, _PLANNED, _STRUCK, _LATE, _LEFT_OUT = "bold cyan", "dim", "bold green", "bold yellow", "red strike"
_NAME_WIDTH = max(len(drum.label) for drum in Drum)
_LONGEST = 128  # steps of an accompaniment that are shown
_FRAME = 4  # columns of a panel's border and padding
_TURNS = {
    Turn.IDLE: "rests",
    Turn.COUNTING: "counts in",
    Turn.LISTENING: "listens",
    Turn.ANSWERING: "answers",
    Turn.ACCOMPANYING: "plays along",
}


class _Part:
    """Signs on a grid, by drum and step."""

    def __init__(self) -> None:
        self.length = 0
        self._cells: dict[tuple[Drum, int], tuple[str, str]] = {}

    def put(self, pitch: int, step: int, velocity: int, style: str) -> None:
        """A sign for a key, in the place of what was there."""
        drum = drum_of(pitch)
        if drum is not None:
            self._cells[drum, step] = (touch(velocity), style)

    def render(self, grid: Grid, width: int) -> Text:
        """A row a drum, in systems of as many bars as fit the width; three dots until something was played."""
        played = [drum for drum in STAVE if any(drum is cell for cell, _ in self._cells)]
        if not played:
            return Text("· · ·", style="dim")
        system = bars_in(width - _NAME_WIDTH - 1, grid) * grid.steps_per_bar
        systems = [
            Text("\n").join(self._row(drum, range(start, min(start + system, self.length)), grid) for drum in played)
            for start in range(0, self.length, system)
        ]
        return Text("\n\n").join(systems)

    def _row(self, drum: Drum, steps: range, grid: Grid) -> Text:
        row = Text(f"{drum.label.replace('_', ' '):>{_NAME_WIDTH}} ")
        for step in steps:
            if step % grid.steps_per_bar == 0:
                row.append("|")
            elif step % grid.steps_per_bar % grid.steps_per_beat == 0:
                row.append(" ")
            sign, style = self._cells.get((drum, step), (REST, "dim"))
            row.append(sign, style)
        return row.append("|")


class TurnPicture:
    """Follows the journal through one turn."""

    def __init__(self, tuned: Tuned) -> None:
        self._tuned = tuned
        self._call, self._answer = _Part(), _Part()
        self._timeline: Timeline | None = None
        self._round = 0  # steps of the answer; 0 while it has no end
        self._turn = Turn.LISTENING
        self._ended: AnswerEnded | None = None

    def see(self, entry: Entry) -> None:
        """Take an event in."""
        match entry.event:
            case StepHeard(step, notes):
                self._call.length = step + 1
                for note in notes:
                    self._call.put(note.pitch, step, note.velocity, _HEARD)
            case CallEnded() as call:
                self._call.length = call.track.length
            case AnswerBegan() | AnswerMoved() as laid:
                self._lay(laid)
            case StrokesDue(answered):
                self._answer.length = min(max(self._answer.length, answered.step + 1), self._round or _LONGEST)
                self._mark(answered.strokes, _PLANNED)
            case AnswerEnded() as ended:
                self._ended = ended
            case Struck(stroke, lateness):
                self._mark([stroke], _STRUCK if lateness < AUDIBLE else _LATE)
            case LeftOut(stroke):
                self._mark([stroke], _LEFT_OUT)
            case TurnTaken(_, turn):
                self._turn = turn

    def _lay(self, laid: AnswerBegan | AnswerMoved) -> None:
        self._timeline = laid.timeline
        if isinstance(laid, AnswerBegan):
            self._round = laid.length

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        grid, width = self._tuned.grid, options.max_width - _FRAME
        tempo = f"{grid.meter}, {grid.qpm:.4g} quarters a minute"
        yield Panel(self._call.render(grid, width), title=f"call: {self._tuned.name}", subtitle=tempo)
        yield Panel(self._answer.render(grid, width), title="answer", subtitle=self._words())

    def _words(self) -> str:
        if self._ended is None:
            return _TURNS[self._turn]
        per_step = self._ended.log_likelihood / self._ended.track.length
        fault = f"; an echo: {self._ended.fault}" if self._ended.fault else ""
        return f"{_TURNS[self._turn]}, log-likelihood {per_step:.2f} nats a step{fault}"

    def _mark(self, strokes: Iterable[Stroke], style: str) -> None:
        if self._timeline is not None:
            for stroke in strokes:
                step = self._timeline.step_at(stroke.time)
                if step >= 0:
                    # A loop is drawn over itself, and so is an accompaniment, as on a drum of paper.
                    self._answer.put(stroke.pitch, step % (self._round or _LONGEST), stroke.velocity, style)
