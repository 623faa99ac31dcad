"""How soon a striker is ready after its start, and how much memory it keeps.

    python -m bench.striker_start [--times 20] [--json FILE]

Ready is when its Hello has come over its socket. Resident is what proc(5) calls VmRSS, after a second of strokes on
every motor: all of it is locked where the system grants that. The pins are gpiozero's mock pins, with a lamp and three
buttons; lgpio is loaded beside them, and drives nothing: on a Pi the mock pins' 0.07 MB are not there. On paper a guard
is posted. A busy machine makes a start longer, but for the processor's time that it takes; "in real time" is one that
has its priority from the first instruction on, as a unit with CPUSchedulingPolicy gives it.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from appliance.commands.striker import PRIORITY
from appliance.drivers.striker_link import StrikerLink
from appliance.notation.hit import Stroke
from bench.report import Row, options, publish

REPOSITORY = Path(__file__).parents[1]
MEMORY, READY = 25.0, 0.3  # MB and s: what a striker may have
KEYS = (36, 38, 42, 45, 48, 50, 49, 51)  # a drum of each motor

COMMAND = ("-m", "appliance", "striker")
WITH_LGPIO = (
    "-c",
    "import sys; from appliance.drivers.lean_gpiozero import gpiozero; gpiozero('pins.lgpio'); "
    "from appliance.__main__ import main; sys.exit(main(['striker', *sys.argv[1:]]))",
)
MOTORS = ("kick", "snare", "hi_hat", "low_tom", "mid_tom", "high_tom", "crash", "ride")
# Two lines a motor, 9 to 25 without the console's.
LINES = [gpio for gpio in range(9, 26) if gpio != 14]
STAGE = """
[status]
led = "rgb"
led_pins = [5, 6, 7]
panic = 4
footswitch = 2
shutdown = 3
[pins]
factory = "mock"
software_frequency = 2000
"""
ON_PINS = STAGE + "".join(
    f'[pins.motors.{name}]\nkind = "in_in"\nin1 = {in1}\nin2 = {in2}\n'
    for name, in1, in2 in zip(MOTORS, LINES[::2], LINES[1::2], strict=True)
)


def from_its_start() -> list[str]:
    """What gives a striker its real-time priority before its first import: a unit has CPUSchedulingPolicy for that."""
    command = ["chrt", "--fifo", str(PRIORITY)]
    if shutil.which("chrt") and not subprocess.run([*command, "true"], check=False, capture_output=True).returncode:
        return command
    return []


def main() -> int:
    parser = options(__doc__.splitlines()[0], "striker_start")
    parser.add_argument("--times", type=int, default=20)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "pins.toml"
        settings.write_text(ON_PINS)
        on_pins = ["--settings", str(settings)]
        kinds: dict[str, tuple[Sequence[str], list[str]]] = {
            "dry": ((sys.executable, *COMMAND), ["--dry"]),
            "on paper": ((sys.executable, *COMMAND), ["--paper", str(Path(folder) / "paper")]),
            "mock pins": ((sys.executable, *COMMAND), on_pins),
        }
        if find_spec("lgpio"):
            kinds["mock pins, lgpio loaded"] = ((sys.executable, *WITH_LGPIO), on_pins)
        if hurried := from_its_start():
            kinds["dry, in real time"] = ((*hurried, sys.executable, *COMMAND), ["--dry"])
            kinds["mock pins, in real time"] = ((*hurried, sys.executable, *COMMAND), on_pins)
        rows = [_row(kind, command, words, args.times, Path(folder)) for kind, (command, words) in kinds.items()]
    kept = all(round(float(row["resident MB"]), 1) <= MEMORY and float(row["ready s, median"]) <= READY for row in rows)
    notes = [
        f"{args.times} starts each; from the second on, Python's compiled files are there, as when it is installed",
        "lgpio: "
        + ("loaded where it says so" if find_spec("lgpio") else "not installed here (pip install lgpio), not measured"),
        f"load of the machine meanwhile, by uptime(1): {os.getloadavg()[0]:.1f}",
        f"target: at most {MEMORY:g} MB resident and ready within {READY:g} s: {'met' if kept else 'MISSED'}",
    ]
    publish("Start and memory of the striker", rows, notes, args.json)
    return int(not kept)


def _row(kind: str, command: Sequence[str], words: list[str], times: int, folder: Path) -> Row:
    sys.stderr.write(f"{kind}: {times} starts\n")
    _start(command, words, folder, stay=False)  # compiles what is not compiled
    before = _taken()
    ready = sorted(_start(command, words, folder, stay=False)[0] for _ in range(times))
    taken = (_taken() - before) / times
    _, memory, guards = _start(command, words, folder, stay=True)
    return {
        "motors": kind,
        "ready s, median": ready[len(ready) // 2],
        "ready s, longest": ready[-1],
        "processor s": taken,
        "resident MB": memory,
        "its guard MB": guards,
    }


def _start(command: Sequence[str], words: list[str], folder: Path, stay: bool) -> tuple[float, float, float]:
    """Seconds to its Hello; of one that stays a while, also its and its guard's resident MB."""
    path = folder / "striker.sock"
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, "--until-eof", "--socket", str(path), *words],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=REPOSITORY,
    )
    try:
        with StrikerLink.connect(path, timeout=20.0) as link:
            ready = time.monotonic() - began
            if not stay:
                return ready, 0.0, 0.0
            link.send([Stroke(time.monotonic() + 0.5 + beat / 8, key, 100) for beat in range(8) for key in KEYS])
            time.sleep(2.0)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            return ready, _resident(process.pid), sum(_resident(int(child)) for child in children)
    finally:
        process.communicate(timeout=20)


def _taken() -> float:
    """Processor's time (s) of all that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
