"""The plug of an emulated board is pulled at random instants, again and again; each start behind it must play.

`python -m bench.power_cuts FOLDER --cuts 200 --seed 1`, with what tests/appliance_board/prepare.sh put into FOLDER; as
root.

The board is doing one of four things when it happens: it plays a call and its answer, it writes its settings as fast as
it can, it writes its journal, it installs an update. The card loses what was not flushed, sector by sector, by chance
(tests/appliance_board/card.py). At the next start the units must be ready, the settings be whole and one of those that
were written, the running version be the old or the new one with every byte of it, no update on trial, every line of the
journal readable but a last one, and a call on the pad be answered by the lines.
"""

import argparse
import base64
import json
import random
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from appliance.drivers.release_file import OwnRelease
from bench.report import RESULTS, Row, machine, publish
from tests.appliance_board import concert
from tests.appliance_board.board import Board, BoardDead, new_card
from tests.appliance_board.releases import Releases, make_key

DOING = ("playing", "settings", "journal", "update")
SETTINGS = Path(__file__).parents[1] / "tests/appliance_board/ghostnote.toml"
TAKE = "# take "
NEW = "0.9.0"

# Seconds of the activity behind which the plug is pulled, at most; an update takes longer than the others.
LONGEST = {"playing": 6.0, "settings": 4.0, "journal": 6.0, "update": 90.0}
STARTS = 900.0  # a busy host's board is given this many seconds for a start

# As the user of the services, by the writer that the box itself uses.
WRITER = f"""
import sys
sys.path.insert(0, "/opt/ghostnote/current/lib")
from pathlib import Path
from appliance.drivers.owner_settings import write_text
file = Path("/var/lib/ghostnote/ghostnote.toml")
text = file.read_text().partition("{TAKE}")[0]
for take in range(1, 1000000):
    write_text(file, f"{{text}}{TAKE}{{take}}\\n")
"""
READER = """
import json, pathlib
bad = []
for part in sorted(pathlib.Path("/var/lib/ghostnote/journal").glob("*.jsonl")):
    lines = part.read_bytes().split(b"\\n")
    for number, line in enumerate(lines[:-1]):
        try:
            json.loads(line)
        except ValueError:
            bad.append(f"{part.name}:{number + 1}")
print(json.dumps(bad))
"""


class Campaign:
    """One card after the other, on one board."""

    def __init__(self, folder: Path, work: Path, seed: int, arch: str) -> None:
        self._folder, self._work, self._arch = folder, work, arch
        self._chance = random.Random(seed)
        key = make_key(work, "key")
        releases = Releases(folder / "release", work / "made", key)
        self._sums = {releases.base.version: sums(folder / "release")}
        self._update = releases.make(NEW)
        self._sums[NEW] = sums(self._update)
        self._old = releases.base.version
        self._owner = {
            "ghostnote.toml": SETTINGS,
            "allowed_signers": key.with_name("key.signers"),
            "update.release": self._update,
        }
        self._card = work / "card"
        self.fresh()

    def fresh(self) -> None:
        """A card as it is when it was just written."""
        new_card(self._folder, self._card, self._owner)

    def cut(self, doing: str) -> dict[str, Any]:
        """Start, do something, pull the plug, start again and look. Raises: BoardDead, AssertionError."""
        with self._board() as board:
            board.await_ready(STARTS)
            self._begin(board, doing)
            wait = self._chance.uniform(0.0, LONGEST[doing])
            time.sleep(wait)
            lost, stayed = board.cut(self._chance)
        with self._board() as board:
            board.await_watcher(STARTS)
            board.await_ready(STARTS)
            found = self._look(board, doing)
            ready = time.monotonic() - board.powered
        if found["version"] != self._old:
            self.fresh()
        return {"doing": doing, "after": wait, "sectors": lost, "stayed": stayed, "start": ready, **found}

    def _board(self) -> Board:
        board = Board(self._folder, self._card, self._work, arch=self._arch)
        try:
            board.await_watcher(STARTS)
        except BaseException:
            board.cut()
            raise
        return board

    def _begin(self, board: Board, doing: str) -> None:
        if doing in ("playing", "journal"):
            board.begin("play", messages=concert.messages(), gpios=concert.LINES, seconds=3 * concert.BAR)
        elif doing == "settings":
            board.begin("run", command=f"su -s /bin/sh ghostnote -c 'python3 -I -c {quoted(WRITER)}'", timeout=60.0)
        else:
            command = "ghostnote update install --force /boot/firmware/ghostnote/update.release"
            board.begin("run", command=command, timeout=600.0)

    def _look(self, board: Board, doing: str) -> dict[str, Any]:
        settings = board.run("cat /var/lib/ghostnote/ghostnote.toml")
        base, _, take = settings.partition(TAKE)
        assert base == SETTINGS.read_text(), "the settings are not whole"
        assert re.fullmatch(r"|[0-9]+\n", take), f"the settings end with {take!r}"
        version = board.run("readlink /opt/ghostnote/current").strip().removeprefix("versions/")
        assert version in self._sums, f"{version} runs"
        told = json.loads(board.run("ghostnote update status --json"))["updates"]
        assert not told or told[-1]["outcome"] != "trying", told[-1]
        if doing == "update":
            wrong = board.tries(f"cd /opt/ghostnote/current && sha256sum --check --quiet <<'E'\n{self._sums[version]}E")
            assert wrong[0] == 0, f"{version} is not whole: {wrong[1][-500:]}"
        bad = json.loads(board.run(f"python3 -I -c {quoted(READER)}"))
        assert not bad, f"the journal cannot be read: {bad}"
        off = concert.check_answer(concert.play(board))
        return {"version": version, "take": take.strip(), "strokes": len(off), "off": max(off)}


def quoted(program: str) -> str:
    """For a shell inside a shell's single quotes, and alone."""
    return '"$(printf %s ' + base64.b64encode(program.encode()).decode() + ' | base64 -d)"'


def sums(release: Path) -> str:
    """What sha256sum checks."""
    with release.open("rb") as stream:
        entries = OwnRelease(stream).manifest.entries
    return "".join(f"{entry.sha256}  {entry.path}\n" for entry in entries)


def main() -> int:
    """Pull the plug as often as asked; 1 when a start did not play."""
    parser = argparse.ArgumentParser(description="Pull the plug of an emulated board, again and again.")
    parser.add_argument("folder", type=Path, help="what tests/appliance_board/prepare.sh filled")
    parser.add_argument("--cuts", type=int, default=20, help="how often (20)")
    parser.add_argument("--seed", type=int, default=1, help="of what, when, and which sectors (1)")
    parser.add_argument("--arch", choices=["amd64", "arm64"], default="amd64", help="(amd64)")
    parser.add_argument("--json", type=Path, default=RESULTS / "power_cuts.json", help="where the record goes")
    args = parser.parse_args()
    chance, record = random.Random(args.seed), list[dict[str, Any]]()
    with tempfile.TemporaryDirectory(prefix="ghostnote-cuts-") as work:
        campaign = Campaign(args.folder, Path(work), args.seed, args.arch)
        for number in range(args.cuts):
            doing = chance.choice(DOING)
            try:
                record.append({"plays": True, **campaign.cut(doing)})
            except (BoardDead, AssertionError) as error:
                record.append({"plays": False, "doing": doing, "why": str(error)[-2000:]})
                shutil.copyfile(Path(work) / "card", args.json.with_suffix(f".{number}.card"))
                campaign.fresh()
            print(f"{number + 1} of {args.cuts}: {record[-1]}", flush=True)
            keep(record, args)
    return int(not all(entry["plays"] for entry in record))


def keep(record: list[dict[str, Any]], args: argparse.Namespace) -> None:
    """The table so far, and every cut in a file beside it: a campaign that is broken off has its record."""
    rows: list[Row] = []
    for doing in DOING:
        of_it = [entry for entry in record if entry["doing"] == doing]
        plays = [entry for entry in of_it if entry["plays"]]
        rows.append(
            {
                "while": doing,
                "cuts": len(of_it),
                "plays": len(plays),
                "sectors not flushed": sum(entry["sectors"] for entry in plays),
                "of them lost": sum(entry["sectors"] - entry["stayed"] for entry in plays),
                "new version": sum(entry["version"] == NEW for entry in plays),
            }
        )
    where = f"{args.arch} under QEMU on {machine()['processor']}"
    note = f"seed {args.seed}, {where}; what is not flushed is lost by chance."
    publish("Power cuts", rows, [note], args.json)
    args.json.with_suffix(".jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in record))


if __name__ == "__main__":
    sys.exit(main())
