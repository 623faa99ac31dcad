"""The striker's door with somebody beside it who sees what passes."""

from collections.abc import Sequence

from appliance.drivers.striker import Door
from appliance.status.board import StatusBoard
from appliance.status.codes import Code
from appliance.strike.kit import Kit
from appliance.strike.outcome import LeftOut, NotTried, Reason
from appliance.strike.wire import Panic, Reply, Request


class StageDoor:
    """A Door like the one in it; late strokes, resting motors and panics go on the board.

    Real-time safe: it looks at each reply once.
    """

    def __init__(self, door: Door, board: StatusBoard, kit: Kit) -> None:
        self._door = door
        self._board = board
        self._motors = [motor.name for motor in kit.motors]

    @property
    def stopped(self) -> bool:
        """Whether the striker is to end."""
        return self._door.stopped

    @stopped.setter
    def stopped(self, stopped: bool) -> None:
        self._door.stopped = stopped

    @property
    def player(self) -> bool:
        """Whether the player is connected."""
        return self._door.player

    def wait(self, until: float | None) -> Sequence[Request]:
        """What was asked."""
        requests = self._door.wait(until)
        if any(isinstance(request, Panic) for request in requests):
            self._board.mark(Code.PANIC_PRESSED)
        return requests

    def send(self, replies: Sequence[Reply]) -> None:
        """To every client."""
        for reply in replies:
            if isinstance(reply, LeftOut | NotTried):
                self._note(reply)
        self._door.send(replies)

    def _note(self, dropped: LeftOut | NotTried) -> None:
        if dropped.reason is Reason.LATE:
            self._board.mark(Code.LATE_STROKES)
        elif dropped.reason is Reason.HOT:
            hot = dropped.trial.motor if isinstance(dropped, NotTried) else dropped.hot
            self._board.mark(Code.MOTOR_HOT, self._motors.index(hot) + 1)
