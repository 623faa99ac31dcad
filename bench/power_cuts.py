"""The plug of a box is pulled at random instants, again and again; each start behind it must play.

`python -m bench.power_cuts FOLDER --cuts 200 --seed 1`, with what tests/appliance_board/prepare.sh put into FOLDER; as
root. `--where`: of an emulated board (QEMU, slow), or of a container on the same card (seconds); bench/cut_boxes.py.

The box is doing one of four things when it happens: it plays a call and its answer, it writes its settings as fast as
it can, it writes a journal as fast as it can beside the one of its playing, it installs an update. The card loses what
was not flushed, sector by sector, by chance (tests/appliance_board/card.py). At the next start the units must be ready,
the settings be whole and one of those that were written, and none older than the last of which was said that it was
written; the running version must be the old or the new one with every byte of it, no update be on trial, every line of
the journals readable but a last one, all lines be there of which was said so, and a call be answered. That start is
the one whose plug is pulled next. Every campaign's cuts are kept and counted in bench/results/power_cuts.jsonl.
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
from bench.cut_boxes import CutBoard, CutBox, CutContainer
from bench.report import RESULTS, Row, publish
from tests.appliance_board.board import BoardDead
from tests.appliance_board.releases import Releases, make_key

DOING = ("playing", "settings", "journal", "update")
SETTINGS = Path(__file__).parents[1] / "tests/appliance_board/ghostnote.toml"
TAKE = "# take "
NEW = "0.9.0"
BESIDE = "/var/lib/ghostnote/beside"  # where the journal's writer writes, while the player keeps its own

# As the user of the services, by the writers that the box itself uses; each says what is on the card.
SETTER = f"""
import sys
sys.path.insert(0, "/opt/ghostnote/current/lib")
from pathlib import Path
from appliance.drivers.owner_settings import write_text
file = Path("/var/lib/ghostnote/ghostnote.toml")
base, _, take = file.read_text().partition("{TAKE}")
for take in range(int(take or 0) + 1, 1000000000):
    write_text(file, f"{{base}}{TAKE}{{take}}\\n")
    print(take, flush=True)
"""
CHRONICLER = f"""
import sys
sys.path.insert(0, "/opt/ghostnote/current/lib")
from pathlib import Path
from appliance.drivers.evening_writer import EveningWriter
writer = EveningWriter(Path("{BESIDE}"), 65536, 1 << 20)
for number in range(1000000000):
    writer.write(b'{{"number":%d,"event":"%s"}}\\n' % (number, b"x" * (number % 900)))
    print(number, flush=True)
"""
READER = f"""
import json, pathlib
bad, last = [], -1
for folder in ("/var/lib/ghostnote/journal", "{BESIDE}"):
    for part in sorted(pathlib.Path(folder).glob("*.jsonl")):
        lines = part.read_bytes().split(b"\\n")
        for number, line in enumerate(lines[:-1]):
            try:
                last = json.loads(line).get("number", last)
            except ValueError:
                bad.append(f"{{part.name}}:{{number + 1}}")
print(json.dumps([bad, last]))
"""


class Campaign:
    """One card after the other, in one box."""

    def __init__(self, folder: Path, work: Path, where: str, arch: str) -> None:
        key = make_key(work, "key")
        releases = Releases(folder / "release", work / "made", key)
        self._old = releases.base.version
        update = releases.make(NEW)
        listed = {self._old: work / f"{self._old}.sums", NEW: work / f"{NEW}.sums"}
        for version, release in ((self._old, folder / "release"), (NEW, update)):
            listed[version].write_text(sums(release))
        self._settings = SETTINGS.read_text()
        if where == CutContainer.where:
            # There are no pins; and a story is as much of a pad as there is.
            self._settings = self._settings.replace('factory = "lgpio"', 'factory = "mock"').replace(
                "pace = 20.0", "pace = 3.0"
            )
        (work / "owner.toml").write_text(self._settings)
        owner = {
            "ghostnote.toml": work / "owner.toml",
            "allowed_signers": key.with_name("key.signers"),
            "update.release": update,
            **{file.name: file for file in listed.values()},
        }
        box = CutContainer(folder, work, owner) if where == CutContainer.where else CutBoard(folder, work, owner, arch)
        self._box: CutBox = box
        self._ready = False  # a box that was looked at and plays; its plug is the next

    def cut(self, doing: str, chance: random.Random) -> dict[str, Any]:
        """Do something, pull the plug, start again and look. Raises: BoardDead, AssertionError."""
        if not self._ready:
            self._box.start()
        self._ready = False
        before = self._take()
        self._begin(doing)
        wait = chance.uniform(0.0, self._box.longest[doing])
        time.sleep(wait)
        lost, stayed = self._box.cut(chance)
        promised = self._box.promised()
        seconds = self._box.start()
        found = self._look(doing, promised, before)
        self._ready = True
        if found["version"] != self._old:
            self.fresh(chance)
        return {"doing": doing, "after": wait, "sectors": lost, "stayed": stayed, "start": seconds, **found}

    def fresh(self, chance: random.Random) -> None:
        """A card that was just written, in a box that is off."""
        self._box.cut(chance)
        self._ready = False
        self._box.fresh()

    def _begin(self, doing: str) -> None:
        as_service = "su -s /bin/sh ghostnote -c 'exec python3 -I -c {}'"
        if doing == "playing":
            self._box.call()
        elif doing == "settings":
            self._box.begin(as_service.format(quoted(SETTER)))
        elif doing == "journal":
            self._box.call()
            self._box.begin(as_service.format(quoted(CHRONICLER)))
        else:
            self._box.begin("ghostnote update install --force /boot/firmware/ghostnote/update.release")

    def _take(self) -> int:
        return int(self._box.run("cat /var/lib/ghostnote/ghostnote.toml").partition(TAKE)[2] or 0)

    def _look(self, doing: str, promised: int, before: int) -> dict[str, Any]:
        settings = self._box.run("cat /var/lib/ghostnote/ghostnote.toml")
        base, _, take = settings.partition(TAKE)
        assert base == self._settings, "the settings are not whole"
        assert re.fullmatch(r"|[0-9]+\n", take), f"the settings end with {take!r}"
        least = promised if doing == "settings" else before
        assert int(take or 0) >= least, f"take {least} was written, and {take.strip() or 'none'} is there"
        version = self._box.run("readlink /opt/ghostnote/current").strip().removeprefix("versions/")
        assert version in (self._old, NEW), f"{version} runs"
        told = json.loads(self._box.run("ghostnote update status --json"))["updates"]
        assert not told or told[-1]["outcome"] != "trying", told[-1]
        if doing == "update":
            listed = f"/boot/firmware/ghostnote/{version}.sums"
            wrong = self._box.run(f"cd /opt/ghostnote/current && sha256sum --check --quiet {listed} 2>&1 || true")
            assert not wrong, f"{version} is not whole: {wrong[-500:]}"
        bad, last = json.loads(self._box.run(f"python3 -I -c {quoted(READER)}"))
        assert not bad, f"the journal cannot be read: {bad}"
        if doing == "journal":
            assert last >= promised, f"line {promised} of the journal was written, and {last} is the last"
        return {"version": version, "take": take.strip(), "promised": promised, **self._box.plays()}


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
    args = _arguments()
    chance, failed = random.Random(args.seed), 0
    with tempfile.TemporaryDirectory(prefix="ghostnote-cuts-") as work:
        campaign = Campaign(args.folder, Path(work), args.where, args.arch)
        try:
            for number in range(args.cuts):
                doing = chance.choice(DOING)
                entry: dict[str, Any] = {"where": args.where, "arch": args.arch, "seed": args.seed, "cut": number + 1}
                try:
                    entry.update({"plays": True, **campaign.cut(doing, chance)})
                except (BoardDead, AssertionError) as error:
                    entry.update({"plays": False, "doing": doing, "why": str(error)[-2000:]})
                    failed += 1
                    _keep_card(Path(work), args.json.with_name(f"power_cuts.{args.seed}.{number + 1}.card"))
                    campaign.fresh(chance)
                print(f"{number + 1} of {args.cuts}: {entry}", flush=True)
                keep(entry, args.json)
        finally:
            campaign.fresh(chance)
    return int(failed > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Pull the plug of a box, again and again.")
    parser.add_argument("folder", type=Path, help="what tests/appliance_board/prepare.sh filled")
    parser.add_argument("--cuts", type=int, default=20, help="how often (20)")
    parser.add_argument("--seed", type=int, default=1, help="of what, when, and which sectors (1)")
    where = (CutContainer.where, CutBoard.where)
    parser.add_argument("--where", choices=where, default=where[0], help=f"({where[0]})")
    parser.add_argument("--arch", choices=["amd64", "arm64"], default="amd64", help="of an emulated board (amd64)")
    parser.add_argument("--json", type=Path, default=RESULTS / "power_cuts.json", help="where the record goes")
    return parser.parse_args()


def _keep_card(work: Path, file: Path) -> None:
    """What a start did not play with is looked at by hand."""
    for name in ("card", "data.ext4"):
        if (work / name).exists():
            shutil.copyfile(work / name, file)


def keep(entry: dict[str, Any], path: Path) -> None:
    """The cut behind those of all campaigns before, and the table of them all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".jsonl").open("a") as stream:
        stream.write(json.dumps(entry) + "\n")
    record = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
    kinds = sorted({(one["where"], one["arch"]) for one in record})
    rows = [_row(where, arch, doing, record) for where, arch in kinds for doing in DOING]
    note = "What was not flushed is lost by chance, sector by sector; every cut is a line of power_cuts.jsonl."
    publish("Power cuts", rows, [note], path)


def _row(where: str, arch: str, doing: str, record: list[dict[str, Any]]) -> Row:
    of_it = [one for one in record if (one["where"], one["arch"], one["doing"]) == (where, arch, doing)]
    plays = [one for one in of_it if one["plays"]]
    return {
        "where": f"{where}, {arch}",
        "while": doing,
        "cuts": len(of_it),
        "plays": len(plays),
        "sectors not flushed": sum(one["sectors"] for one in plays),
        "of them lost": sum(one["sectors"] - one["stayed"] for one in plays),
        "new version": sum(one["version"] == NEW for one in plays),
        "s to ready, at most": max((one["start"] for one in plays), default=0.0),
    }


if __name__ == "__main__":
    sys.exit(main())
