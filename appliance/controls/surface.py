"""All knobs, buttons and pedals as one machine: messages in, turned controls out."""

from collections.abc import Mapping, Sequence

from appliance.controls.binding import Binding, Press
from appliance.controls.control import Control, Turned, Value
from appliance.controls.gesture import FOOT, Gesture, Kind, gesture_of
from appliance.controls.handle import move
from appliance.controls.learning import Bound, Learning, Refused
from appliance.controls.limits import SWITCHES

Outcome = Turned | Bound | Refused

# Of how many messages it is kept who hears them: more than any player uses, less than a flood could fill memory with.
_FOUND_OUT = 1024


class ControlSurface:
    """Told every message and every control that others turn, so that a button knows what it toggles.

    It needs no time of its own: there is nothing that it waits for.
    """

    def __init__(self, bindings: Sequence[Binding], values: Mapping[Control, Value]) -> None:
        """`values`: of each control at the beginning; a switch that is not there is off."""
        self._bindings = list(bindings)
        self._values: dict[tuple[str, Control], Value] = {("", control): value for control, value in values.items()}
        self._learning: Learning | None = None
        self._hearing: dict[tuple[str, Kind, int, int], list[Binding]] = {}  # who hears what, as it was found out
        self._held: dict[Binding, str] = {}  # by the port on which it is held

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """What is bound, as the settings would have it."""
        return tuple(self._bindings)

    @property
    def learning(self) -> Control | None:
        """The control whose message is waited for."""
        return self._learning.control if self._learning else None

    def learn(self, control: Control, duet: str = "") -> None:
        """The next message that can turn it is bound to it, in place of what was."""
        self._learning = Learning(control, duet)

    def stop_learning(self) -> None:
        """No message is waited for."""
        self._learning = None

    def receive(self, port: str, time: float, message: Sequence[int]) -> list[Outcome] | None:
        """What a message turns; None when it is no control's, so that it may be a hit."""
        gesture = gesture_of(message)
        return None if gesture is None else self._act(port, time, gesture)

    def silences(self, port: str, message: Sequence[int]) -> bool:
        """Whether a message presses panic: whoever has several waiting hears that one first."""
        gesture = gesture_of(message)
        return gesture is not None and self._presses_panic(port, gesture)

    def step(self, time: float) -> list[Outcome]:
        """What the footswitch turns, pressed at `time`."""
        return self._act("", time, FOOT) or []

    def see(self, turned: Turned) -> None:
        """A control was turned by somebody else."""
        if not turned.duet:
            for duet, control in tuple(self._values):
                if control is turned.control:
                    self._values[duet, control] = turned.value
        self._values[turned.duet, turned.control] = turned.value

    def lose(self, port: str, time: float) -> list[Outcome]:
        """A port went away: what was held on it is let go."""
        lost = [binding for binding, held in self._held.items() if held == port]
        for binding in lost:
            del self._held[binding]
        return [self._turn(binding, time, value=False) for binding in lost]

    def _act(self, port: str, time: float, gesture: Gesture) -> list[Outcome] | None:
        if self._learning is not None and not self._presses_panic(port, gesture):
            learnt = self._learning.receive(port, time, gesture, self._bindings)
            if learnt is not None:
                return [self._bind(learnt)]
        hearing = self._who_hears(port, gesture)
        if not hearing:
            return None
        moves = [(binding, move(binding, gesture, self._value(binding))) for binding in hearing]
        return [self._turn(binding, time, moved.value, port) for binding, moved in moves if moved is not None]

    def _presses_panic(self, port: str, gesture: Gesture) -> bool:
        return any(
            one.control is Control.PANIC and move(one, gesture, None) is not None
            for one in self._who_hears(port, gesture)
        )

    def _who_hears(self, port: str, gesture: Gesture) -> list[Binding]:
        what = (port, gesture.kind, gesture.number, gesture.channel)
        hearing = self._hearing.get(what)
        if hearing is None:
            if len(self._hearing) >= _FOUND_OUT:
                self._hearing.clear()
            hearing = self._hearing[what] = [one for one in self._bindings if one.hears(port, gesture)]
        return hearing

    def _bind(self, learnt: Bound | Refused) -> Bound | Refused:
        if isinstance(learnt, Bound):
            new = learnt.binding
            kept = [old for old in self._bindings if (old.control, old.duet) != (new.control, new.duet)]
            self._bindings = [*kept, new]
            self._hearing.clear()
            self._learning = None
        return learnt

    def _value(self, binding: Binding) -> Value:
        own = self._values.get((binding.duet, binding.control))
        return self._values.get(("", binding.control)) if own is None else own

    def _turn(self, binding: Binding, time: float, value: Value, port: str = "") -> Turned:
        turned = Turned(time, binding.control, value, binding.duet)
        self.see(turned)
        if binding.control in SWITCHES and binding.thrown is Press.HOLD:
            if value:
                self._held[binding] = port
            else:
                self._held.pop(binding, None)
        return turned
