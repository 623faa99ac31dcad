"""Has a person turn the knobs that are to be bound, one after the other."""

from collections.abc import Sequence

from appliance.controls.control import PUSHES, Control
from appliance.controls.learning import Bound, Refused
from appliance.controls.limits import SWITCHES
from appliance.controls.surface import ControlSurface


class ControlPupil:
    """What is learnt is on the surface; a control that is skipped stays as it was."""

    def __init__(self, surface: ControlSurface, controls: Sequence[Control], duet: str = "") -> None:
        self._surface = surface
        self._controls = list(controls)
        self._duet = duet
        self._ask()

    def question(self) -> str | None:
        """What to turn."""
        if not self._controls:
            return None
        control = self._controls[0]
        verb = "press" if control in PUSHES | SWITCHES else "turn"
        return f"{verb} what is to be {control} (Enter: leave it)"

    def receive(self, port: str, time: float, message: Sequence[int]) -> list[str]:
        """A message of an input; what it came to, in words."""
        said = []
        for outcome in self._surface.receive(port, time, message) or []:
            if isinstance(outcome, Bound):
                where = f"on {outcome.binding.port}, channel {outcome.binding.channel}"
                said.append(f"  {outcome.binding.by} {where}")
                self.skip()
            elif isinstance(outcome, Refused):
                said.append(f"  {outcome.text}")
        return said

    def skip(self) -> None:
        """Leave this one."""
        self._surface.stop_learning()
        self._controls = self._controls[1:]
        self._ask()

    def next_deadline(self) -> None:
        """Never: a message says all."""

    def advance(self, _now: float) -> list[str]:
        """Nothing is waited for."""
        return []

    def _ask(self) -> None:
        if self._controls:
            self._surface.learn(self._controls[0], self._duet)
