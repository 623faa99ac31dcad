"""A song, the processes that play it, and those who look on: what the fault campaign is done to."""

import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from appliance.drivers.paper_bridge import Paper, PaperLine
from appliance.drivers.striker_link import StrikerLink
from appliance.errors import StrikerLost
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import LeftOut, Reason, Struck
from appliance.strike.wire import Fault, GrooveHeld
from bench.campaign_player import STEP
from bench.freeze_witness import standstills
from tests.bridge_checker import BridgeChecker

REPOSITORY = Path(__file__).parents[1]
RETURN = 4.0  # s that a player may be away: its rest, its start, and the striker's
AFTERMATH = 0.050  # s beyond max_on that no line may be high, whatever happens
TICK = 0.004  # s between two looks of the supervisor


@dataclass
class Findings:
    """What a campaign brought; seconds."""

    faults: Counter[str] = field(default_factory=Counter)
    longest_high: float = 0.0
    breaches: list[tuple[float, str]] = field(default_factory=list)  # when, and the rule
    remarks: list[str] = field(default_factory=list)  # what else happened about a breach or a lost step
    expected: int = 0
    missing: list[int] = field(default_factory=list)  # steps that were neither struck nor reported as late
    deaths: list[float] = field(default_factory=list)  # of a striker that nobody had done anything to
    frozen: list[str] = field(default_factory=list)  # what went wrong while the machine itself stood still
    late: int = 0
    alone: int = 0  # times that the striker kept the groove
    own: int = 0  # strokes that it played alone
    back: list[float] = field(default_factory=list)  # from a striker's death until its successor answered
    resumed: bool = False  # whether the last bar of all was played again
    priority: int = 0  # the striker's real-time priority


class Process:
    """A process that is started again some `rest` s after it died, as systemd does; `error` is its standard error."""

    def __init__(self, command: list[str], error: Path, rest: Callable[[], float]) -> None:
        self._command = command
        self.error = error
        self._died: float | None = None
        self._rest = rest
        self._starts = 0.0
        self._process = self._start()

    @property
    def alive(self) -> bool:
        """Whether it runs, or is stopped in its run."""
        return self._process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """A signal, if it is alive."""
        if self.alive:
            self._process.send_signal(number)

    def revive(self) -> float | None:
        """Start it again when its rest is over; when it had died, if it is started now."""
        now = time.monotonic()
        if self.alive:
            self._died = None
            return None
        if self._died is None:
            self._died, self._starts = now, now + self._rest()
        if now < self._starts:
            return None
        self._process = self._start()
        return self._died

    def end(self) -> None:
        """Kill it for good."""
        self._process.kill()
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.error.open("ab") as error:
            return subprocess.Popen(self._command, cwd=REPOSITORY, stderr=error, stdin=subprocess.DEVNULL)


class Observer:
    """A client that looks on and comes back; it counts what became of each step."""

    def __init__(self, path: Path, origin: float, findings: Findings) -> None:
        self._path = path
        self._origin = origin
        self._findings = findings
        self._link: StrikerLink | None = None
        self.outcomes: dict[int, str] = {}
        self.reasons: dict[int, list[str]] = {}  # why else a step was left out, by one batch or the other
        self.connected: list[float] = []
        self._latest = 0.0
        self.faults: list[str] = []

    def look(self) -> bool:
        """Take in what came; whether the striker answers."""
        if self._link is None and not self._connect():
            return False
        try:
            for reply in self._link.receive() if self._link else []:
                self._note(reply)
        except StrikerLost:
            self.leave()
            return False
        return True

    def struck_since(self, instant: float) -> bool:
        """Whether a stroke was struck since then."""
        return self._latest >= instant

    def leave(self) -> None:
        """Look on no more."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _connect(self) -> bool:
        try:
            self._link = StrikerLink.connect(self._path, timeout=0.0)
            self._findings.priority = self._link.hello.priority
            self.connected.append(time.monotonic())
        except StrikerLost:
            return False
        return True

    def _note(self, reply: object) -> None:
        match reply:
            case Struck(stroke, _, batch) if batch != 9:
                self.outcomes[self._step(stroke)] = "struck"
                self._latest = time.monotonic()
                self._findings.own += batch < 0
            case LeftOut(stroke, Reason.LATE, batch) if batch != 9:
                self.outcomes.setdefault(self._step(stroke), "late")
            case LeftOut(stroke, reason, batch) if batch != 9:
                self.reasons.setdefault(self._step(stroke), []).append(f"{reason.value} of batch {batch}")
            case GrooveHeld():
                self._findings.alone += 1
            case Fault(text):
                self.faults.append(text)

    def _step(self, stroke: Stroke) -> int:
        return round((stroke.time - self._origin) / STEP)


class Campaign:
    """One song, its faults, and those who look on."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.findings = Findings()
        self.settings = load_settings().room("strike", StrikeSettings)
        self.socket = folder / "striker.sock"
        self.paper_path = folder / "paper"
        # A bar of this song lasts a second. Twelve of them are what four are at 80 quarters a minute: time enough for a
        # player that is killed again before it was quite back.
        owner = folder / "owner.toml"
        owner.write_text("[strike]\ngroove_bars = 12\n")
        striker = ["striker", "--paper", str(self.paper_path), "--socket", str(self.socket), "--settings", str(owner)]
        self.striker = Process([sys.executable, "-m", "appliance", *striker], folder / "striker.err", lambda: 0.0)
        self.origin = time.monotonic() + 1.5
        self.observer = Observer(self.socket, self.origin, self.findings)
        self.wait_until(self.observer.look, 20.0)
        self.paper = Paper(self.paper_path, [motor.name for motor in self.settings.motors])
        player = [sys.executable, "-m", "bench.campaign_player", str(self.socket), str(self.origin)]
        self.player = Process(player, folder / "player.err", lambda: chance.uniform(0.0, 2.0))
        self._still = folder / "standstills"
        self._witness = subprocess.Popen(
            [sys.executable, "-m", "bench.freeze_witness", str(self._still)], cwd=REPOSITORY, stderr=subprocess.DEVNULL
        )
        self._spared = True  # nothing is done to the striker yet
        self.log: list[tuple[float, str]] = []
        self._later: list[tuple[float, Callable[[], object]]] = []
        self._vandals: list[socket.socket] = []
        self._waits_since: float | None = None  # a striker died, and its successor has not answered yet

    def spend_until_the_player_is_there(self) -> None:
        """A fault of the player needs one."""
        while not self.player.alive:
            self.spend(TICK)

    def spend(self, seconds: float) -> None:
        """Let time pass: supervise, look on, do what was put off."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._supervise()
            now = time.monotonic()
            due = [act for at, act in self._later if at <= now]
            self._later = [(at, act) for at, act in self._later if at > now]
            for act in due:
                act()
            time.sleep(TICK)

    def wait_until(self, true: Callable[[], bool], at_most: float) -> None:
        """Let time pass until something is so. Raises: SystemExit when it does not come to be."""
        end = time.monotonic() + at_most
        while not true():
            if time.monotonic() > end:
                raise SystemExit(f"the striker did not answer within {at_most} s: see {self.striker.error}")
            time.sleep(TICK)

    def suffer(self, faults: dict[str, Callable[["Campaign"], None]], count: int) -> None:
        """So many faults of these kinds, at random instants, each once before any comes twice."""
        kinds = list(faults)
        for number in range(count):
            if number % len(kinds) == 0:
                self.chance.shuffle(kinds)
            self.spend(self.chance.uniform(0.05, 0.55))
            kind = kinds[number % len(kinds)]
            self.log.append((time.monotonic(), kind))
            faults[kind](self)
            self.findings.faults[kind] += 1
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{number + 1} of {count} faults ")

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Put something off."""
        self._later.append((time.monotonic() + seconds, act))

    def let_striker_go(self) -> None:
        """End a stop; one that was still starting is waited for from now on."""
        self.striker.send(signal.SIGCONT)
        if self._waits_since is not None:
            self._waits_since = time.monotonic()

    def expect_all(self, since: float, until: float) -> None:
        """Every step between two instants must have been struck, or reported as late by a machine that was busy."""
        first, last = (round((at - self.origin) / STEP) for at in (since, until))
        self._spared = False
        for step in range(max(0, first), last):
            outcome = self.observer.outcomes.get(step)
            self.findings.expected += 1
            self.findings.late += outcome == "late"
            if outcome is None:
                self.findings.missing.append(step)
                why = ", ".join(self.observer.reasons.get(step, ["not a word"]))
                self.findings.remarks.append(f"step {step} lost: {why}; {self.around(self.origin + step * STEP)}")

    def around(self, instant: float) -> str:
        """What was done to the processes shortly before an instant, and whether the observer had to come back."""
        done = [f"{kind} {at - instant:+.3f} s" for at, kind in self.log if -4.0 < at - instant < 0.5]
        back = [f"observer connected {at - instant:+.3f} s" for at in self.observer.connected if -1 < at - instant < 3]
        return "; ".join([*done, *back]) or "nothing was done"

    def finish(self) -> None:
        """End everything, and read the paper."""
        self.player.end()
        self.striker.send(signal.SIGCONT)
        self.spend(0.2)
        self.observer.leave()
        for vandal in self._vandals:
            vandal.close()
        self.striker.end()
        self.wait_for_low()
        self._witness.kill()
        self._witness.wait()
        read_paper(list(self.paper.lines()), self.settings, self.findings)
        self.findings.remarks += [f"{text}; {self.around(at)}" for at, text in self.findings.breaches]
        self._excuse(standstills(self._still))

    def _excuse(self, still: list[tuple[float, float]]) -> None:
        """Set apart what went wrong while the machine stood still: no program could have done its work."""

        def stood_still(since: float, until: float) -> bool:
            return any(begin < until and end > since for begin, end in still)

        found = self.findings
        excused = [at for at in found.deaths if stood_still(at - 0.3, at)]
        found.frozen += ["a striker ended by its guard" for _ in excused]
        # Until both the striker and a player, which may be away too, are back.
        lost = [s for s in found.missing if any(0 < self.origin + s * STEP - at + 0.2 < RETURN for at in excused)]
        found.frozen += [f"step {step} lost behind that" for step in lost]
        found.missing = [step for step in found.missing if step not in lost]
        found.deaths = [at for at in found.deaths if at not in excused]
        high = [(at, text) for at, text in found.breaches if stood_still(at - 0.5, at)]
        found.frozen += [text for _, text in high]
        found.breaches = [breach for breach in found.breaches if breach not in high]

    def wait_for_low(self) -> None:
        """The guard lowers what a killed striker left high."""
        time.sleep(0.3)
        high = [motor.name for place, motor in enumerate(self.settings.motors) if self.paper.is_high(place)]
        if high:
            self.findings.breaches.append((time.monotonic(), f"left high at the end: {high}"))

    def vandal(self) -> socket.socket | None:
        """A client of no good intent; None while there is no striker."""
        client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            client.connect(str(self.socket))
        except OSError:
            client.close()
            return None
        client.setblocking(False)
        self._vandals.append(client)
        if len(self._vandals) > 3:  # the striker has room for eight clients
            self._vandals.pop(0).close()
        return client

    def _supervise(self) -> None:
        self.player.revive()
        died = self.striker.revive()
        if died is not None:
            self._waits_since = died
            if self._spared:
                self.findings.deaths.append(died)
        answers = self.observer.look()
        if answers and self._waits_since is not None:
            self.findings.back.append(time.monotonic() - self._waits_since)
            self._waits_since = None


def read_paper(lines: list[PaperLine], settings: StrikeSettings, findings: Findings) -> None:
    """How long each line was high, and every breach of the checker."""
    by_motor: dict[str, PaperLine] = {}
    checker = BridgeChecker.of(settings, lag=AFTERMATH)
    for line in lines:
        before = by_motor.get(line.motor)
        if before is not None and before.inputs.driven and line.inputs.driven != before.inputs.driven:
            findings.longest_high = max(findings.longest_high, line.time - before.time)
        if before is None or before.inputs.driven != line.inputs.driven:
            by_motor[line.motor] = line
        try:
            checker.write(line.time, line.motor, line.inputs)
        except AssertionError as breach:
            findings.breaches.append((line.time, str(breach)))
            checker = BridgeChecker.of(settings, lag=AFTERMATH)  # the rest is judged by itself
