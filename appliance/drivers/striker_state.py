"""How the striker stands, and who is told of it: those who attend to lamps, buttons and watchdogs."""

from typing import Protocol

import msgspec


class StrikerState(msgspec.Struct, frozen=True, gc=False):
    """How the striker stands, for those who attend to it; counts are since its start."""

    player: bool = False  # the player is connected
    groove: bool = False  # the striker plays on alone
    faults: int = 0
    strokes: int = 0
    last_stroke: float | None = None  # s, monotonic
    out_of_play: tuple[str, ...] = ()  # motors that play no more
    fallback: bool = False  # strokes go to the board, since the pins have failed
    board_lost: bool = False  # strokes go to the board, and it cannot be reached


class Attendant(Protocol):
    """What the real-time thread does besides striking: status lamp, guard's heartbeat, watchdog, buttons."""

    def next_deadline(self) -> float | None:
        """When it is to be advanced; None: not until something else happens."""
        ...

    def advance(self, now: float) -> None:
        """Do what is due, within some 0.2 ms: no waiting, no lock, no file on a disk.

        It is called when no edge is within 1 ms, so a little late when there is much to strike. A MotorFault ends the
        striker; after any other exception it is not called again and the crew is told.
        """
        ...
