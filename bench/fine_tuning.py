"""What fine-tuning on fifteen short files of one style is worth, beside its parent and beside starting from nothing.

    python -m bench.fine_tuning GROOVE FOLDER [--style latin]

GROOVE is the Groove MIDI Dataset (the folder of info.csv). The parent learns its training split without the style, so
it has heard none of it; the child goes on from the parent with the fifteen shortest beats of the style in the training
split; the orphan learns the same fifteen alone. All three are judged by the style's files of the validation split,
and of child and orphan the weights that do best there are kept.
"""

import argparse
import csv
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FILES = 15
WIDTH, HEIGHT, LEFT = 720, 360, 60  # px
LAYERS = "128,128"
# The child needs few, small steps; the orphan more and larger ones. Both end early when they gain no more.
PARENT = ("--layers", LAYERS, "--steps", "1500")
CHILD = ("--steps", "200", "--rate", "0.0002", "--dropout", "0.1", "--validations", "20")
ORPHAN = ("--layers", LAYERS, "--steps", "600", "--validations", "60")
SMALL = ("--lanes", "8", "--sample-minutes", "0")
# Two drums change places in a quarter of the parent's pieces; which drum is struck is what a style is made of.
EXCHANGED = {"others": "0.25", "style": "0"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groove", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--style", default="latin")
    args = parser.parse_args()
    with (args.groove / "info.csv").open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["time_signature"] == "4-4"]
    of_style = [row for row in rows if row["style"].split("/")[0] == args.style]
    beats = [row for row in of_style if (row["split"], row["beat_type"]) == ("train", "beat")]
    few = sorted(beats, key=lambda row: float(row["duration"]))[:FILES]
    judging = [row for row in of_style if row["split"] == "validation"]
    others = [row for row in rows if row not in of_style]
    for name, chosen in (("others", others), ("style", [*few, *judging])):
        _link(args.groove, args.folder / name, chosen)
        _converter("dataset", args.folder / name, "-o", args.folder / f"{name}.notes", "--exchanged", EXCHANGED[name])
    figures = {"parent": _train(args.folder, "parent", "others", *PARENT)}
    figures["child"] = _train(args.folder, "child", "style", "--from", args.folder / "parent.mag", *CHILD, *SMALL)
    figures["orphan"] = _train(args.folder, "orphan", "style", *ORPHAN, *SMALL)
    minutes = sum(float(row["duration"]) for row in few) / 60
    print(f"{args.style}: {len(few)} files, {minutes:.1f} minutes; judged by {len(judging)} files")
    for name, figure in figures.items():
        print(name, json.dumps({key: value for key, value in figure.items() if key != "history"}))
    picture(args.folder / "fine_tuning.svg", figures["child"], figures["orphan"])
    return 0


def picture(path: Path, child: dict[str, Any], orphan: dict[str, Any]) -> None:
    """Validation loss over steps: the parent's as a level, the child from it, the orphan from far above."""
    low, high, last = 1.5, 3.5, max(run["history"][-1][0] for run in (child, orphan))

    across, down = WIDTH - 2 * LEFT, HEIGHT - 2 * LEFT

    def place(step: float, loss: float) -> str:
        return f"{LEFT + across * step / last:.1f},{LEFT + down * (high - loss) / (high - low):.1f}"

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for tenths in range(15, 36, 5):
        x, y = place(0, tenths / 10).split(",")
        lines.append(f'<path d="M{x} {y}H{WIDTH - LEFT}" stroke="#dddddd"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{float(y) + 4:.1f}" text-anchor="end">{tenths / 10}</text>')
    curves = (
        ("parent", "#777777", [[0, child["before"]], [last, child["before"]]], child["before"]),
        ("child", "#0055aa", [[0, child["before"]], *child["history"]], child["validation"]),
        ("orphan", "#aa5500", orphan["history"], orphan["validation"]),
    )
    for number, (name, colour, points, best) in enumerate(curves):
        drawn = " ".join(place(step, loss) for step, loss in points if loss <= high)
        lines.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        said = f"{name}: {best:.4f} nats a sixteenth at best"
        lines.append(f'<text x="{WIDTH - LEFT}" y="{20 + 16 * number}" text-anchor="end" fill="{colour}">{said}</text>')
    lines.append(f'<text x="{WIDTH - LEFT}" y="{HEIGHT - 14}" text-anchor="end">{last} steps</text>')
    path.write_text("\n".join([*lines, "</svg>", ""]), "utf-8")


def _link(groove: Path, folder: Path, rows: list[dict[str, str]]) -> None:
    """A folder of links to these files, with their table."""
    for row in rows:
        link = folder / row["midi_filename"]
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to((groove / row["midi_filename"]).resolve())
    with (folder / "info.csv").open("w", newline="", encoding="utf-8") as lines:
        table = csv.DictWriter(lines, ["midi_filename", "split"], extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)


def _train(folder: Path, name: str, data: str, *words: object) -> dict[str, Any]:
    output = folder / f"{name}.mag"
    if output.is_file():  # an hour's work is not done twice
        return {"kept": str(output)}
    started = time.monotonic()
    said = _converter(
        "train", "drum_kit", "--data", folder / f"{data}.notes", "-o", output, "--no-convert", "--json", *words
    )
    return {**json.loads(said), "seconds": round(time.monotonic() - started)}


def _converter(*words: object) -> str:
    command = [sys.executable, "-m", "converter", *map(str, words)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
