"""From power to the first answer on the emulated board, by stage, beside the bare system: the same card without us.

`python -m bench.board_start FOLDER`, with what tests/appliance_board/prepare.sh put into FOLDER; as root. Every instant
is by the board's own clock, which begins with its kernel and counts instructions, a thousand million in a second, on
one core: what that says of a Pi is in boot/README.md.
"""

import re
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.report import Row, options, publish
from tests.appliance_board import concert
from tests.appliance_board.board import UNITS, Board, BoardDead, new_card
from tests.appliance_board.releases import make_key

SETTINGS = Path(__file__).parents[1] / "tests/appliance_board/ghostnote.toml"
PATIENCE = 900.0  # s for a start on a busy host
SETTLE = "ghostnote-settle"
WITHOUT = " ".join(f"systemd.mask={unit}.service" for unit in (*UNITS, SETTLE, "ghostnote-owner"))
SHOWN = ("ghostnote-striker", "ghostnote-out", "ghostnote-player", "ghostnote-panel", "ghostnote-doctor")


def system(board: Board) -> dict[str, float]:
    """The stages that every start has: seconds since the kernel began."""
    began = re.search(r"\[ *([0-9.]+)\][^\n]*Run /init as init process", board.run("dmesg"))
    end = time.monotonic() + PATIENCE
    while True:
        said = board.run("systemctl show --property=UserspaceTimestampMonotonic,FinishTimestampMonotonic")
        found = dict(line.split("=") for line in said.split())
        if int(found["FinishTimestampMonotonic"]):
            break
        if time.monotonic() > end:
            raise BoardDead("the start does not end")
        board.ask("pause", seconds=1.0)
    stages = {"kernel": float(began[1])} if began else {}
    stages["root, process 1"] = int(found["UserspaceTimestampMonotonic"]) / 1e6
    stages["all of the system"] = int(found["FinishTimestampMonotonic"]) / 1e6
    return stages


def bare(folder: Path, work: Path, card: Path) -> dict[str, float]:
    """A start of the same card on which none of our services is started."""
    with Board(folder, card, work, words=WITHOUT) as board:
        board.await_watcher(PATIENCE)
        return system(board)


def ours(folder: Path, work: Path, card: Path) -> dict[str, float]:
    """A start that plays. Raises: BoardDead, AssertionError when it does not."""
    with Board(folder, card, work) as board:
        board.await_watcher(PATIENCE)
        board.await_ready(PATIENCE)
        heard = concert.play(board)
        concert.check_answer(heard)
        stages = system(board)
        states = board.units()
        for unit in SHOWN:
            name = unit.removeprefix("ghostnote-")
            stages[f"{name} began"] = int(states[unit]["InactiveExitTimestampMonotonic"]) / 1e6
            stages[f"{name} ready"] = int(states[unit]["ActiveEnterTimestampMonotonic"]) / 1e6
        stages["first hit to first stroke of the answer"] = concert.pushes(heard)[0][0] - heard["sent"][0]
        stages["first answer, had the call begun when ready"] = (
            stages["player ready"] + stages["first hit to first stroke of the answer"]
        )
        return stages


def main() -> None:
    """Measure and publish."""
    parser = options("From power to the first answer on the emulated board, by stage.", "board_start")
    parser.add_argument("folder", type=Path, help="what tests/appliance_board/prepare.sh filled")
    parser.add_argument("--times", type=int, default=3, help="starts of each (3)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ghostnote-start-") as name:
        work = Path(name)
        key = make_key(work, "key")
        owner = {"ghostnote.toml": SETTINGS, "allowed_signers": key.with_name("key.signers")}
        card = new_card(args.folder, work / "card", owner)
        first = ours(args.folder, work, card)  # takes the owner's files over, and lets the data partition grow
        print("the first start of a new card:", {stage: round(seconds, 2) for stage, seconds in first.items()})
        starts = {"bare": list[dict[str, float]](), "ours": list[dict[str, float]]()}
        for _ in range(args.times):
            starts["bare"].append(bare(args.folder, work, card))
            starts["ours"].append(ours(args.folder, work, card))
    rows = [_row(stage, first, starts) for stage in sorted(first, key=first.__getitem__)]
    qemu = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True, check=True).stdout
    notes = [f"{args.times} starts each, medians, s since the kernel began; one instruction a ns, one core."]
    publish("From power to the first answer, emulated board", rows, [*notes, qemu.splitlines()[0]], args.json)


def _row(stage: str, first: dict[str, float], starts: dict[str, list[dict[str, float]]]) -> Row:
    ours = [one[stage] for one in starts["ours"] if stage in one]
    bare = [one[stage] for one in starts["bare"] if stage in one]
    row: Row = {"stage": stage, "ours": median(ours), "least": min(ours), "most": max(ours), "new card": first[stage]}
    row["bare"] = f"{median(bare):.4g}" if bare else ""
    row["ratio"] = f"{median(ours) / median(bare):.2f}" if bare else ""
    return row


if __name__ == "__main__":
    main()
