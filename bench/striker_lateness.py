"""How late the striker's edges are, beside cyclictest and a witness of standstills, under load.

    python -m bench.striker_lateness [--seconds 60] [--kinds dry "mock pins" "no rights"] [--json FILE]

Sixteen strokes a second, 64 edges, while two processes invoke the model and a third stands in for the panel
(bench/page_load.py), each as fast as it can. Lateness is the instant after a pin's write less the edge's deadline. At
the same time cyclictest (Debian's rt-tests) wakes a thread on each processor every 2 ms, two priorities above the
striker, and says how late it was; and the witness (bench/freeze_witness.py), above both, notes when a processor came
back to it more than 0.15 ms late: a hypervisor or the kernel had it, and no program's edge can be on time. Edges within
such a standstill are counted in the first row and left out in the second. The witness also finds slow spells of a
machine that is shared with others (freeze_witness.c), in which all programs take ten to twenty times as long; edges in
them are left out in the third.
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
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from appliance.commands.striker import PRIORITY
from appliance.drivers.realtime import SPIN
from appliance.drivers.striker_link import StrikerLink
from appliance.notation.hit import LOUDEST, Stroke
from appliance.strike.outcome import LeftOut, Struck
from bench.drift import Drift, drift
from bench.freeze_witness import light_witness, slow_spells, standstills, undisturbed
from bench.report import Row, options, publish
from bench.striker_start import KEYS, ON_PINS

REPOSITORY = Path(__file__).parents[1]
MODEL = REPOSITORY / "models" / "drum_kit_rnn.tflite"
P999, MAX = 200.0, 2000.0  # us: what the striker may be late at real-time priority
STEP = 1 / 16  # s
OFF_THE_GRID = 0.005  # s at most, as people play: or edges would fall on few instants
SENT_AHEAD = 1.0  # s
WITNESS = (0.0005, 0.00015)  # its sleep, and what it notes; s
KINDS = ("dry", "mock pins", "no rights")

Edge = tuple[float, float]  # instant, lateness

MODEL_LOAD = """
import sys
from ai_edge_litert.interpreter import Interpreter
import numpy as np
interpreter = Interpreter(sys.argv[1], num_threads=1)
interpreter.allocate_tensors()
for detail in interpreter.get_input_details():
    interpreter.set_tensor(detail["index"], np.zeros(detail["shape"], detail["dtype"]))
while True:
    interpreter.invoke()
"""

MATRIX_LOAD = """
import numpy as np
matrix = np.random.default_rng(1).standard_normal((512, 512), dtype=np.float32)
product = np.empty_like(matrix)
while True:
    np.matmul(matrix, matrix, out=product)
"""


@dataclass(frozen=True)
class Measurement:
    """What one kind of striker brought; lateness in microseconds, with how often it came."""

    kind: str
    edges: list[Edge]
    starts: Counter[float]
    left_out: Counter[str]
    priority: int
    wakes: Counter[float]
    still: list[tuple[float, float]]
    slow: list[tuple[float, float]]
    stolen: float

    @property
    def all(self) -> Counter[float]:
        """Every edge."""
        return Counter(1e6 * lateness for _, lateness in self.edges)

    @property
    def undisturbed(self) -> Counter[float]:
        """The edges whose wait or write met no standstill."""
        return self._outside(self.still)

    @property
    def at_speed(self) -> Counter[float]:
        """Those of them that met no slow spell either."""
        return self._outside([*self.still, *self.slow])

    def _outside(self, times: Sequence[tuple[float, float]]) -> Counter[float]:
        return Counter(1e6 * lateness for _, lateness in undisturbed(self.edges, times, SPIN))

    @property
    def drift(self) -> Drift | None:
        """Of all edges."""
        return drift(self.edges)


def main() -> int:
    args = _arguments()
    name, model = _model(args.model)
    loads = [model, model, [sys.executable, "-m", "bench.page_load"]]
    with _flat_out(loads):
        measured = [_measure(args.seconds, kind) for kind in args.kinds]
    for one in measured:
        _draw(f"{one.kind}: all edges", one.all)
        _draw(f"{one.kind}: cyclictest", one.wakes)
    rows = [row for one in measured for row in _rows(one)]
    notes = [
        f"load: {name} twice, and bench.page_load; {args.seconds:g} s each, {1 / STEP:g} strokes a second",
        *(note for one in measured for note in _remarks(one)),
    ]
    publish("Lateness under load, microseconds", rows, notes, args.json)
    return int(any(one.priority and not _kept(one.at_speed) for one in measured))


def _arguments() -> Namespace:
    parser = options(__doc__.splitlines()[0], "striker_lateness")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each measurement")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="what is measured, one after another")
    parser.add_argument("--model", type=Path, default=MODEL, help="what the load computes, if it is there")
    return parser.parse_args()


def _model(model: Path) -> tuple[str, list[str]]:
    if model.is_file():
        return f"{model.name} invoked by ai_edge_litert", [sys.executable, "-c", MODEL_LOAD, str(model)]
    return "a numpy product of 512 x 512 matrices", [sys.executable, "-c", MATRIX_LOAD]


@contextmanager
def _flat_out(commands: Sequence[list[str]]) -> Iterator[None]:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    burners = [
        subprocess.Popen(command, env=environment, cwd=REPOSITORY, stderr=subprocess.DEVNULL) for command in commands
    ]
    try:
        time.sleep(2.0)  # until they have loaded what they compute with
        for burner, command in zip(burners, commands, strict=True):
            if burner.poll() is not None:
                raise SystemExit(f"the load ended at once: {command}")
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def _measure(seconds: float, kind: str) -> Measurement:
    sys.stderr.write(f"{kind}: {seconds:.0f} s\n")
    priority = 0 if kind == "no rights" else PRIORITY
    stolen = _stolen()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        still = folder / "standstills"
        witness = light_witness(still, *WITNESS, folder)
        wakes = _cyclictest(seconds, priority)
        try:
            edges, starts, left_out, granted = _striker(seconds, priority, kind, folder)
            latencies = _latencies(wakes)
        finally:
            witness.kill()
            witness.wait()
        return Measurement(
            kind,
            edges,
            starts,
            left_out,
            granted,
            latencies,
            sorted(standstills(still)),
            slow_spells(still),
            _stolen() - stolen,
        )


def _cyclictest(seconds: float, priority: int) -> subprocess.Popen[str] | None:
    program = shutil.which("cyclictest")
    if program is None:
        return None
    policy = ["--policy=fifo", f"--priority={priority + 2}"] if priority else ["--policy=other"]
    words = ["--mlockall", "--quiet", "--laptop", f"--threads={os.cpu_count()}", "--affinity", "--interval=2000"]
    command = [program, *policy, *words, "--histogram=1000000", f"--duration={max(1, round(seconds))}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _latencies(wakes: subprocess.Popen[str] | None) -> Counter[float]:
    if wakes is None:
        return Counter()
    said, refused = wakes.communicate()
    if wakes.returncode:
        Console().print(f"cyclictest was refused: {refused.strip() or said.strip()}")
        return Counter()
    # A latency (us), then how often it came on each processor.
    lines = re.findall(r"^(\d{6,})((?:[ \t]+\d+)+)\s*$", said, re.MULTILINE)
    counted = ((float(latency), sum(map(int, counts.split()))) for latency, counts in lines)
    return Counter({latency: count for latency, count in counted if count})


def _striker(
    seconds: float, priority: int, kind: str, folder: Path
) -> tuple[list[Edge], Counter[float], Counter[str], int]:
    path, kept, settings = folder / "striker.sock", folder / "lateness.json", folder / "pins.toml"
    settings.write_text(ON_PINS)
    motors = ["--settings", str(settings)] if kind == "mock pins" else ["--dry"]
    words = ["--until-eof", "--socket", str(path), "--priority", str(priority), "--lateness", str(kept)]
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance", "striker", *motors, *words],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=REPOSITORY,
    )
    try:
        with StrikerLink.connect(path, timeout=30.0) as link:
            starts, left_out = _perform(link, seconds, random.Random(1))
            granted = link.hello.priority
    finally:
        process.communicate(timeout=60)
    edges = [(instant, lateness) for instant, lateness in json.loads(kept.read_text())]
    return edges, starts, left_out, granted


def _perform(link: StrikerLink, seconds: float, chance: random.Random) -> tuple[Counter[float], Counter[str]]:
    begin = time.monotonic() + SENT_AHEAD
    waiting = [
        Stroke(
            begin + step * STEP + chance.uniform(0, OFF_THE_GRID), KEYS[step % len(KEYS)], chance.randint(1, LOUDEST)
        )
        for step in range(int(seconds / STEP))
    ]
    starts, left_out = Counter[float](), Counter[str]()
    unanswered, sent = len(waiting), 0
    while unanswered:
        horizon = time.monotonic() + SENT_AHEAD
        due = next((n for n in range(sent, len(waiting)) if waiting[n].time > horizon), len(waiting))
        link.send(waiting[sent:due])
        sent = due
        for reply in link.wait(0.1):
            if isinstance(reply, Struck):
                starts[1e6 * reply.lateness] += 1
            elif isinstance(reply, LeftOut):
                left_out[str(reply.reason)] += 1
            unanswered -= isinstance(reply, Struck | LeftOut)
    return starts, left_out


def _stolen() -> float:
    # proc(5), /proc/stat: the eighth number of the first line, in ticks; 0 on real hardware.
    return int(Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


def _percentile(counted: Counter[float], part: float) -> float:
    """The least value that `part` of all do not exceed (nearest rank)."""
    rank = math.ceil(part * counted.total())
    for value in sorted(counted):
        rank -= counted[value]
        if rank <= 0:
            return value
    raise ValueError("no percentile of nothing")


def _kept(counted: Counter[float]) -> bool:
    return bool(counted) and _percentile(counted, 0.999) <= P999 and max(counted) <= MAX


def _rows(one: Measurement) -> list[Row]:
    told = {
        "all edges": one.all,
        "edges outside standstills": one.undisturbed,
        "and outside slow spells": one.at_speed,
        "starts of strokes": one.starts,
        "cyclictest": one.wakes,
    }
    return [_row(one, what, counted) for what, counted in told.items() if counted]


def _row(one: Measurement, what: str, counted: Counter[float]) -> Row:
    parts = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1.0}
    figures = {name: round(_percentile(counted, part), 1) for name, part in parts.items()}
    policy = f"FIFO {one.priority + 2 * (what == 'cyclictest')}" if one.priority else "OTHER"
    return {"striker": one.kind, "what": what, "policy": policy, "samples": counted.total(), **figures}


def _remarks(one: Measurement) -> Iterator[str]:
    left_out = ", ".join(f"{count} {reason}" for reason, count in one.left_out.items())
    yield f"{one.kind}: {one.starts.total()} strokes struck, left out: {left_out or 'none'}"
    lengths = [end - begin for begin, end in one.still]
    within = len(one.edges) - one.undisturbed.total()
    yield (
        f"{one.kind}: {len(lengths)} standstills of a processor above {1e3 * WITNESS[1]:g} ms, {sum(lengths):.2f} s in "
        f"all, the longest {1e3 * max(lengths, default=0.0):.1f} ms, {within} edges in them; by its own count the "
        f"hypervisor took {one.stolen:.2f} s of the processors"
    )
    if one.slow:
        lengths = [end - begin for begin, end in one.slow]
        within = one.undisturbed.total() - one.at_speed.total()
        yield (
            f"{one.kind}: {len(lengths)} spells in which a processor's caches held nothing, {sum(lengths):.2f} s in "
            f"all, the longest {1e3 * max(lengths):.1f} ms, {within} edges in them"
        )
    yield f"{one.kind}: drift {one.drift or 'not told: the run is too short'}"
    if not one.wakes:
        yield "cyclictest is not here to compare with: apt-get install rt-tests"
    if not one.priority:
        yield f"{one.kind}: there is no target without a real-time priority"
        return
    verdicts = {
        "all edges": one.all,
        "outside standstills": one.undisturbed,
        "and outside slow spells": one.at_speed,
    }
    told = "; ".join(f"{what}: {'met' if _kept(counted) else 'MISSED'}" for what, counted in verdicts.items())
    yield f"{one.kind}: target p99.9 within {P999:g} us and none beyond {MAX:g} us: {told}"


def _draw(what: str, counted: Counter[float]) -> None:
    console = Console(width=120)
    console.print(f"\n{what}", highlight=False)
    buckets: Counter[int] = Counter()
    for lateness, count in counted.items():
        buckets[0 if lateness < 1 else math.floor(math.log2(lateness)) + 1] += count
    for bucket in range(max(buckets, default=-1) + 1):
        count = buckets[bucket]
        # Logarithmic, for the rare ones are the ones that matter.
        bar = "#" * (1 + round(8 * math.log10(count))) if count else ""
        console.print(f"{'<' + str(2**bucket):>8} us {count:>7} {bar}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
