"""The emulated board, from outside: power, plug, pad and lines."""

import contextlib
import json
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from tests.appliance_board.card import Card

UNITS = ("ghostnote-striker", "ghostnote-out", "ghostnote-player", "ghostnote-doctor", "ghostnote-panel")
_CARD = 1536 * 1024 * 1024  # bytes of the card that the image is written to: its data partition grows to that

# The board's clock counts instructions, one a nanosecond, and this computer's clock only while it sleeps: so a busy
# host makes nothing late in it, and its seconds are those of a processor of one core that does a thousand million
# instructions in each (QEMU, docs/devel/tcg-icount.rst). That takes one thread.
_CLOCK = ["-accel", "tcg,thread=single", "-smp", "1", "-icount", "shift=0,sleep=on"]

# Kernel and QEMU's machine for each processor.
_MACHINES = {
    "amd64": ["qemu-system-x86_64", "-M", "q35", "-cpu", "max"],
    "arm64": ["qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a72"],
}
_CONSOLES = {"amd64": "ttyS0", "arm64": "ttyAMA0"}


class BoardDead(Exception):
    """The board did not do what a board does."""


def new_card(folder: Path, file: Path, owner: dict[str, Path]) -> Path:
    """A card with the image on it, and the owner's files in the folder that any computer can write to."""
    subprocess.run(["cp", "--sparse=always", folder / "card", file], check=True)
    os.truncate(file, _CARD)
    for name, source in owner.items():
        subprocess.run(["mcopy", "-o", "-i", f"{file}@@1M", source, f"::ghostnote/{name}"], check=True)
    return file


class Board:
    """A board with a card in it; power is on from the beginning."""

    def __init__(
        self,
        folder: Path,
        file: Path,
        work: Path,
        *,
        arch: str = "amd64",
        words: str = "",
        ssh: int = 0,
        watchdog: bool = False,
    ) -> None:
        """`folder`: what build.sh filled; `words`: more for the kernel; `ssh`: a port of ours for its SSH.

        `watchdog`: it has one, and starts again when that resets it; without, QEMU ends then.
        """
        self._socket = work / "watcher.sock"
        self._socket.unlink(missing_ok=True)
        self.console = work / "console"
        self.card = Card(file, work / "card.sock")
        self.powered = time.monotonic()
        self._process = subprocess.Popen(
            _command(folder, arch, words, self.card.socket, self._socket, self.console, ssh, watchdog),
            stdin=subprocess.DEVNULL,
            preexec_fn=_with_its_parent,
        )
        self._watcher: socket.socket | None = None
        self._heard = b""
        self._off = False
        self.began = 0.0  # when the guest's kernel began, by this computer's clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()

    def await_watcher(self, limit: float) -> None:
        """Until the watcher in the board can be asked. Raises: BoardDead."""
        end = time.monotonic() + limit
        while self._watcher is None:
            self._alive(end)
            watcher = socket.socket(socket.AF_UNIX)
            try:
                watcher.connect(str(self._socket))
                self._watcher = watcher
            except OSError:
                watcher.close()
                time.sleep(0.05)
        while "here" not in self._line(end):
            pass
        asked = time.monotonic()
        now = self.ask("hello")["now"]
        self.began = (asked + time.monotonic()) / 2 - now

    def await_again(self, limit: float) -> None:
        """Until the watcher of a board that started again can be asked."""
        end = time.monotonic() + limit
        while "here" not in self._line(end):
            pass

    def begin(self, do: str, **words: Any) -> None:
        """Ask the watcher without waiting for an answer: it will be there, unless the plug is pulled before."""
        assert self._watcher is not None
        self._watcher.sendall(json.dumps({"do": do, **words}).encode() + b"\n")

    def ask(self, do: str, limit: float = 120.0, **words: Any) -> Any:
        """What the watcher has to say. Raises: BoardDead when it says nothing, or that it went wrong."""
        self.begin(do, **words)
        answer = self._line(time.monotonic() + limit)
        if "error" in answer:
            raise BoardDead(answer["error"])
        return answer["result"]

    def run(self, command: str, limit: float = 120.0) -> str:
        """A shell's command in the board, which must end well; what it said."""
        done = self.ask("run", limit + 10.0, command=command, timeout=limit)
        if done["status"]:
            raise BoardDead(f"{command}: {done['status']}: {done['err'] or done['out']}")
        return str(done["out"])

    def tries(self, command: str, limit: float = 120.0) -> tuple[int, str]:
        """A shell's command in the board: its status, and all that it said."""
        done = self.ask("run", limit + 10.0, command=command, timeout=limit)
        return done["status"], done["out"] + done["err"]

    def units(self) -> dict[str, dict[str, str]]:
        """What systemd says of our services."""
        found: dict[str, dict[str, str]] = self.ask("units", names=[f"{unit}.service" for unit in UNITS])
        return {name.removesuffix(".service"): state for name, state in found.items()}

    def await_ready(self, limit: float) -> dict[str, dict[str, str]]:
        """Until all our services have said that they are ready. Raises: BoardDead, with what they are instead."""
        end = time.monotonic() + limit
        while True:
            states = self.units()
            if all((state["ActiveState"], state["SubState"]) == ("active", "running") for state in states.values()):
                return states
            if time.monotonic() > end:
                said = self.tries("journalctl -b -n 60 --no-pager -o short-monotonic -u 'ghostnote-*'")[1]
                raise BoardDead(f"not ready: {states}\n{said}")
            self.ask("pause", seconds=1.0)

    def await_off(self, limit: float) -> None:
        """Until it has switched itself off, with all written. Raises: BoardDead when it does not."""
        try:
            self._process.wait(limit)
        except subprocess.TimeoutExpired:
            raise BoardDead(f"it is not off; console: {self.said()}") from None

    def cut(self, chance: random.Random | None = None) -> tuple[int, int]:
        """The plug is pulled; of what was not flushed by chance something stays. Sectors: not flushed, stayed."""
        if self._off:
            return 0, 0
        self._off = True
        fate = self.card.pull(chance or random.Random(0))
        self._process.kill()
        self._process.wait()
        self.card.close()
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None
        return fate

    def _line(self, end: float) -> dict[str, Any]:
        assert self._watcher is not None
        while b"\n" not in self._heard:
            self._alive(end)
            if select.select([self._watcher], (), (), 0.2)[0]:
                self._heard += self._watcher.recv(65536)
        line, self._heard = self._heard.split(b"\n", 1)
        found: dict[str, Any] = json.loads(line)
        return found

    def _alive(self, end: float) -> None:
        if self._process.poll() is not None:
            raise BoardDead(f"QEMU ended with {self._process.returncode}; console: {self.said()}")
        if time.monotonic() > end:
            raise BoardDead(f"it said nothing in time; console: {self.said()}")

    def said(self) -> str:
        """The last lines of its console."""
        with contextlib.suppress(OSError):
            return self.console.read_text("utf-8", "replace")[-2000:]
        return ""


def _command(
    folder: Path, arch: str, words: str, card: Path, watcher: Path, console: Path, ssh: int, watchdog: bool
) -> list[str]:
    line = (Path(__file__).parents[2] / "boot/image/cmdline.txt").read_text().strip()
    line = line.replace("console=tty1", f"console={_CONSOLES[arch]}")
    if arch == "amd64":
        # The host's own remedies against its processor's faults are enough; and the timer is emulated.
        line += " mitigations=off no_timer_check"
    command = [*_MACHINES[arch], *_CLOCK, "-m", "1024", "-display", "none", "-monitor", "none"]
    command += ["-serial", f"file:{console}"]
    command += ["-device", "i6300esb", "-action", "watchdog=reset"] if watchdog else ["-no-reboot"]
    command += [
        "-kernel",
        str(folder / "kernel"),
        "-initrd",
        str(folder / "initrd"),
        "-append",
        f"{line} {words}".strip(),
    ]
    command += ["-dtb", str(folder / "board.dtb")] if arch == "arm64" else []
    command += ["-drive", f"file=nbd+unix:///?socket={card},format=raw,if=none,id=card,cache=writeback"]
    command += ["-device", "virtio-blk-pci,drive=card", "-device", "virtio-serial-pci"]
    command += ["-chardev", f"socket,path={watcher},server=on,wait=off,id=watcher"]
    command += ["-device", "virtserialport,chardev=watcher,name=board"]
    if ssh:
        command += ["-netdev", f"user,id=net,hostfwd=tcp:127.0.0.1:{ssh}-:22", "-device", "virtio-net-pci,netdev=net"]
    else:
        command += ["-nic", "none"]
    return [*(["nice", "-n", os.environ.get("BOARD_NICE", "10")] if shutil.which("nice") else []), *command]


def _with_its_parent() -> None:
    """A board does not outlive who switched it on (prctl(2), PR_SET_PDEATHSIG)."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
