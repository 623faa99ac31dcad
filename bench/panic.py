"""From a panic on the pad to the last motor's line low, through the real processes, a model flat out, in every turn.

The striker's motors are on paper (drivers/paper_bridge.py), whose lines carry the instant of each write. A stroke is
asked for, and while its motor is driven the pad says "all notes off". `python -m bench.panic`.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from appliance.drivers.paper_bridge import Paper
from appliance.drivers.realtime import PLAYER_PRIORITY
from appliance.drivers.striker_link import StrikerLink
from appliance.notation.hit import Stroke
from appliance.settings import load_settings
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import COAST
from appliance.views.figures import percentile
from bench.chain import Pad, as_striker, load, player
from bench.report import Row, options, publish

TARGET = 0.010  # s
KICK = 36
BAR = 1.0  # s, of the call at the player's 240 quarters a minute
PANICS = (123, 120)
LOST = 1.0  # s after which a motor that is still driven has not heard of it
TRIES = 5  # a stroke whose instant met a standstill of the machine is left out, and asked for again

_LOOK = 0.0002  # s between two looks at the paper, which has the instants itself

_QUIET = 0.3  # s behind a panic in which nothing may move

TURNS = ("idle", "listening", "answering")


class Bench:
    """Pad and paper of one chain."""

    def __init__(self, pad: Pad, link: StrikerLink, paper: Paper) -> None:
        self._pad = pad
        self._link = link
        self._paper = paper
        self._chance = random.Random(1)
        self.left_out = 0

    def panic_in(self, turn: str) -> float:
        """Seconds from the message to the last line low; a motor that moves behind the panic makes them long."""
        for _ in range(TRIES):
            self._bring_to(turn)
            if self._drives():
                return self._panic()
            self.left_out += 1
            self._send_panic()
            time.sleep(_QUIET)
        raise SystemExit(f"{TRIES} strokes were never begun: {self._link.receive()}")

    def _bring_to(self, turn: str) -> None:
        if turn != "idle":
            self._pad.play(bytes((0x99, KICK, 100)))
        if turn == "answering":
            time.sleep(BAR + 0.1)
        time.sleep(self._chance.random() * 0.2)

    def _drives(self) -> bool:
        """A stroke is asked for, and its motor is driven."""
        self._link.send([Stroke(time.monotonic() + 0.1, KICK, 127)])
        end = time.monotonic() + LOST
        while not self._paper.is_high(0):
            if time.monotonic() > end:
                return False
            time.sleep(_LOOK)
        self._link.receive()
        return True

    def _panic(self) -> float:
        first = self._paper.written
        since = self._send_panic()
        self._await_rest(since)
        time.sleep(_QUIET)
        return max(line.time for line in self._paper.lines(first) if line.inputs == COAST) - since

    def _send_panic(self) -> float:
        return self._pad.play(bytes((0xB9, self._chance.choice(PANICS), 0)))

    def _await_rest(self, since: float) -> None:
        while any(self._paper.is_high(motor) for motor in range(8)):
            if time.monotonic() > since + LOST:
                raise SystemExit("a motor is driven still")
            time.sleep(_LOOK)


def measure(turn: str, count: int, priority: int, burners: int) -> tuple[list[float], int]:
    """Seconds of each panic, and how many strokes were left out and asked for again."""
    strike = load_settings().room("strike", StrikeSettings)
    with tempfile.TemporaryDirectory(prefix="ghostnote-") as name:
        folder = Path(name)
        socket = folder / "striker.sock"
        words = ["striker", "--paper", str(folder / "paper"), "--socket", str(socket), "--until-eof"]
        striker = subprocess.Popen(
            [sys.executable, "-m", "appliance", *words], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        try:
            with StrikerLink.connect(socket, 20.0) as link:
                paper = Paper(folder / "paper", [motor.name for motor in strike.motors])
                chain = player(folder, socket, priority=priority, flat_out=True, thru=False)
                with load(burners), chain as pad:
                    time.sleep(10.0)  # until the worker has its model
                    bench = Bench(pad, link, paper)
                    bench.panic_in(turn)
                    return [bench.panic_in(turn) for _ in range(count)], bench.left_out
        finally:
            if striker.stdin is not None:
                striker.stdin.close()
            striker.wait()


def main() -> int:
    parser = options(__doc__.splitlines()[0], "panic")
    parser.add_argument("--panics", type=int, default=100, help="in each turn")
    args = parser.parse_args()
    as_striker(below=5)
    rows: list[Row] = []
    cores = os.cpu_count() or 1
    for burners, name in ((0, "the worker flat out"), (cores, "the worker and a model on each core flat out")):
        for turn in TURNS:
            seconds, left_out = measure(turn, args.panics, PLAYER_PRIORITY, burners)
            row: Row = {"beside it": name, "turn": turn, "panics": len(seconds), "strokes asked for anew": left_out}
            for share, label in ((0.5, "p50 ms"), (0.99, "p99 ms"), (1.0, "max ms")):
                row[label] = 1e3 * percentile(seconds, share)
            rows.append(row)
    notes = [f"target: {1e3 * TARGET:g} ms, always", f"load average {os.getloadavg()[0]:.1f}"]
    publish("From a panic to the last motor's line low, through the processes", rows, notes, args.json)
    return int(max(float(row["max ms"]) for row in rows) > 1e3 * TARGET)


if __name__ == "__main__":
    raise SystemExit(main())
