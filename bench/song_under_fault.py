"""A song, the processes that play it, and those who look on: what the fault campaign is done to."""

import math
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from appliance.drivers.paper_bridge import Paper
from appliance.drivers.striker_link import StrikerLink
from appliance.drivers.wiring import PinSettings
from appliance.errors import StrikerLost
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import LeftOut, Reason, Struck
from appliance.strike.wire import Fault, GrooveHeld
from bench.campaign_player import STEP
from bench.freeze_witness import standstills
from bench.paper_findings import Breach, Findings, overlap, read_paper
from bench.striker_start import from_its_start

REPOSITORY = Path(__file__).parents[1]
RETURN = 4.0  # s that a player may be away: its rest, its start, and the striker's
TICK = 0.004  # s between two looks of the supervisor
WITNESS = ("0.002", "0.001")  # the witness's sleep, and what it notes; s


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
        self._silence = load_settings().room("pins", PinSettings).guard.limit
        self.socket = folder / "striker.sock"
        self.paper_path = folder / "paper"
        # A bar of this song lasts a second. Twelve of them are what four are at 80 quarters a minute: time enough for a
        # player that is killed again before it was quite back.
        owner = folder / "owner.toml"
        owner.write_text("[strike]\ngroove_bars = 12\n")
        striker = ["striker", "--paper", str(self.paper_path), "--socket", str(self.socket), "--settings", str(owner)]
        command = [*from_its_start(), sys.executable, "-m", "appliance", *striker]
        self.striker = Process(command, folder / "striker.err", lambda: 0.0)
        self.origin = time.monotonic() + 1.5
        self.observer = Observer(self.socket, self.origin, self.findings)
        self.wait_until(self.observer.look, 20.0)
        self.paper = Paper(self.paper_path, [motor.name for motor in self.settings.motors])
        self._plays = folder / "plays"
        player = [sys.executable, "-m", "bench.campaign_player", str(self.socket), str(self.origin), str(self._plays)]
        self.player = Process(player, folder / "player.err", lambda: chance.uniform(0.0, 2.0))
        self._still = folder / "standstills"
        witness = [sys.executable, "-m", "bench.freeze_witness", str(self._still), *WITNESS]
        self._witness = subprocess.Popen(witness, cwd=REPOSITORY, stderr=subprocess.DEVNULL)
        self._spared = True  # nothing is done to the striker yet
        self.log: list[tuple[float, str]] = []
        self._later: list[tuple[float, Callable[[], object]]] = []
        self._vandals: list[socket.socket] = []
        self._waits_since: float | None = None  # a striker died, and its successor has not answered yet

    def spend_until_the_player_is_there(self) -> None:
        """A fault of the player needs one that plays: one killed in its start, each time, would never be back."""
        while not (self.player.alive and self._plays.exists()):
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
        self._explain(standstills(self._still))
        self.findings.remarks += [f"{breach}; {self.around(breach.at)}" for breach in self.findings.breaches]

    def _explain(self, still: list[tuple[float, float]]) -> None:
        """Say of each breach how long the machine stood still in it, and set deaths and losses by that apart."""
        found = self.findings
        found.stood_still = overlap(still, -math.inf, math.inf)
        for breach in found.breaches:
            breach.still = overlap(still, breach.since, breach.at)
        # A guard ends who is silent for its limit; half of that is more than any work of a striker takes.
        excused = [at for at in found.deaths if overlap(still, at - 0.3, at) >= self._silence / 2]
        found.frozen += ["a striker ended by its guard" for _ in excused]
        # Until both the striker and a player, which may be away too, are back.
        lost = [s for s in found.missing if any(0 < self.origin + s * STEP - at + 0.2 < RETURN for at in excused)]
        found.frozen += [f"step {step} lost behind that" for step in lost]
        found.missing = [step for step in found.missing if step not in lost]
        found.deaths = [at for at in found.deaths if at not in excused]

    def wait_for_low(self) -> None:
        """The guard lowers what a killed striker left high."""
        time.sleep(0.3)
        high = [motor.name for place, motor in enumerate(self.settings.motors) if self.paper.is_high(place)]
        if high:
            self.findings.breaches.append(Breach(time.monotonic(), f"left high at the end: {high}", time.monotonic()))

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
        if self.player.revive() is not None:
            self._plays.unlink(missing_ok=True)
        died = self.striker.revive()
        if died is not None:
            self._waits_since = died
            if self._spared:
                self.findings.deaths.append(died)
        answers = self.observer.look()
        if answers and self._waits_since is not None:
            self.findings.back.append(time.monotonic() - self._waits_since)
            self._waits_since = None
