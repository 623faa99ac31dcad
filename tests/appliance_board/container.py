"""The card's root and data in a container: its own systemd as process 1, at this computer's speed.

What a container has not: a kernel of its own, pins, pads and power; for these there is board.py. Its pins are mock
ones, and a story is played instead of a pad.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.appliance_board.board import UNITS, BoardDead

_MEBIBYTE = 1 << 20
_SECTOR = 512
_FIRST, _FAT = 2048, 96 * _MEBIBYTE // _SECTOR  # boot/image/build.sh
_STORY = """[Service]
ExecStart=
ExecStart=/opt/ghostnote/current/bin/ghostnote run --striker /run/ghostnote/striker.sock --out /run/ghostnote/out.sock \
--control /run/ghostnote/control.sock --settings /var/lib/ghostnote/ghostnote.toml \
--story /opt/ghostnote/current/lib/share/ghostnote/stories/rock.mid
"""
# What the container has of the computer around it.
_MASKED = ("ghostnote-grow.service", "systemd-networkd.service", "console-getty.service", "systemd-timesyncd.service")


def partition(card: Path, number: int, file: Path) -> Path:
    """A partition of a card's image as a file."""
    listed = subprocess.run(["sfdisk", "--json", card], capture_output=True, text=True, check=True).stdout
    import json

    place = json.loads(listed)["partitiontable"]["partitions"][number - 1]
    words = [f"skip={place['start'] * _SECTOR}", f"count={place['size'] * _SECTOR}", "iflag=skip_bytes,count_bytes"]
    subprocess.run(["dd", f"if={card}", f"of={file}", "bs=1M", "conv=sparse", "status=none", *words], check=True)
    return file


class Container:
    """A box in a container; it starts at once."""

    def __init__(self, card: Path, work: Path, owner: dict[str, Path], room: int = 700) -> None:
        """`owner`: the files in the folder of the FAT partition; `room`: MB of the data partition."""
        self.work = work
        self.root, self.data = work / "root", work / "data"
        if not self.root.exists():
            erofs = partition(card, 2, work / "root.erofs")
            subprocess.run(["fsck.erofs", f"--extract={self.root}", erofs], check=True, capture_output=True)
            erofs.unlink()
        self.data.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={room}M,mode=755", "tmpfs", self.data], check=True)
        data = partition(card, 3, work / "data.ext4")
        subprocess.run(["debugfs", "-R", f"rdump / {self.data}", data], check=True, capture_output=True)
        data.unlink()
        shutil.rmtree(self.data / "lost+found", ignore_errors=True)
        (self.root / "etc/fstab").write_text("")
        dropped = self.root / "etc/systemd/system/ghostnote-player.service.d"
        dropped.mkdir(exist_ok=True)
        (dropped / "story.conf").write_text(_STORY)
        folder = self.root / "boot/firmware/ghostnote"
        folder.mkdir(parents=True, exist_ok=True)
        for name, source in owner.items():
            shutil.copyfile(source, folder / name)
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        subprocess.run(["umount", "-l", self.data], check=True)

    def start(self) -> None:
        """Process 1 begins."""
        words = ["systemd-nspawn", "--quiet", "--directory", self.root, "--boot", "--register=no", "--keep-unit"]
        words += ["--machine=ghostbox", f"--bind={self.data}:/data", f"--bind={self.data}/ghostnote:/opt/ghostnote"]
        words += [f"--bind={self.data}/lib:/var/lib/ghostnote", *(f"systemd.mask={unit}" for unit in _MASKED)]
        self._log = (self.work / "console").open("wb")
        self._nspawn = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "0"},
        )
        end = time.monotonic() + 30.0
        while not (first := self._first()):
            if time.monotonic() > end or self._nspawn.poll() is not None:
                raise BoardDead((self.work / "console").read_text(errors="replace")[-500:])
            time.sleep(0.1)
        self._first_process = first

    def stop(self) -> None:
        """As a plug that is pulled: nobody is asked."""
        os.kill(self._first_process, signal.SIGKILL)
        self._nspawn.wait()
        self._log.close()

    def _first(self) -> int:
        found = subprocess.run(["pgrep", "-P", str(self._nspawn.pid), "-x", "systemd"], capture_output=True, text=True)
        return int(found.stdout.split()[0]) if found.stdout else 0

    def tries(self, command: str, limit: float = 300.0) -> tuple[int, str]:
        """A shell's command inside, as root: its status, and all that it said."""
        inside = ["nsenter", "-t", str(self._first_process), "-m", "-u", "-i", "-n", "-p", "-C", "env", "-i",
                  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]  # fmt: skip
        done = subprocess.run(
            [*inside, "/bin/sh", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
        )
        return done.returncode, done.stdout

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
