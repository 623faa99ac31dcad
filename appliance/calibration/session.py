"""Attempts on their instants, and which of the things heard belongs to which of them."""

from collections.abc import Generator

from appliance.calibration.findings import Findings
from appliance.calibration.heard import Attempt, Heard, Reading
from appliance.strike.outcome import NotTried, Tried
from appliance.strike.trial import Try

# An attempt is asked for so long (s) before its time: a Pi's striker takes a packet in a few milliseconds.
_AHEAD = 0.05

# No stick arrives sooner after its start (s), and what is heard later after it is not of it.
_SOONEST = 0.008
_LATEST = 0.15

# So long (s) after the last attempt of a series its readings are made: an ear may report 30 ms late.
LISTEN = _LATEST + 0.03

Series = tuple[Attempt, ...]
Procedure = Generator[Series, list[Reading], Findings]


class Session:
    """A procedure in time, for one motor: `receive` what is said and heard, `next_deadline`, `advance`.

    The procedure yields a series and is sent a reading for each of its attempts; it is over when `findings` is there.
    """

    def __init__(self, motor: str, procedure: Procedure, begin: float) -> None:
        self._motor = motor
        self._procedure = procedure
        self._last = begin  # start of the latest attempt
        self._asked = 0
        self._tries: list[Try] = []
        self._began: dict[int, float] = {}
        self._heard: list[Heard] = []
        self._batch = 0
        self.findings: Findings | None = None
        self._plan(next(procedure), begin)

    def receive(self, news: Tried | NotTried | Heard) -> None:
        """What became of an attempt, or what the ear heard; what belongs to others is passed over."""
        if isinstance(news, Heard):
            self._heard.append(news)
        elif isinstance(news, Tried) and news.trial.motor == self._motor:
            self._began[news.trial.batch] = news.trial.time + news.lateness

    def next_deadline(self) -> float | None:
        """When to advance it; None when it is over."""
        if self.findings is not None:
            return None
        if self._asked < len(self._tries):
            return self._tries[self._asked].time - _AHEAD
        return self._last + LISTEN

    def advance(self, now: float) -> list[Try]:
        """The attempts to ask the striker for now."""
        if self.findings is None and self._asked == len(self._tries) and now >= self._last + LISTEN:
            self._proceed(now)
        due = [trial for trial in self._tries[self._asked :] if trial.time - _AHEAD <= now]
        self._asked += len(due)
        return due

    def _proceed(self, now: float) -> None:
        readings = self._readings()
        try:
            self._plan(self._procedure.send(readings), now)
        except StopIteration as end:
            self.findings = end.value
            self._tries, self._asked = [], 0

    def _plan(self, series: Series, now: float) -> None:
        self._tries, self._asked = [], 0
        self._began, self._heard = {}, []
        for attempt in series:
            self._last = max(self._last + attempt.gap, now + _AHEAD)
            self._tries.append(self._try(attempt, self._last))

    def _try(self, attempt: Attempt, time: float) -> Try:
        self._batch += 1
        return Try(
            motor=self._motor,
            time=time,
            forward=attempt.forward,
            duty=attempt.duty,
            pause=attempt.pause,
            back=attempt.back,
            back_duty=attempt.back_duty,
            batch=self._batch,
        )

    def _readings(self) -> list[Reading]:
        heard = sorted(self._heard, key=lambda one: one.time)
        ends = [trial.time + _SOONEST for trial in self._tries[1:]] + [self._last + _LATEST]
        return [self._reading(trial, end, heard) for trial, end in zip(self._tries, ends, strict=True)]

    def _reading(self, trial: Try, end: float, heard: list[Heard]) -> Reading:
        start = self._began.get(trial.batch)
        if start is None:
            return Reading(made=False)
        end = min(end, start + _LATEST)
        first = next((one for one in heard if start + _SOONEST <= one.time < end), None)
        return Reading(made=True) if first is None else Reading(True, first.time - start, first.loudness)
