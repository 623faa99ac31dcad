"""How late the striker's edges are, beside cyclictest's wake-ups on the same machine under the same load.

    python -m bench.striker_lateness [--seconds 60] [--json FILE]

Both run in turns, a load on every processor, first with real-time priority and then without. The striker's lateness is
the instant after the pin's write less the edge's deadline; cyclictest's is that of a sleeping thread's wake-up. It is
Debian's rt-tests; it keeps the processor from deep sleep (/dev/cpu_dma_latency), which the striker does not.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from appliance.commands.striker import PRIORITY
from appliance.drivers.striker_link import StrikerLink
from appliance.notation.hit import Stroke
from appliance.strike.outcome import LeftOut, Struck
from bench.report import Row, options, publish

REPOSITORY = Path(__file__).parents[1]
MODEL = REPOSITORY / "models" / "drum_kit_rnn.tflite"
TARGET = 3.0  # the striker's p99.9 in cyclictest's

# A groove at 160 quarters a minute: (key, strokes a quarter). 30 strokes, 120 edges a second.
GROOVE = ((42, 4), (36, 2), (38, 2), (51, 2), (45, 0.5), (48, 0.25), (50, 0.25), (49, 0.25))
QUARTER = 60 / 160
EDGES_A_STROKE = 4
SENT_AHEAD = 1.0  # s

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
class Stretch:
    """What a stretch of the striker brought, lateness in microseconds; priority 0 where none was granted."""

    edges: Counter[float]
    starts: Counter[float]
    left_out: Counter[str]
    priority: int


@dataclass(frozen=True)
class Comparison:
    """The striker and cyclictest under one scheduling policy; lateness in microseconds, with how often it came."""

    policy: str
    striker: Stretch
    wakes: Counter[float]

    @property
    def ratio(self) -> float | None:
        """The striker's p99.9 in cyclictest's, which has a resolution of 1 us; None without cyclictest."""
        if not self.wakes:
            return None
        return _percentile(self.striker.edges, 0.999) / max(_percentile(self.wakes, 0.999), 1.0)


def main() -> int:
    args = _arguments()
    name, load = _load(args.model)
    stolen = _stolen()
    with _flat_out(load):
        compared = [_compare(args, priority) for priority in (PRIORITY, 0)]
    for one in compared:
        _draw(f"striker, all edges, {one.policy}", one.striker.edges)
        _draw(f"cyclictest, {one.policy}", one.wakes)
    rows = [row for one in compared for row in _rows(one)]
    notes = [f"load: {name}, one process a processor; {args.seconds:g} s each", *_remarks(compared)]
    notes.append(f"a hypervisor took {_stolen() - stolen:.2f} s of the processors meanwhile, which no program can mend")
    publish("Lateness under load, microseconds", rows, notes, args.json)
    fifo = compared[0]
    return int(fifo.striker.priority > 0 and fifo.ratio is not None and fifo.ratio > TARGET)


def _arguments() -> Namespace:
    parser = options(__doc__.splitlines()[0], "striker_lateness")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each of the four measurements")
    parser.add_argument("--rounds", type=int, default=3, help="stretches into which each is cut")
    parser.add_argument("--model", type=Path, default=MODEL, help="what the load computes, if it is there")
    return parser.parse_args()


def _compare(args: Namespace, priority: int) -> Comparison:
    # A stretch of each in turn, so that what else the machine does falls on both.
    seconds = args.seconds / args.rounds
    policy = f"SCHED_FIFO {priority}" if priority else "SCHED_OTHER"
    edges, starts, left_out, wakes = Counter[float](), Counter[float](), Counter[str](), Counter[float]()
    granted = 0
    for turn in range(args.rounds):
        sys.stderr.write(f"{policy}, round {turn + 1} of {args.rounds}: {2 * seconds:.0f} s\n")
        wakes += _cyclictest(seconds, priority)
        stretch = _striker(seconds, priority, seed=turn)
        edges, starts, left_out = edges + stretch.edges, starts + stretch.starts, left_out + stretch.left_out
        granted = stretch.priority
    return Comparison(policy, Stretch(edges, starts, left_out, granted), wakes)


def _load(model: Path) -> tuple[str, list[str]]:
    if model.is_file():
        return f"{model.name} invoked by ai_edge_litert", [sys.executable, "-c", MODEL_LOAD, str(model)]
    return "a numpy product of 512 x 512 matrices", [sys.executable, "-c", MATRIX_LOAD]


@contextmanager
def _flat_out(command: list[str]) -> Iterator[None]:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    burners = [
        subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) for _ in range(os.cpu_count() or 1)
    ]
    try:
        time.sleep(2.0)  # until they have loaded what they compute with
        if any(burner.poll() is not None for burner in burners):
            raise SystemExit(f"the load ended at once: {command}")
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def _cyclictest(seconds: float, priority: int) -> Counter[float]:
    program = shutil.which("cyclictest")
    if program is None:
        return Counter()
    interval = round(1e6 * QUARTER / (EDGES_A_STROKE * sum(often for _, often in GROOVE)))
    policy = ["--policy=fifo", f"--priority={priority}"] if priority else ["--policy=other"]
    options = ["--mlockall", "--quiet", "--threads=1", f"--interval={interval}", "--histogram=1000000"]
    command = [program, *policy, *options, f"--duration={max(1, round(seconds))}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        Console().print(
            f"cyclictest with priority {priority} was refused: {done.stderr.strip() or done.stdout.strip()}"
        )
        return Counter()
    lines = re.findall(r"^(\d+)\s+(\d+)$", done.stdout, re.MULTILINE)
    return Counter({float(latency): int(count) for latency, count in lines if int(count)})


def _striker(seconds: float, priority: int, seed: int) -> Stretch:
    with tempfile.TemporaryDirectory() as folder:
        path, kept = Path(folder) / "striker.sock", Path(folder) / "lateness.json"
        settings = ["--dry", "--until-eof", "--socket", str(path), "--priority", str(priority), "--lateness", str(kept)]
        process = subprocess.Popen(
            [sys.executable, "-m", "appliance", "striker", *settings],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=REPOSITORY,
        )
        try:
            with StrikerLink.connect(path, timeout=30.0) as link:
                starts, left_out = _perform(link, seconds, random.Random(seed))
                granted = link.hello.priority
        finally:
            process.communicate(timeout=60)
        edges = Counter(1e6 * lateness for lateness in json.loads(kept.read_text()))
    return Stretch(edges, starts, left_out, granted)


def _perform(link: StrikerLink, seconds: float, chance: random.Random) -> tuple[Counter[float], Counter[str]]:
    begin = time.monotonic() + SENT_AHEAD
    waiting = _groove(begin, seconds, chance)
    starts, left_out = Counter[float](), Counter[str]()
    unanswered = len(waiting)
    while unanswered:
        horizon = time.monotonic() + SENT_AHEAD
        due = [stroke for stroke in waiting if stroke.time <= horizon]
        waiting = waiting[len(due) :]
        link.send(due)
        for reply in link.wait(0.1):
            if isinstance(reply, Struck):
                starts[1e6 * reply.lateness] += 1
            elif isinstance(reply, LeftOut):
                left_out[str(reply.reason)] += 1
            unanswered -= isinstance(reply, Struck | LeftOut)
    return starts, left_out


def _groove(begin: float, seconds: float, chance: random.Random) -> list[Stroke]:
    strokes = [
        # Up to 5 ms off the grid, as people play: or the edges of all motors would fall on few instants.
        Stroke(begin + n * QUARTER / often + chance.uniform(0, 0.005), key, chance.randint(1, 127))
        for key, often in GROOVE
        for n in range(int(seconds / QUARTER * often))
    ]
    return sorted(strokes, key=lambda stroke: stroke.time)


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


def _rows(compared: Comparison) -> list[Row]:
    told = {
        "striker: all edges": compared.striker.edges,
        "striker: starts of strokes": compared.striker.starts,
        "cyclictest": compared.wakes,
    }
    return [_row(what, compared.policy, counted) for what, counted in told.items() if counted]


def _row(what: str, policy: str, counted: Counter[float]) -> Row:
    parts = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1.0}
    figures = {name: round(_percentile(counted, part), 1) for name, part in parts.items()}
    return {"what": what, "policy": policy, "samples": counted.total(), **figures}


def _remarks(compared: list[Comparison]) -> Iterator[str]:
    for one in compared:
        left_out = ", ".join(f"{count} {reason}" for reason, count in one.striker.left_out.items())
        yield f"{one.policy}: {one.striker.starts.total()} strokes struck, left out: {left_out or 'none'}"
        if one.ratio is not None:
            yield f"{one.policy}: the striker's p99.9 is {one.ratio:.2f} times cyclictest's"
    if not compared[0].wakes:
        yield "cyclictest is not here to compare with: apt-get install rt-tests"
    if not compared[0].striker.priority:
        yield "real-time priority was not granted: there is no target to meet"
    elif compared[0].ratio is not None:
        verdict = "met" if compared[0].ratio <= TARGET else "MISSED"
        yield f"target: at real-time priority within {TARGET:g} times cyclictest's p99.9: {verdict}"


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
