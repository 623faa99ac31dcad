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

FILES = 15
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
        print(name, json.dumps(figure))
    return 0


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


def _train(folder: Path, name: str, data: str, *words: object) -> dict[str, object]:
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
