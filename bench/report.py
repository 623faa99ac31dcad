"""What every benchmark says: on which machine, and the figures as a table and as JSON."""

import argparse
import json
import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from appliance.drivers.atomic_file import write_atomically
from appliance.views.figures import percentile

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("ai-edge-litert", "tflite-runtime", "tensorflow-cpu", "tensorflow", "numpy")

Row = dict[str, str | float]


def machine() -> dict[str, str]:
    """The machine, its kernel, and the versions that matter."""
    facts = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
    }
    for package in PACKAGES:
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            continue
    return facts


def percentiles(seconds: Sequence[float]) -> Row:
    """Median, 99th percentile and the worst, in milliseconds."""
    return {
        name: 1e3 * percentile(seconds, share) for name, share in (("p50 ms", 0.5), ("p99 ms", 0.99), ("max ms", 1.0))
    }


def options(description: str, name: str) -> argparse.ArgumentParser:
    """A parser with the option that all benchmarks share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, default=RESULTS / f"{name}.json", help="where the figures go")
    return parser


def publish(title: str, rows: Sequence[Row], notes: Sequence[str], path: Path) -> None:
    """Print the rows as a table, with the machine and the notes below, and write it all as JSON."""
    console = Console(width=120)
    table = Table(title=title, title_justify="left")
    for column in rows[0]:
        table.add_column(column, justify="left" if isinstance(rows[0][column], str) else "right")
    for row in rows:
        table.add_row(*(value if isinstance(value, str) else f"{value:.4g}" for value in row.values()))
    console.print(table)
    facts = machine()
    for note in [*notes, ", ".join(f"{name} {fact}" for name, fact in facts.items())]:
        console.print(note, highlight=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"title": title, "rows": rows, "notes": notes, "machine": facts}, indent=1) + "\n"
    write_atomically(path, lambda stream: stream.write(content.encode()))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
