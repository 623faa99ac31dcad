"""The two kinds of box whose plug is pulled: an emulated board, and a container on the same card.

The board (QEMU) has a kernel, pins and a pad of its own, and is slow; it is asked by a call on the pad. The container
starts in seconds: of the card it has the same bytes, loses what was not flushed in the same way, and is this computer's
kernel's. It plays a story with mock pins, and what it struck is in its journal.
"""

import random
import subprocess
import time
from pathlib import Path
from typing import Any, Protocol

import msgspec

from appliance.drivers.evening import parts_in
from appliance.strike.outcome import Struck
from appliance.views.journal import read_line
from tests.appliance_board import concert
from tests.appliance_board.board import Board, BoardDead, new_card
from tests.appliance_board.container import Container

STROKES = 6  # of an answer or two: so many are struck by a box that plays


class CutBox(Protocol):
    """One box with one card; power is on or off."""

    where: str
    longest: dict[str, float]  # seconds of an activity behind which the plug is pulled, at most

    def fresh(self) -> None:
        """A card that was just written; power is off."""
        ...

    def start(self) -> float:
        """Power, until all units are ready: seconds. Raises: BoardDead."""
        ...

    def begin(self, command: str) -> None:
        """A shell's command in the box, as root; nobody waits for it."""
        ...

    def cut(self, chance: random.Random) -> tuple[int, int]:
        """The plug: sectors that were not flushed, and those of them that stayed by chance."""
        ...

    def promised(self) -> int:
        """What the command that was begun has said last before the cut; -1 where nobody could hear it."""
        ...

    def run(self, command: str) -> str:
        """A shell's command, to its end. Raises: BoardDead when that is a bad one."""
        ...

    def call(self) -> None:
        """Somebody plays; nobody waits for the answer."""
        ...

    def plays(self) -> dict[str, float]:
        """Somebody plays, and the answer is struck: figures of it. Raises: BoardDead, AssertionError."""
        ...


class CutBoard:
    """In QEMU."""

    where = "QEMU"
    _patience = 900.0  # s: a busy host's board is slow

    def __init__(self, folder: Path, work: Path, owner: dict[str, Path], arch: str = "amd64") -> None:
        self._folder, self._work, self._owner, self._arch = folder, work, owner, arch
        self.longest = {"playing": 6.0, "settings": 4.0, "journal": 6.0, "update": 90.0}
        self._card = work / "card"
        self._board: Board | None = None
        self.fresh()

    def fresh(self) -> None:
        """A card that was just written."""
        new_card(self._folder, self._card, self._owner)

    def start(self) -> float:
        """Power, until all units are ready."""
        self._board = Board(self._folder, self._card, self._work, arch=self._arch)
        self._board.await_watcher(self._patience)
        self._board.await_ready(self._patience)
        return time.monotonic() - self._board.powered

    def begin(self, command: str) -> None:
        """A shell's command in the box."""
        self._on.begin("run", command=command, timeout=600.0)

    def cut(self, chance: random.Random) -> tuple[int, int]:
        """The plug."""
        board, self._board = self._board, None
        return board.cut(chance) if board is not None else (0, 0)

    def promised(self) -> int:
        """What is said goes through the emulated board's own port, at the end of a command."""
        return -1

    def run(self, command: str) -> str:
        """A shell's command."""
        return self._on.run(command)

    def call(self) -> None:
        """A bar on the pad."""
        self._on.begin("play", messages=concert.messages(), gpios=concert.LINES, seconds=3 * concert.BAR)

    def plays(self) -> dict[str, float]:
        """A call on the pad, and the lines of its answer."""
        off = concert.check_answer(concert.play(self._on))
        return {"strokes": len(off), "off": max(off)}

    @property
    def _on(self) -> Board:
        assert self._board is not None
        return self._board


class CutContainer:
    """In a container."""

    where = "container"
    _patience = 120.0  # s

    def __init__(self, folder: Path, work: Path, owner: dict[str, Path]) -> None:
        self._box = Container(folder / "card", work, owner, forgetful=True, start=False)
        self.longest = {"playing": 4.0, "settings": 3.0, "journal": 3.0, "update": 40.0}
        self._begun: list[subprocess.Popen[bytes]] = []
        self._said = work / "said"
        self._said.touch()
        self._promised = -1

    def fresh(self) -> None:
        """A card that was just written."""
        self._box.fresh()

    def start(self) -> float:
        """Power, until all units are ready."""
        self._said.write_text("")
        self._box.start()
        self._box.await_ready(self._patience)
        return time.monotonic() - self._box.powered

    def begin(self, command: str) -> None:
        """A shell's command in the box."""
        with self._said.open("wb") as said:
            self._begun.append(self._box.begin(command, said))

    def cut(self, chance: random.Random) -> tuple[int, int]:
        """The plug."""
        self._promised = (
            self._last()
        )  # what is said behind the cut, by somebody who has not noticed it, counts for nothing
        fate = self._box.stop(chance)
        while self._begun:
            self._begun.pop().wait(self._patience)
        return fate

    def promised(self) -> int:
        """The last that the command had said before the plug was pulled."""
        return self._promised

    def _last(self) -> int:
        lines = self._said.read_bytes().split(b"\n")[:-1]
        return int(lines[-1]) if lines and lines[-1].isdigit() else -1

    def run(self, command: str) -> str:
        """A shell's command."""
        return self._box.run(command)

    def call(self) -> None:
        """Nobody is asked: the story is played again and again."""

    def plays(self) -> dict[str, float]:
        """The story is answered, by the journal of this start."""
        end = time.monotonic() + self._patience
        while (strokes := self._strokes()) < STROKES:
            if time.monotonic() > end:
                raise BoardDead(f"{strokes} strokes of answers in {self._patience:.0f} s")
            time.sleep(0.2)
        return {"strokes": strokes, "played": time.monotonic() - self._box.powered}

    def _strokes(self) -> int:
        parts = parts_in(self._box.data / "lib/journal")
        lines = [line for part in parts if part.evening == parts[-1].evening
                 for line in part.path.read_bytes().split(b"\n")[:-1]]  # fmt: skip
        return sum(isinstance(event(line), Struck) for line in lines)


def event(line: bytes) -> Any:
    """Of a journal's line; None where it cannot be read, which is looked at elsewhere."""
    try:
        return read_line(line).event
    except msgspec.DecodeError:
        return None
