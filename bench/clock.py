"""How well a MIDI clock is followed, and how evenly one is sent.

    python -m bench.clock [--songs 100] [--seconds 60] [--json FILE]

In: ticks with a uniform jitter of 3 ms either way, of which 1 % are lost, in virtual time. What is measured is the
instant at which the follower, or the conductor's pulse, puts the latest tick and one 0.1 s ahead of it, less the
instant that was meant. Beside it a plain average of the last 24 ticks: as it counts, and with the true count given.

Out: `ghostnote out` sends 24 ticks a quarter at 240 quarters a minute with a load on every processor; at the same time
cyclictest (Debian's rt-tests) wakes up in the same rhythm at the same priority. Behind it a process that sleeps for a
period after each tick. Lateness is that of the message's having been handed to the system; cyclictest's wakes are in no
order of time, so its last one says nothing.
"""

import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from appliance.clock import MonotonicClock
from appliance.commands.out import PRIORITY
from appliance.drivers.out_link import OutLink
from appliance.drivers.realtime import SPIN
from appliance.out.clock_maker import ClockMaker
from appliance.out.wire import Follow
from appliance.tempo.clock_reader import CLOCK, START
from appliance.tempo.conductor import Conductor
from appliance.tempo.follower import PPQN, Follower
from appliance.tempo.pulse import Pulse
from appliance.tempo.settings import Source, TempoSettings
from appliance.views.figures import percentile
from bench.freeze_witness import light_witness, slow_spells, standstills, undisturbed
from bench.plain_clock import PlainAverage
from bench.report import Row, options, publish
from bench.striker_lateness import MATRIX_LOAD, WITNESS

JITTER, LOST = 0.003, 0.01  # s either way; share of the ticks
AHEAD = 0.1  # s: where strokes are sent for
OUT_QPM = 240.0
BAR, BEAT = 4 * PPQN, PPQN
STEP = 4 * BAR  # the tick with which the tempo steps
MISCOUNTED = 0.006  # s: a bar whose mean is further off has lost or won a tick

Way = Callable[[float], float]  # where it puts a tick (s)
Tempo = Callable[[int], float]  # quarters a minute, by tick

# Each song: its name, its tempo, and the ticks between which it is measured.
SONGS: tuple[tuple[str, Tempo, int, int], ...] = (
    ("120, behind one bar", lambda _: 120.0, BAR, 8 * BAR),
    ("100 to 140, the beat behind the step", lambda tick: 100.0 if tick < STEP else 140.0, STEP + 4, STEP + BEAT),
    ("100 to 140, a beat behind and on", lambda tick: 100.0 if tick < STEP else 140.0, STEP + BEAT, 8 * BAR),
    ("120 to 126, a beat behind and on", lambda tick: 120.0 if tick < STEP else 126.0, STEP + BEAT, 8 * BAR),
    ("100 growing by 1 a quarter", lambda tick: 100.0 + tick / PPQN, BAR, 8 * BAR),
)

# By how much (s) the latest tick, and one AHEAD of it, is misplaced.
Error = tuple[float, float]


def meant(tempo: Tempo) -> list[float]:
    """When each tick of eight bars, and of one more, is meant (s)."""
    times = [10.0]
    for tick in range(9 * BAR):
        times.append(times[-1] + 60.0 / tempo(tick) / PPQN)
    return times


def cable(times: list[float], seed: int) -> Iterator[tuple[int, float]]:
    """The ticks of eight bars that come, with their true numbers; the first is never lost."""
    chance = random.Random(seed)
    for number, time_of in enumerate(times[: 8 * BAR]):
        if not number or chance.random() >= LOST:
            yield number, time_of + chance.uniform(-JITTER, JITTER)


def follow(times: list[float], seed: int) -> dict[str, list[tuple[int, Error]]]:
    """What each way of following makes of one song, by tick."""
    follower, plain = Follower(120.0), PlainAverage()
    conductor = Conductor(TempoSettings(120.0, "4/4", Source.CLOCK), AHEAD)
    conductor.receive(times[0] - 0.01, bytes((START,)))
    found: dict[str, list[tuple[int, Error]]] = {name: [] for name in WAYS}
    for number, at in cable(times, seed):
        follower.tick(at)
        plain.tick(at)
        conductor.receive(at, bytes((CLOCK,)))
        conductor.advance(at)
        further = number + round(AHEAD / (times[number + 1] - times[number]))
        shift = plain.count - number  # below 0: it has lost count
        ways: tuple[Way, ...] = (
            follower.line.time_of,
            lambda tick: conductor.pulse.time_of(tick / PPQN),
            partial(_plainly, plain, number),
            partial(_plainly, plain, number + shift),
        )
        for name, way in zip(WAYS, ways, strict=True):
            found[name].append((number, (way(number) - times[number], way(further) - times[further])))
    return found


def _plainly(plain: PlainAverage, last: int, tick: float) -> float:
    return plain.time_of(tick - last)


WAYS = ("the follower", "the conductor's pulse", "plain average, count given", "plain average, as it counts")


def rows_in(songs: int) -> list[Row]:
    """A row for each song and way."""
    rows: list[Row] = []
    for name, tempo, begin, end in SONGS:
        times = meant(tempo)
        errors: dict[str, list[list[Error]]] = {way: [] for way in WAYS}
        for seed in range(songs):
            for way, found in follow(times, seed).items():
                errors[way].append([error for number, error in found if begin <= number < end])
        for way in WAYS:
            now = [error for song in errors[way] for error, _ in song]
            ahead = [error for song in errors[way] for _, error in song]
            lost = sum(abs(sum(error for error, _ in song) / len(song)) > MISCOUNTED for song in errors[way])
            rows.append({"song": name, "by": way, **_figures(now), "0.1 s ahead": _p(ahead, 0.99), "miscounted": lost})
    return rows


def _figures(errors: list[float]) -> Row:
    rms = math.sqrt(sum(error * error for error in errors) / len(errors))
    return {"rms ms": 1e3 * rms, "p99 ms": _p(errors, 0.99), "max ms": _p(errors, 1.0)}


def _p(errors: list[float], share: float) -> float:
    return 1e3 * percentile([abs(error) for error in errors], share)


@contextmanager
def load() -> Iterator[None]:
    """A process on every processor that multiplies matrices."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    words = [sys.executable, "-c", MATRIX_LOAD]
    burners = [subprocess.Popen(words, env=environment) for _ in range(os.cpu_count() or 1)]
    try:
        time.sleep(2.0)
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


@contextmanager
def midi_system() -> Iterator[str]:
    """ALSA's sequencer, or a JACK server without a sound card; what it is, empty where there is neither."""
    if Path("/dev/snd/seq").exists():
        yield "ALSA's sequencer"
    elif shutil.which("jackd") is None:
        yield ""
    else:
        name = f"ghostnote-{os.getpid()}"
        words = ["jackd", "--no-realtime", "-n", name, "-d", "dummy", "-r", "48000", "-p", "256"]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            os.environ |= {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
            time.sleep(2.0)
            try:
                yield "JACK"
            finally:
                server.terminate()


@contextmanager
def witnessed() -> Iterator[Path]:
    """Where it is written when a processor stood still: a hypervisor had taken it (bench/freeze_witness.py)."""
    with tempfile.TemporaryDirectory() as folder:
        still = Path(folder) / "standstills"
        with light_witness(still, *WITNESS, Path(folder)) as witness:
            try:
                yield still
            finally:
                witness.kill()


def by_the_sender(seconds: float, priority: int) -> tuple[list[tuple[float, float]], str]:
    """When each tick was sent and how late (s), and what the sender said of its rights."""
    with tempfile.TemporaryDirectory() as folder:
        path, kept, owner = Path(folder) / "out.sock", Path(folder) / "late.json", Path(folder) / "mine.toml"
        owner.write_text('[out.ports]\nclock = "virtual"\n[clock]\noutputs = ["clock"]\n')
        words = ["out", "--socket", str(path), "--settings", str(owner), "--lateness", str(kept), "--until-eof"]
        command = [sys.executable, "-m", "appliance", *words, "--priority", str(priority)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stderr is not None
            # The MIDI system's own libraries have something to say first.
            said = next((line.strip() for line in process.stderr if "listening" in line), "")
            if not said:
                raise SystemExit("the sender found no MIDI: is JACK's memory of killed servers full (/dev/shm/jack*)?")
            clock = MonotonicClock()
            link = OutLink(path, clock)
            begin = clock.now() + 0.5
            link.send([Follow(clock.now(), Pulse(begin, OUT_QPM), playing=True)])
            time.sleep(seconds + 0.5)
            link.close()
            process.stdin.close()
            process.wait(10)
        return json.loads(kept.read_text()), said


def by_cyclictest(seconds: float, priority: int) -> "subprocess.Popen[str] | None":
    """Wake-ups of the same rhythm and priority, which run on beside the sender: what the machine itself allows."""
    program = shutil.which("cyclictest")
    if program is None:
        return None
    policy = [f"--policy={'fifo' if priority else 'other'}", f"--priority={priority}"]
    interval = f"--interval={round(1e6 * 60.0 / OUT_QPM / PPQN)}"
    words = ["--mlockall", "--quiet", "--threads=1", interval, "--histogram=1000000", f"--duration={round(seconds)}"]
    return subprocess.Popen([program, *policy, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def wakes_of(running: "subprocess.Popen[str]") -> list[float]:
    """How late (s) each wake-up was."""
    said, _ = running.communicate()
    counted = re.findall(r"^(\d+)\s+(\d+)$", said, re.MULTILINE)
    return [1e-6 * int(latency) for latency, count in counted for _ in range(int(count))]


def by_sleeping(seconds: float) -> list[float]:
    """How late each tick of the plain sender was (s), in a process of its own."""
    words = [sys.executable, "-m", "bench.plain_clock", str(60.0 / OUT_QPM / PPQN), str(seconds)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    late: list[float] = json.loads(done.stdout)
    return late


def drift(hours: float = 1.0) -> float:
    """By how much (s) the last tick of an hour in virtual time is off, at 117.3 quarters a minute."""
    maker, pulse, last, count = ClockMaker(always=True), Pulse(0.0, 117.3), 0.0, 0
    maker.follow(0.0, pulse, playing=True)
    while (deadline := maker.next_deadline()) is not None and deadline < 3600.0 * hours:
        for due, data in maker.advance(deadline):
            if data[0] == CLOCK:
                last, count = due, count + 1
    return last - (count - 1) * 60.0 / 117.3 / PPQN


def rows_out(args: Namespace) -> tuple[list[Row], list[str]]:
    """A row for each sender, and what is to be said of them."""
    rows: list[Row] = []
    notes: list[str] = []
    with midi_system() as system:
        if not system:
            raise SystemExit("a clock is sent by ALSA's sequencer or by jackd, and this machine has neither")
        notes.append(f"a virtual port of {system}")
        with load():
            for priority in (PRIORITY, 0):
                beside = by_cyclictest(args.seconds, priority)
                with witnessed() as still:
                    sent, said = by_the_sender(args.seconds, priority)
                    quiet = undisturbed(sent, standstills(still), SPIN)
                    at_speed = undisturbed(sent, [*standstills(still), *slow_spells(still)], SPIN)
                notes.append(said.rpartition("; ")[2])
                rows.append(_row(f"ghostnote out, priority {priority}", [late for _, late in sent]))
                if priority:
                    rows.append(_row("the same, outside standstills of the machine", [late for _, late in quiet]))
                    rows.append(_row("and outside its slow spells", [late for _, late in at_speed]))
                wakes = [] if beside is None else wakes_of(beside)
                if wakes:
                    rows.append(_row(f"cyclictest beside it, priority {priority}", wakes))
            rows.append(_row("a sleep between ticks", by_sleeping(args.seconds)))
    return rows, notes


def _row(name: str, late: list[float]) -> Row:
    return {
        "song": f"clock out, {OUT_QPM:g} under load",
        "by": name,
        "ticks": len(late),
        "p50 ms": _p(late, 0.5),
        "p99 ms": _p(late, 0.99),
        "p99.9 ms": _p(late, 0.999),
        "max ms": _p(late, 1.0),
        "last tick ms": 1e3 * late[-1],
    }


def main() -> None:
    """Measure and publish."""
    parser = options(__doc__.splitlines()[0], "clock")
    parser.add_argument("--songs", type=int, default=100, help="of each kind")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each sender; 0: none")
    args = parser.parse_args()
    if args.seconds > 0:
        out, said = rows_out(args)
        publish("A MIDI clock sent", out, said, args.json.with_name("clock_out.json"))
    notes = [f"{args.songs} songs of 8 bars each; drift of the clock sent in an hour of virtual time: {drift():.2g} s"]
    publish("A MIDI clock followed", rows_in(args.songs), notes, args.json)


if __name__ == "__main__":
    main()
