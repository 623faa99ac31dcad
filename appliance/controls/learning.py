"""Turn a knob, and it is bound: which message a control is to have, learnt from the hand."""

from collections.abc import Sequence

import msgspec

from appliance.controls.binding import Binding
from appliance.controls.control import Control
from appliance.controls.gesture import ON, Gesture, Kind
from appliance.controls.limits import CHOICES, NAMED, SPANS


class Bound(msgspec.Struct, frozen=True, tag=True):
    """From `time` (s) on, this turns the control."""

    time: float
    binding: Binding


class Refused(msgspec.Struct, frozen=True, tag=True):
    """What was turned can not be bound; `text` says why. The next message may."""

    time: float
    text: str


class Learning:
    """Waits for the message that is to turn a control.

    A number, choice or name wants a controller that moves: its second position is the one that counts, so that a pedal
    that repeats itself is not taken for the hand. A push or switch takes what goes above 64, any note, any program.
    """

    def __init__(self, control: Control, duet: str = "") -> None:
        self.control = control
        self.duet = duet
        self._seen: dict[tuple[str, int, int], int] = {}

    def receive(self, port: str, time: float, gesture: Gesture, bound: Sequence[Binding]) -> Bound | Refused | None:
        """What a gesture leads to, where these are bound already; None: the next one, please."""
        if not self._means(port, gesture):
            return None
        try:
            binding = self._binding(port, gesture)
        except ValueError as error:
            return Refused(time, f"{error}: turn a knob")
        for other in bound:
            mine = (other.control, other.duet) == (self.control, self.duet)
            if other.meets(binding) and not mine:
                return Refused(time, f"{binding.by!r} already turns {other.control}: turn another")
        return Bound(time, binding)

    def _means(self, port: str, gesture: Gesture) -> bool:
        if gesture.kind is not Kind.CC:
            return gesture.kind is not Kind.NOTE or gesture.position > 0
        if self.control not in SPANS and self.control not in CHOICES and self.control not in NAMED:
            return gesture.position >= ON
        first = self._seen.setdefault((port, gesture.channel, gesture.number), gesture.position)
        return gesture.position != first

    def _binding(self, port: str, gesture: Gesture) -> Binding:
        any_number = gesture.kind is Kind.PROGRAM and self.control in NAMED
        by = gesture.kind if any_number or gesture.kind is Kind.FOOTSWITCH else f"{gesture.kind} {gesture.number}"
        heard = "" if gesture.kind is Kind.FOOTSWITCH else port
        return Binding(self.control, str(by), channel=gesture.channel, port=heard, duet=self.duet)
