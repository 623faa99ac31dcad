"""What is left to say when a concert is over: how much was played, how late, and what was not."""

from collections import Counter

from rich.console import Group, RenderableType
from rich.table import Table

from appliance.happenings import AnswerEnded, AnswerOver, CallEnded, HitHeard, StrokesDue
from appliance.strike.outcome import LeftOut, Struck
from appliance.strike.wire import Fault, Hello
from appliance.views.figures import percentile
from appliance.views.journal import Began, Entry


class ConcertFigures:
    """Follows the journal of a whole concert."""

    def __init__(self) -> None:
        self.answers = 0
        self.lateness: list[float] = []  # seconds, of each stroke
        self.first_strokes: list[float] = []  # seconds from the end of a call until its first stroke was on its way
        self.left_out: Counter[str] = Counter()
        self.faults: list[str] = []
        self._began: Began | None = None
        self._hello: Hello | None = None
        self._hits = 0
        self._steps = 0
        self._log_likelihood = 0.0
        self._call_ended: float | None = None

    def see(self, entry: Entry) -> None:
        """Take an event in."""
        self._see_music(entry)
        match entry.event:
            case Began() as began:
                self._began = began
            case Hello() as hello:
                self._hello = hello
            case Struck(_, lateness):
                self.lateness.append(lateness)
            case LeftOut(_, reason):
                self.left_out[reason.value] += 1
            case Fault(text):
                self.faults.append(text)

    def _see_music(self, entry: Entry) -> None:
        match entry.event:
            case HitHeard():
                self._hits += 1
            case CallEnded():
                self._call_ended = entry.began
            case StrokesDue(answered) if answered.strokes and self._call_ended is not None:
                self.first_strokes.append(entry.time - self._call_ended)
                self._call_ended = None
            case AnswerEnded() as answer:
                self._steps += answer.track.length
                self._log_likelihood += answer.log_likelihood
            case AnswerOver():
                self.answers += 1

    def __rich__(self) -> RenderableType:
        table = Table(title="the concert in figures", show_header=False, title_justify="left")
        table.add_column(style="dim", justify="right")
        table.add_column()
        for name, words in self._rows():
            table.add_row(name, words)
        return Group(table)

    def _rows(self) -> list[tuple[str, str]]:
        counts = ((self._hits, "hit"), (self.answers, "answer"), (len(self.lateness), "stroke"))
        rows = [("played", ", ".join(f"{count} {name}{'s' * (count != 1)}" for count, name in counts))]
        if self._began:
            rows.append(("model", f"{self._began.model}, seed {self._began.seed}"))
        if self._steps:
            rows.append(("log-likelihood", f"{self._log_likelihood / self._steps:.3f} nats a step"))
        if self.first_strokes:
            rows.append(("first stroke ready", f"{_milliseconds(self.first_strokes)} after the end of the call"))
        if self.lateness:
            rows.append(("stroke lateness", _milliseconds(self.lateness)))
        if self._hello:
            rows.append(("striker", _privileges(self._hello)))
        left_out = ", ".join(f"{count} {reason}" for reason, count in sorted(self.left_out.items()))
        rows.append(("left out", left_out or "nothing"))
        rows += [("fault", fault) for fault in self.faults]
        return rows


def _milliseconds(seconds: list[float]) -> str:
    shares = (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    return ", ".join(f"{name} {percentile(seconds, share) * 1e3:.3f} ms" for name, share in shares)


def _privileges(hello: Hello) -> str:
    priority = f"real-time priority {hello.priority}" if hello.priority else "no real-time priority"
    return f"{priority}, memory {'locked' if hello.memory_locked else 'not locked'}"
