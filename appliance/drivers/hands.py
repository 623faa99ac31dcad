"""What turns controls from elsewhere than a MIDI port: the panels' socket and the footswitch, as the loop has them."""

from collections.abc import Sequence

from appliance.drivers.control_door import Asked, ControlDoor
from appliance.drivers.status_link import StatusLink
from appliance.status.wire import Stepped

# Seconds between two askings for the footswitch: a striker that was started again knows of no one.
_ASK = 5.0


class Panels:
    """A Helper of the loop: what is asked at the control socket."""

    def __init__(self, door: ControlDoor) -> None:
        self._door = door

    def filenos(self) -> list[int]:
        """Readable when a panel knocks or asks."""
        return self._door.filenos()

    def next_deadline(self) -> None:
        """Never: a panel announces itself."""

    def advance(self, _now: float) -> Sequence[Asked]:
        """What was asked since."""
        return self._door.receive()


class Foot:
    """A Helper of the loop: presses of the switch that hangs on the striker's pins."""

    def __init__(self, link: StatusLink) -> None:
        self._link = link
        self._ask_at = 0.0

    def filenos(self) -> list[int]:
        """Readable when it was pressed."""
        return [self._link.fileno()]

    def next_deadline(self) -> float:
        """When the striker is asked again."""
        return self._ask_at

    def advance(self, now: float) -> Sequence[Stepped]:
        """The presses since."""
        if now >= self._ask_at:
            self._ask_at = now + _ASK
            self._link.follow()
        return [Stepped(at) for at in self._link.steps()]
