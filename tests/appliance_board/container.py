"""The card's root and data in a container: its own systemd as process 1, at this computer's speed.

What a container has not: a kernel of its own, pins, pads and power; for these there is board.py. Its pins are mock
ones, and a story is played instead of a pad. Its root is put together as boot/image/init does it: the card's, which
cannot be written, and memory above it, which is gone when it stops.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import IO, Self

from tests.appliance_board.board import UNITS, BoardDead
from tests.appliance_board.data_partition import DataPartition, grow, mount_apart

_SECTOR = 512


def player_by(source: str) -> str:
    """What a unit's folder says for a player that hears `source`, which are words of `ghostnote run`, and no pads."""
    return f"""[Service]
ExecStart=
ExecStart=/opt/ghostnote/current/bin/ghostnote run --striker /run/ghostnote/striker.sock --out /run/ghostnote/out.sock \
--control /run/ghostnote/control.sock --settings /var/lib/ghostnote/ghostnote.toml {source}
"""


_STORY = player_by("--story /opt/ghostnote/current/lib/share/ghostnote/stories/rock.mid")
# What the container has of the computer around it.
_MASKED = ("systemd-networkd.service", "console-getty.service", "systemd-timesyncd.service")


def partition(card: Path, number: int) -> tuple[int, int]:
    """Where a partition of a card's image begins, and how long it is: bytes."""
    listed = subprocess.run(["sfdisk", "--json", card], capture_output=True, text=True, check=True).stdout
    place = json.loads(listed)["partitiontable"]["partitions"][number - 1]
    return place["start"] * _SECTOR, place["size"] * _SECTOR


class Container:
    """A box in a container."""

    def __init__(
        self,
        card: Path,
        work: Path,
        owner: dict[str, Path],
        room: int = 700,
        *,
        forgetful: bool = False,
        start: bool = True,
    ) -> None:
        """`owner`: the files in the folder of the FAT partition; `room`: MB of the data partition.

        `forgetful`: a pulled plug takes what the data partition had not flushed; `start`: power is on at once.
        """
        mount_apart()
        self._card, self.work, self._owner, self._room = card, work, owner, room
        self.data = work / "data"
        self._lower, self._memory = work / "lower", work / "memory"
        self.root = work / "root"
        for folder in (self._lower, self._memory, self.root):
            folder.mkdir(exist_ok=True)
        self._partition = DataPartition(work / "data.ext4", self.data, work, forgetful=forgetful)
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._first_process = 0
        self.powered = 0.0
        self.fresh()
        if start:
            self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def fresh(self) -> None:
        """The data partition as it is on a card that was just written, and has grown."""
        grown = self.work / "data.grown"
        if not grown.exists():
            begin, length = partition(self._card, 3)
            words = [f"skip={begin}", f"count={length}", "iflag=skip_bytes,count_bytes"]
            subprocess.run(
                ["dd", f"if={self._card}", f"of={grown}", "bs=1M", "conv=sparse", "status=none", *words], check=True
            )
            grow(grown, self._room)
        subprocess.run(["cp", "--sparse=always", grown, self.work / "data.ext4"], check=True)

    def start(self) -> None:
        """Power: the root that cannot be written, memory above it, the data partition, and process 1."""
        begin, length = partition(self._card, 2)
        place = f"ro,loop,offset={begin},sizelimit={length}"
        subprocess.run(["mount", "-t", "erofs", "-o", place, self._card, self._lower], check=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200M,mode=755", "tmpfs", self._memory], check=True)
        for name in ("upper", "work"):
            (self._memory / name).mkdir()
        layers = f"lowerdir={self._lower},upperdir={self._memory}/upper,workdir={self._memory}/work"
        subprocess.run(["mount", "-t", "overlay", "-o", layers, "overlay", self.root], check=True)
        self._furnish()
        self._partition.mount()
        words = ["systemd-nspawn", "--quiet", "--directory", str(self.root), "--boot", "--register=no", "--keep-unit"]
        words += ["--machine=ghostbox", f"--bind={self.data}:/data", f"--bind={self.data}/ghostnote:/opt/ghostnote"]
        words += [f"--bind={self.data}/lib:/var/lib/ghostnote", *(f"systemd.mask={unit}" for unit in _MASKED)]
        self.powered = time.monotonic()
        with (self.work / "console").open("wb") as log:
            self._nspawn = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "0"},
            )
        end = time.monotonic() + 30.0
        while not (first := self._first(self._nspawn.pid)):
            if time.monotonic() > end or self._nspawn.poll() is not None:
                raise BoardDead((self.work / "console").read_text(errors="replace")[-500:])
            time.sleep(0.1)
        self._first_process = first

    def _furnish(self) -> None:
        """What the root has of this computer instead of a card: no mounts of its own, a story, the owner's files."""
        (self.root / "etc/fstab").write_text("")
        dropped = self.root / "etc/systemd/system/ghostnote-player.service.d"
        dropped.mkdir(exist_ok=True)
        (dropped / "story.conf").write_text(_STORY)
        folder = self.root / "boot/firmware/ghostnote"
        folder.mkdir(parents=True, exist_ok=True)
        for name, source in self._owner.items():
            shutil.copyfile(source, folder / name)

    def stop(self, chance: random.Random | None = None) -> tuple[int, int]:
        """As a plug that is pulled: nobody is asked. Sectors that were not flushed, and those of them that stayed."""
        fate = self._partition.pull(chance or random.Random(0))
        if self._nspawn is not None:
            with contextlib.suppress(ProcessLookupError):
                # With it the kernel kills whoever is in there; before it there is nspawn alone.
                os.kill(self._first_process or self._nspawn.pid, signal.SIGKILL)
            self._nspawn.wait()
        self._nspawn, self._first_process = None, 0
        self._partition.unmount()
        for folder in (self.root, self._memory, self._lower):
            if folder.is_mount():
                subprocess.run(["umount", folder], check=True)
        return fate

    @staticmethod
    def _first(nspawn: int) -> int:
        found = subprocess.run(["pgrep", "-P", str(nspawn), "-x", "systemd"], capture_output=True, text=True)
        return int(found.stdout.split()[0]) if found.stdout else 0

    def tries(self, command: str, limit: float = 300.0) -> tuple[int, str]:
        """A shell's command inside, as root: its status, and all that it said."""
        done = subprocess.run(
            [*self._inside, command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
        )
        return done.returncode, done.stdout

    def begin(self, command: str, said: IO[bytes]) -> subprocess.Popen[bytes]:
        """The same, and nobody waits for it; what it says goes into a file."""
        return subprocess.Popen([*self._inside, command], stdout=said, stderr=said)

    @property
    def _inside(self) -> list[str]:
        return ["nsenter", "-t", str(self._first_process), "-m", "-u", "-i", "-n", "-p", "-C", "env", "-i",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "/bin/sh", "-c"]  # fmt: skip

    def run(self, command: str, limit: float = 300.0) -> str:
        """The same, which must end well."""
        status, said = self.tries(command, limit)
        if status:
            raise BoardDead(f"{command}: {status}: {said}")
        return said

    def units(self) -> dict[str, dict[str, str]]:
        """What systemd says of our services."""
        names = " ".join(f"{unit}.service" for unit in UNITS)
        status, said = self.tries(f"systemctl show --property=Id,ActiveState,SubState,NRestarts,MainPID {names}")
        if status:  # there is no bus yet
            return {}
        blocks = [dict(line.split("=", 1) for line in block.splitlines()) for block in said.strip().split("\n\n")]
        return {block["Id"].removesuffix(".service"): block for block in blocks}

    def await_ready(self, limit: float = 90.0) -> None:
        """Until all our services are ready. Raises: BoardDead."""
        end = time.monotonic() + limit
        while True:
            states = self.units()
            if states and all(state["SubState"] == "running" for state in states.values()):
                return
            if time.monotonic() > end:
                raise BoardDead(f"not ready: {states} {self.tries('journalctl -b -n 40 --no-pager')[1]}")
            time.sleep(0.3)
