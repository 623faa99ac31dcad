"""What a campaign of faults brought, and what of it the machine did itself by standing still."""

import math
from collections import Counter
from dataclasses import dataclass, field

from appliance.drivers.paper_bridge import PaperLine
from appliance.strike.kit import StrikeSettings
from tests.bridge_checker import BridgeChecker

AFTERMATH = 0.050  # s beyond max_on that no line may be high, whatever happens


@dataclass
class Breach:
    """A rule was broken by `at` (s), if it is one of time by an `excess` (s) in a stretch that began at `since`.

    `still` is how long the machine itself stood still in that stretch, as the witness saw it.
    """

    at: float
    text: str
    since: float
    excess: float = math.inf
    still: float = 0.0

    @property
    def explained(self) -> bool:
        """Whether no program could have kept the rule: the machine stood still for the whole excess, or longer."""
        return self.still >= self.excess

    def __str__(self) -> str:
        by = "" if math.isinf(self.excess) else f", {1e3 * self.excess:.1f} ms too long"
        return f"{self.text}{by}; the machine stood still for {1e3 * self.still:.1f} ms of it"


@dataclass
class Findings:
    """What a campaign brought; seconds."""

    faults: Counter[str] = field(default_factory=Counter)
    longest_high: float = 0.0
    breaches: list[Breach] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # what else happened about a breach or a lost step
    expected: int = 0
    missing: list[int] = field(default_factory=list)  # steps that were neither struck nor reported as late
    deaths: list[float] = field(default_factory=list)  # of a striker that nobody had done anything to
    frozen: list[str] = field(default_factory=list)  # deaths and losses while the machine itself stood still
    stood_still: float = 0.0  # in all, as the witness saw it
    late: int = 0
    alone: int = 0  # times that the striker kept the groove
    own: int = 0  # strokes that it played alone
    back: list[float] = field(default_factory=list)  # from a striker's death until its successor answered
    resumed: bool = False  # whether the last bar of all was played again
    priority: int = 0  # the striker's real-time priority


def overlap(still: list[tuple[float, float]], since: float, until: float) -> float:
    """Seconds of a stretch within which some processor stood still."""
    total, counted = 0.0, since
    for begin, end in sorted(still):
        total += max(0.0, min(end, until) - max(begin, counted))
        counted = max(counted, end)
    return total


def read_paper(lines: list[PaperLine], settings: StrikeSettings, findings: Findings) -> None:
    """How long each line was high, and every breach of the checker."""
    by_motor: dict[str, PaperLine] = {}
    checker = BridgeChecker.of(settings, lag=AFTERMATH)
    # A striker and the guard that ends it write at once: an instant is read before its line is written.
    for line in sorted(lines, key=lambda line: line.time):
        before = by_motor.get(line.motor)
        since, excess = line.time, math.inf
        if before is not None and before.inputs.driven and line.inputs.driven != before.inputs.driven:
            since = before.time
            findings.longest_high = max(findings.longest_high, line.time - since)
            excess = line.time - since - settings.max_on - AFTERMATH
        if before is None or before.inputs.driven != line.inputs.driven:
            by_motor[line.motor] = line
        try:
            checker.write(line.time, line.motor, line.inputs)
        except AssertionError as breach:
            findings.breaches.append(Breach(line.time, str(breach), since, excess if excess > 0 else math.inf))
            checker = BridgeChecker.of(settings, lag=AFTERMATH)  # the rest is judged by itself
