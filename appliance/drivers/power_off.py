"""Switching the box off, as an attendant: asked for once, and told on the board when the system refuses."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from appliance.status.board import StatusBoard
from appliance.status.codes import Code

if TYPE_CHECKING:
    import subprocess

# Where the unit says that a file means it: its user may switch nothing off, and ghostnote-poweroff.path does it then.
ASKING = "GHOSTNOTE_POWER_OFF"


def power_off_command(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """What asks for it: elsewhere than on a box a user does so where logind lets him, and root always."""
    asking = environment.get(ASKING)
    return ("touch", asking) if asking else ("systemctl", "poweroff")


# Seconds between two looks at what became of it.
_LOOK = 0.2


class PowerOff:
    """Runs `command`; the drums are silent by then, so what that costs delays no stroke."""

    def __init__(self, board: StatusBoard, command: Sequence[str]) -> None:
        self._board = board
        self._command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._deadline: float | None = None

    def ask(self, now: float) -> None:
        """Go down."""
        if self._process is not None:
            return
        self._board.post(Code.SHUTTING_DOWN)
        self._deadline = now + _LOOK
        import subprocess  # here: a striker that strikes needs it not, and its memory is locked

        try:
            self._process = subprocess.Popen(  # noqa: S603 - ours, not typed by anybody
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError:
            self._give_up()

    def next_deadline(self) -> float | None:
        """The next look, once it was asked."""
        return self._deadline

    def advance(self, now: float) -> None:
        """See what became of it."""
        self._deadline = now + _LOOK
        status = None if self._process is None else self._process.poll()
        if status is None:
            return
        if status:
            self._give_up()
        self._deadline = None

    def _give_up(self) -> None:
        self._process = None
        self._deadline = None
        self._board.lift(Code.SHUTTING_DOWN)
        self._board.mark(Code.STRIKER_FAULT)
