"""A board in the simulator: a script of what happens to it, and the trace of what it did."""

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from appliance.arduino.incoming import Incoming
from appliance.arduino.messages import Reply

VARIANTS = ("uno-pins", "uno-shield_v1", "uno-shield_v2", "leonardo-pins")
HZ = 16_000_000
BYTE = 1500 / HZ  # s on the wire, as avr_board.c has it
STARTED = 0.05  # s after which a board has said hello and waits

# Arduino's numbers of an Uno's pins, by port and bit.
UNO = {f"D{n}": n for n in range(8)} | {f"B{n}": n + 8 for n in range(6)} | {f"C{n}": n + 14 for n in range(6)}


@dataclass(frozen=True)
class Workshop:
    """Where the firmware and the harness are."""

    folder: Path
    board: Path

    def first_free(self, variant: str) -> int:
        """The address behind the last variable: a stack that came down to it would overwrite one."""
        elf = self.folder / f"{variant}.elf"
        symbols = subprocess.run(["avr-nm", str(elf)], capture_output=True, text=True, check=True).stdout
        (end,) = (line.split()[0] for line in symbols.splitlines() if line.endswith(" _end"))
        return int(end, 16) - 0x800000  # where avr-gcc's tools see the data space

    def command(self, variant: str, eeprom: Path) -> list[str]:
        mcu = "atmega328p" if variant.startswith("uno") else "atmega32u4"
        return [str(self.board), mcu, str(self.folder / f"{variant}.elf"), str(eeprom)]


@dataclass
class Trace:
    """What happened; seconds since the start."""

    pins: list[tuple[float, str, int]] = field(default_factory=list)
    replies: list[tuple[float, Reply]] = field(default_factory=list)
    resets: list[tuple[float, int]] = field(default_factory=list)
    transfers: list[tuple[float, int, bytes]] = field(default_factory=list)
    sent: int = 0
    deepest_stack: int = 0  # address
    faults: list[str] = field(default_factory=list)

    def of(self, kind: type) -> list[Reply]:
        return [reply for _, reply in self.replies if isinstance(reply, kind)]

    def uno_pins(self) -> Iterator[tuple[float, int, int]]:
        """Edges as (instant, Arduino's number, level)."""
        return ((at, UNO[pin], level) for at, pin, level in self.pins if pin != "B5")


class Script:
    """What happens to a board, in order of time (s)."""

    def __init__(self) -> None:
        self._lines: list[tuple[float, str]] = []

    def rx(self, at: float, *messages: bytes) -> "Script":
        line = b"".join(messages).hex()
        return self.say(at, f"rx {line}") if line else self

    def say(self, at: float, command: str) -> "Script":
        self._lines.append((at, command))
        return self

    def run(self, workshop: Workshop, eeprom: Path, end: float, variant: str = "uno-pins") -> Trace:
        lines = sorted(self._lines, key=lambda line: line[0])
        text = "".join(f"{round(at * 1e6)} {command}\n" for at, command in [*lines, (end, "end")])
        done = subprocess.run(
            workshop.command(variant, eeprom), input=text, capture_output=True, text=True, check=True, timeout=600
        )
        assert not done.stderr, done.stderr
        return read_trace(done.stdout.splitlines())


def read_trace(lines: Iterable[str]) -> Trace:
    trace, incoming = Trace(), Incoming()
    for line in lines:
        words = line.split()
        if not words or not words[0].isdigit():
            continue  # simavr's own
        at = int(words[0]) / HZ
        match words[1:]:
            case ["T", byte]:
                trace.sent += 1
                trace.replies += [(at, reply) for reply in incoming.receive(bytes.fromhex(byte))]
            case ["R", cause]:
                trace.resets.append((at, int(cause)))
                incoming = Incoming()
            case ["I", chip, data]:
                trace.transfers.append((at, int(chip, 16), bytes.fromhex(data)))
            case ["S", address]:
                trace.deepest_stack = int(address)
            case ["X", *words]:
                trace.faults.append(" ".join(words))
            case [pin, level]:
                trace.pins.append((at, pin, int(level)))
    assert not trace.faults, trace.faults
    return trace
