"""What the striker's loop asks of a board that plays whole motions by itself."""

from collections.abc import Sequence
from typing import Protocol

from appliance.drivers.striker_state import Attendant
from appliance.strike.outcome import Begun, Dropped
from appliance.strike.sending import Sending


class Board(Attendant, Protocol):
    """Motors that are told whole motions ahead of their time; it is an attendant too."""

    motors: frozenset[str]  # the names of those that hang on it

    @property
    def ahead(self) -> float:
        """How long (s) before its start a motion is to be sent."""
        ...

    @property
    def freely(self) -> bool:
        """Whether it plays any motion, and not the strokes alone that it knows."""
        ...

    @property
    def ready(self) -> bool:
        """Whether motions can be sent."""
        ...

    def send(self, sending: Sending) -> None:
        """Hand over a motion; real-time safe. What becomes of it comes out of `take_told`."""
        ...

    def panic(self) -> None:
        """Every motor coasts now."""
        ...

    def look(self) -> None:
        """Take in what the board said; it never waits."""
        ...

    def take_told(self) -> Sequence[Begun | Dropped]:
        """What became of motions since the last time of asking."""
        ...

    def take_words(self) -> Sequence[str]:
        """What the crew should know, since the last time of asking."""
        ...
