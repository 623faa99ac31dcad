"""The card's data partition, mounted on this computer; if it is to be, behind a card that forgets.

A forgetful one goes through card.py, as QEMU's does: the file system here writes to a loop device, whose file is served
by qemu-storage-daemon, which has it from the card. What the file system has flushed is on the card, and nothing else.
"""

import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.appliance_board.board import BoardDead
from tests.appliance_board.card import Card

_CLONE_NEWNS = 0x00020000  # <linux/sched.h>
_PATIENCE = 30.0  # s for what takes a tenth of one


def mount_apart() -> None:
    """What this process mounts from here on is seen by it and its children alone (unshare(2)).

    Somebody else's container, started meanwhile, would take a copy of it along, and no card could be pulled out.
    """
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "no mounts of its own")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


def grow(file: Path, megabytes: int) -> None:
    """As the box lets it grow to the card's end at its first start."""
    with file.open("r+b") as stream:
        stream.truncate(megabytes << 20)
    check(file)
    subprocess.run(["resize2fs", file], check=True, capture_output=True)


def check(device: Path) -> None:
    """As the box does at each start, with fsck.repair=yes. Raises: BoardDead when it cannot be mended."""
    done = subprocess.run(["e2fsck", "-f", "-y", device], capture_output=True, text=True, check=False)
    if done.returncode & ~1:  # 1: mended (e2fsck(8))
        raise BoardDead(f"e2fsck: {done.returncode}: {done.stdout[-1000:]}")


class DataPartition:
    """Its file, on a folder."""

    def __init__(self, file: Path, folder: Path, work: Path, *, forgetful: bool) -> None:
        """`work`: for a socket and the like."""
        self._file, self._folder, self._work = file, folder, work
        self._forgetful = forgetful
        self._card: Card | None = None
        self._server: subprocess.Popen[bytes] | None = None
        folder.mkdir(exist_ok=True)

    def mount(self) -> None:
        """Checked and mended, as at a start."""
        file = self._served() if self._forgetful else self._file
        loop = _said("losetup", "--find", "--show", file)
        try:
            check(Path(loop))
            subprocess.run(["mount", "-t", "ext4", "-o", "noatime", loop, self._folder], check=True)
        finally:
            # It goes with the mount; at once when there is none.
            subprocess.run(["losetup", "--detach", loop], check=True)

    def pull(self, chance: random.Random) -> tuple[int, int]:
        """From here on nothing reaches the card: sectors that were not flushed, and those of them that stayed."""
        return self._card.pull(chance) if self._card is not None else (0, 0)

    def unmount(self) -> None:
        """Behind the end of whoever had files open in it; nothing is done where it is not mounted."""
        if self._folder.is_mount():
            _until(lambda: not subprocess.run(["umount", self._folder], capture_output=True, check=False).returncode)
        if self._server is not None:
            # The loop device lets its file go a moment after it is unmounted.
            _until(lambda: str(self._served_file) not in _said("losetup", "--list", "--noheadings", "-O", "BACK-FILE"))
            self._server.terminate()
            self._server.wait(_PATIENCE)
            self._server = None
        if self._card is not None:
            self._card.close()
            self._card = None

    @property
    def _served_file(self) -> Path:
        return self._work / "served"

    def _served(self) -> Path:
        self._card = Card(self._file, self._work / "card.sock")
        self._served_file.touch()
        before = self._served_file.stat().st_ino
        words = [f"driver=nbd,node-name=card,server.type=unix,server.path={self._card.socket}"]
        export = f"type=fuse,id=data,node-name=card,mountpoint={self._served_file},writable=on"
        self._server = subprocess.Popen(["qemu-storage-daemon", "--blockdev", *words, "--export", export])
        _until(lambda: self._served_file.stat().st_ino != before)
        return self._served_file


def _said(*words: str | Path) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def _until(done: Callable[[], object]) -> None:
    end = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > end:
            raise BoardDead("the data partition does not let go, or is not served")
        time.sleep(0.05)
