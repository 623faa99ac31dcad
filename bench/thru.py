"""From a hit on the pad to the stroke's command at the striker, through the real processes, a model flat out.

The hit is stamped before it is sent; the command when the striker's end of the socket has it in hand. Three processes:
pad and striker here, at the striker's priority, the player, and the worker that answers without a pause for another
duet. `python -m bench.thru`.

A witness above all of them (bench/freeze_witness.py) notes when a processor stood still or, as on a machine shared with
others, held nothing in its caches; hits that met that are counted in the first figures and left out in the last two.
"""

import os
import random
import select
import socket
import tempfile
import time
from pathlib import Path

import msgspec

from appliance.drivers.realtime import PLAYER_PRIORITY
from appliance.strike.wire import VERSION, Hello, Request, Strokes
from appliance.views.figures import percentile
from bench.chain import Pad, as_striker, load, player
from bench.freeze_witness import light_witness, slow_spells, standstills, undisturbed
from bench.report import Row, options, publish
from bench.striker_lateness import WITNESS

TARGET = 0.001  # s, of 99 in 100
KEYS = (36, 38, 42, 45, 48, 50, 49, 51)
LOST = 5.0  # s after which a command is taken for lost

Way = tuple[float, float]  # when a command came, and how long it took (s)


class StampingStriker:
    """Says Hello as a striker does, and looks at the clock whenever strokes come."""

    def __init__(self, path: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(str(path))
        self._listener.listen(1)
        self._decoder = msgspec.msgpack.Decoder(Request)

    def accept(self) -> None:
        """Let the player in."""
        self._socket, _ = self._listener.accept()
        self._socket.send(msgspec.msgpack.encode([Hello(VERSION, os.getpid(), 0, False)]))
        while not select.select([self._socket], (), (), 60.0)[0]:
            raise SystemExit("the player never came")

    def await_thru(self, key: int) -> float | None:
        """The instant at which the stroke of a hit arrived; an answer's pass by: they say until when they are all."""
        end = time.monotonic() + LOST
        while select.select([self._socket], (), (), max(0.0, end - time.monotonic()))[0]:
            packet = self._socket.recv(65536)
            now = time.monotonic()
            match self._decoder.decode(packet):
                case Strokes(_, strokes, None) if any(stroke.pitch == key for stroke in strokes):
                    return now
        return None

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
        self._listener.close()


def hits(pad: Pad, striker: StampingStriker, count: int) -> list[Way]:
    """Of so many hits 5 to 25 ms apart when the command came, and how many seconds behind the hit."""
    chance = random.Random(1)
    ways = []
    for number in range(count):
        time.sleep(0.005 + chance.random() * 0.02)
        key = KEYS[number % len(KEYS)]
        since = pad.play(bytes((0x99, key, 100)))
        came = striker.await_thru(key)
        if came is None:
            raise SystemExit(f"hit {number} never came through")
        ways.append((came, came - since))
    return ways


def measure(count: int, *, priority: int, flat_out: bool, burners: int) -> tuple[list[Way], list[Way]]:
    """All hits, and those that no standstill and no slow spell met."""
    with tempfile.TemporaryDirectory(prefix="ghostnote-") as folder:
        still = Path(folder) / "standstills"
        witness = light_witness(still, *WITNESS, Path(folder))
        striker = StampingStriker(Path(folder) / "striker.sock")
        chain = player(Path(folder), Path(folder) / "striker.sock", priority=priority, flat_out=flat_out, thru=True)
        with load(burners), chain as pad:
            striker.accept()
            hits(pad, striker, 100)  # until everything has run once
            ways = hits(pad, striker, count)
        striker.close()
        witness.kill()
        witness.wait()
        return ways, undisturbed(ways, [*standstills(still), *slow_spells(still)], 0.0)


def main() -> int:
    parser = options(__doc__.splitlines()[0], "thru")
    parser.add_argument("--hits", type=int, default=2000, help="of each row")
    args = parser.parse_args()
    cores = os.cpu_count() or 1
    as_striker()
    forms = [
        ("nothing", False, 0, 0),
        ("the worker flat out", True, 0, 0),
        ("the worker flat out", True, 0, PLAYER_PRIORITY),
        ("the worker and a model on each core flat out", True, cores, 0),
        ("the worker and a model on each core flat out", True, cores, PLAYER_PRIORITY),
    ]
    rows: list[Row] = []
    for name, flat_out, burners, priority in forms:
        ways, calm = measure(args.hits, priority=priority, flat_out=flat_out, burners=burners)
        policy = f"SCHED_FIFO {priority}" if priority else "SCHED_OTHER"
        row: Row = {"beside it": name, "player": policy, "hits": len(ways)}
        for share, label in ((0.5, "p50 ms"), (0.99, "p99 ms"), (0.999, "p99.9 ms"), (1.0, "max ms")):
            row[label] = 1e3 * percentile([seconds for _, seconds in ways], share)
        row["undisturbed"] = len(calm)
        row["their p99 ms"] = 1e3 * percentile([seconds for _, seconds in calm], 0.99)
        rows.append(row)
    notes = [f"target: p99 of {1e3 * TARGET:g} ms with a model flat out", f"load average {os.getloadavg()[0]:.1f}"]
    publish("From a hit to its stroke's command, through the processes", rows, notes, args.json)
    return int(float(rows[2]["p99 ms"]) > 1e3 * TARGET)


if __name__ == "__main__":
    raise SystemExit(main())
