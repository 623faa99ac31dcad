"""Who stands beside the emulated box: strikes its pad, looks at its lines, pulls plugs. It uses nothing of Ghostnote's.

It runs in the guest, as root, by the system's Python alone, and is asked by lines of JSON over a virtio port:
{"do": "levels", "gpios": [23]} gets {"result": {"23": 0}} or {"error": "..."}.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PORTS = Path("/sys/class/virtio-ports")
SIM = Path("/sys/kernel/config/gpio-sim/header")
GADGET = Path("/sys/kernel/config/usb_gadget/pad/UDC")
SOUND = Path("/proc/asound")
CLIENTS = SOUND / "seq/clients"
AHEAD = 0.2  # s from an order to play to its first message
LOOK = 0.0007  # s between two looks at the lines, which are behind one lock that the drivers need too


class Pad:
    """The gadget's side of the drum pad."""

    def __init__(self) -> None:
        self._midi: int | None = None

    def send(self, message: bytes) -> bool:
        """False while there is nobody to send it to."""
        try:
            if self._midi is None:
                self._midi = os.open(self._device(), os.O_WRONLY | os.O_NONBLOCK)
            return os.write(self._midi, message) == len(message)
        except (OSError, StopIteration):
            self._close()
            return False

    def plug(self, *, plugged: bool) -> None:
        """In or out; a pad that is out cannot be struck."""
        self._close()
        with contextlib.suppress(OSError):  # it is already
            GADGET.write_text("dummy_udc.0\n" if plugged else "\n")

    def _close(self) -> None:
        if self._midi is not None:
            os.close(self._midi)
            self._midi = None

    @staticmethod
    def _device() -> Path:
        card = next(card for card in SOUND.glob("card*") if (card / "id").read_text().strip() == "pad")
        return Path("/dev/snd") / f"midiC{card.name.removeprefix('card')}D0"


def line(gpio: int) -> Path:
    """The simulator's own files of one of the header's lines."""
    chip = f"/sys/devices/platform/{(SIM / 'dev_name').read_text().strip()}"
    return Path(chip) / (SIM / "bank/chip_name").read_text().strip() / f"sim_gpio{gpio}"


class Lines:
    """The levels of the header's lines, from the simulator's own files."""

    def __init__(self, gpios: list[int]) -> None:
        self._files = {gpio: (line(gpio) / "value").open("rb", buffering=0) for gpio in gpios}

    def levels(self) -> dict[int, int]:
        """What each is now."""
        found = {}
        for gpio, file in self._files.items():
            file.seek(0)
            found[gpio] = int(file.read(1) == b"1")
        return found


class Watcher:
    """Every thing that can be asked is a method."""

    def __init__(self) -> None:
        self._pad = Pad()

    def hello(self) -> dict[str, float]:
        """The guest's clock, which began with its kernel."""
        return {"now": time.monotonic()}

    def pause(self, seconds: float) -> None:
        """The board's own time passes: a board that is asked without a pause does nothing else."""
        time.sleep(seconds)

    def levels(self, gpios: list[int]) -> dict[int, int]:
        """What each line is now."""
        return Lines(gpios).levels()

    def press(self, gpio: int, seconds: float) -> None:
        """A button from a line to ground."""
        (line(gpio) / "pull").write_text("pull-down\n")
        time.sleep(seconds)
        (line(gpio) / "pull").write_text("pull-up\n")

    def plug(self, plugged: bool) -> None:
        """The pad's cable."""
        self._pad.plug(plugged=plugged)

    def play(
        self,
        messages: list[tuple[float, str]],
        gpios: list[int],
        seconds: float,
        harm: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Send messages (s from the beginning, hexadecimal) and watch lines for some seconds.

        `harm`: a `signal` to the process `pid`, `at` seconds from the beginning, and with `high` not before a line is
        high. Instants: `sent`, at which the pad took each; `edges`, with GPIO and level; `harmed`.
        """
        with punctual():
            lines = Lines(gpios)
            before = lines.levels()
            sent, edges, due, harmed = [], [], sorted(messages), None
            begin = time.monotonic() + AHEAD
            while (now := time.monotonic()) < begin + seconds:
                while due and now >= begin + due[0][0]:
                    if self._pad.send(bytes.fromhex(due[0][1])):
                        sent.append(time.monotonic())
                    due = due[1:]
                levels = lines.levels()
                at = time.monotonic()
                edges += [(at, gpio, level) for gpio, level in levels.items() if level != before[gpio]]
                before = levels
                if harm and harmed is None and now >= begin + harm["at"] and (not harm["high"] or any(levels.values())):
                    os.kill(harm["pid"], harm["signal"])
                    harmed = time.monotonic()
                time.sleep(LOOK)
        return {"begin": begin, "sent": sent, "edges": edges, "harmed": harmed, "levels": before}

    def replug(self, gpio: int, message: str, out: float, patience: float) -> dict[str, float]:
        """Pull the pad's cable for some seconds, put it in, and strike until a line rises.

        Instants: plugged; `port`: the kernel has the pad's port; `struck`: the first stroke behind it; `high`.
        """
        self._pad.plug(plugged=False)
        with punctual():
            lines = Lines([gpio])
            time.sleep(out)
            plugged = time.monotonic()
            self._pad.plug(plugged=True)
            found: dict[str, float] = {"plugged": plugged}
            next_stroke = 0.0
            while (now := time.monotonic()) < plugged + patience:
                if "port" not in found and '"USB Drum Pad"' in CLIENTS.read_text():
                    found["port"] = time.monotonic()
                if now >= next_stroke and self._pad.send(bytes.fromhex(message)):
                    next_stroke = now + 0.06
                    if "port" in found:
                        found.setdefault("struck", time.monotonic())
                high = lines.levels()[gpio]
                if high and "struck" in found:
                    found["high"] = time.monotonic()
                    return found
                # A rise before the kernel has the port cannot be this plug's: it is told, and does not count.
                if high:
                    found.setdefault("early", time.monotonic())
                time.sleep(0.002)
        return found

    def run(self, command: str, timeout: float = 60.0) -> dict[str, Any]:
        """A shell's command, as root."""
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, errors="replace",
                              timeout=timeout, check=False)  # fmt: skip
        return {"status": done.returncode, "out": done.stdout, "err": done.stderr}

    def units(self, names: list[str]) -> dict[str, dict[str, str]]:
        """What systemd says of each."""
        wanted = "Id,ActiveState,SubState,Result,NRestarts,MainPID,ActiveEnterTimestampMonotonic"
        words = ["systemctl", "show", f"--property={wanted},InactiveExitTimestampMonotonic", *names]
        said = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
        blocks = [dict(line.split("=", 1) for line in block.splitlines()) for block in said.split("\n\n")]
        return {block["Id"]: block for block in blocks}

    def memory(self) -> dict[str, dict[str, int]]:
        """Of each of the box's processes: kB resident, and kB with what is shared divided among who shares it."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, StopIteration):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                if not any(b"/ghostnote" in word or word == b"appliance" for word in words):
                    continue
                rolled = dict(
                    line.split(None, 2)[:2] for line in (folder / "smaps_rollup").read_text().splitlines()[1:]
                )
                name = b" ".join(words[1:4]).decode(errors="replace") + f" ({folder.name})"
                found[name] = {"rss": int(rolled["Rss:"]), "pss": int(rolled["Pss:"])}
        return found


@contextlib.contextmanager
def punctual() -> Any:
    """Above the striker and its guard, so that what they do is seen; whoever is started begins without."""
    os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(70))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def channel() -> int:
    """The virtio port, when it is there."""
    while True:
        for port in PORTS.glob("*"):
            if (port / "name").read_text().strip() == "board":
                return os.open(f"/dev/{port.name}", os.O_RDWR)
        time.sleep(0.05)


def main() -> None:
    """Answer for ever."""
    watcher, port, buffer = Watcher(), channel(), b""
    write(port, {"here": time.monotonic()})
    while True:
        data = os.read(port, 65536)
        if not data:  # nobody is at the other end
            time.sleep(0.1)
            continue
        buffer += data
        while b"\n" in buffer:
            line, buffer = buffer.split(b"\n", 1)
            asked = json.loads(line)
            try:
                write(port, {"result": getattr(watcher, asked.pop("do"))(**asked)})
            except Exception as error:  # noqa: BLE001 - who asks is told
                write(port, {"error": f"{type(error).__name__}: {error}"})


def write(port: int, message: dict[str, Any]) -> None:
    """A whole line."""
    rest = json.dumps(message).encode() + b"\n"
    while rest:
        rest = rest[os.write(port, rest) :]


if __name__ == "__main__":
    sys.exit(main())
