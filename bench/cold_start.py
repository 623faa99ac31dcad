"""`ghostnote play` from nothing to its answer, and how much memory it takes; beside it, the imports of Magenta's way.

`python -m bench.cold_start`.
"""

import subprocess
import sys
import time
from pathlib import Path

from bench.report import Row, options, percentiles, publish

STORY = Path(__file__).parents[1] / "tests/stories/rock.mid"
RUNS = {
    "ghostnote play": ["-m", "appliance", "play", str(STORY), "--json", "--seed", "1"],
    "import tensorflow, note_seq": ["-c", "import tensorflow, note_seq"],
}
# The peak of the process alone: a child of a large one begins with its parent's, so each runs behind a small one.
PROBE = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def run(words: list[str]) -> tuple[float, float]:
    """Wall seconds, and the peak of the resident set in MB."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PROBE, sys.executable, *words], check=True, capture_output=True, text=True
    )
    return time.perf_counter() - began, int(done.stdout) / 1024


def main() -> None:
    """Measure and publish."""
    parser = options("A cold start of ghostnote play.", "cold_start")
    parser.add_argument("--times", type=int, default=10, help="starts of each")
    args = parser.parse_args()
    rows: list[Row] = []
    for name, words in RUNS.items():
        run(words)  # fills the page cache for both alike
        times = args.times if name.startswith("ghostnote") else max(3, args.times // 3)
        runs = [run(words) for _ in range(times)]
        rows.append({"what": name, **percentiles([wall for wall, _ in runs]), "peak MB": max(peak for _, peak in runs)})
    note = "Wall time of a new process, with 20 ms or so of the probe around it; files are in the page cache."
    publish("Cold start", rows, [note], args.json)


if __name__ == "__main__":
    main()
