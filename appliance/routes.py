"""Who hears whom: the table [duets], each with its inputs, its model and its outputs."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from appliance.controls.control import Control, Value
from appliance.controls.limits import checked, control_named
from appliance.pad.settings import meant

# The output that is not a port: the box's own motors.
MOTORS = "motors"

# The pads on the panel's page: an input like any other, without a port.
PANEL = "panel"

# The name of the only duet, where [duets] has none.
ONLY = "ghost"


class DuetSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A duet. `inputs`: names of pads or of other duets; empty: every pad. `outputs`: "motors", or names of outputs.

    `controls`: where its controls stand at the beginning, instead of where the other tables have them.
    Raises: ValueError for a control that there is not, or that cannot stand there.
    """

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = (MOTORS,)
    controls: dict[str, Any] = {}

    def __post_init__(self) -> None:
        check_controls(self.controls, "controls")


class Routes:
    """From pads and duets to the duets that hear them."""

    def __init__(
        self, duets: Mapping[str, DuetSettings], pads: Iterable[str], outputs: Iterable[str] = (MOTORS,)
    ) -> None:
        """`outputs`: all that a line can be drawn to while they play.

        Raises: ValueError for an input that is neither a pad nor a duet, or a name that is both.
        """
        self.duets = dict(duets)
        self.pads = tuple(pads)
        self.outputs = tuple(outputs)
        pads = self.pads
        known = dict.fromkeys((*pads, *duets))
        self._heard_by: dict[str, tuple[str, ...]] = {}
        for name in pads:
            if pads.count(name) > 1:
                raise ValueError(f"pads.{name} has the name of the panel's own pads: give it another")
            if name in duets:
                raise ValueError(f"duets.{name} has the name of a pad: give it another")
        for name, duet in duets.items():
            for source in duet.inputs or tuple(pads):
                if source == name:
                    raise ValueError(f"duets.{name}.inputs: a duet does not hear itself")
                if source not in known:
                    raise ValueError(f"duets.{name}.inputs: there is no pad or duet {source}{meant(source, known)}")
                self._heard_by[source] = (*self._heard_by.get(source, ()), name)

    def inputs(self, duet: str) -> tuple[str, ...]:
        """What a duet hears."""
        return self.duets[duet].inputs or self.pads

    def redrawn(self, duet: str, inputs: Iterable[str], outputs: Iterable[str]) -> "Routes":
        """These with other lines at one duet. Raises: ValueError for a line that cannot be."""
        if duet not in self.duets:
            raise ValueError(f"there is no duet {duet!r}: there are {', '.join(self.duets)}")
        inputs, outputs = tuple(dict.fromkeys(inputs)), tuple(dict.fromkeys(outputs))
        if not inputs:
            raise ValueError(f"{duet} must hear something: draw a line to it from a pad or a duet")
        for output in outputs:
            if output not in self.outputs:
                raise ValueError(f"there is no output {output!r}{meant(output, dict.fromkeys(self.outputs))}")
        changed = msgspec.structs.replace(self.duets[duet], inputs=inputs, outputs=outputs)
        return Routes(self.duets | {duet: changed}, self.pads, self.outputs)

    def joined(self, duet: str, settings: DuetSettings) -> "Routes":
        """These with one more duet. Raises: ValueError for the name of a pad."""
        return Routes({**self.duets, duet: settings}, self.pads, self.outputs)

    def parted(self, duet: str) -> "Routes":
        """These without a duet, and without the lines to those that hear it.

        Raises: ValueError for a duet that would hear nothing then.
        """
        left = {}
        for name, one in self.duets.items():
            inputs = tuple(source for source in one.inputs if source != duet)
            if one.inputs and not inputs and name != duet:
                raise ValueError(f"{name} hears {duet} alone: draw a line to it from something else first")
            left[name] = msgspec.structs.replace(one, inputs=inputs)
        del left[duet]
        return Routes(left, self.pads, self.outputs)

    def hearing(self, source: str) -> tuple[str, ...]:
        """The duets that hear a pad or a duet."""
        return self._heard_by.get(source, ())


def check_input(name: str, inputs: Mapping[str, object], where: str) -> None:
    """Raises: ValueError unless it is empty, or an input of [pads] or [ports.inputs]."""
    if name and name not in inputs:
        raise ValueError(f"{where}: [pads] and [ports.inputs] have no {name}{meant(name, inputs)}")


def check_duet(name: str, duets: Mapping[str, object], where: str) -> None:
    """Raises: ValueError unless it is empty, or one of the duets."""
    if name and name not in duets:
        raise ValueError(f"{where}: there is no duet {name}{meant(name, duets)}")


def check_controls(controls: Mapping[str, Any], where: str) -> dict[Control, Value]:
    """The controls of a table of settings. Raises: ValueError with the key and what is wrong."""
    stands: dict[Control, Value] = {}
    for key, value in controls.items():
        try:
            control = control_named(key)
            stands[control] = checked(control, value)
        except ValueError as error:
            raise ValueError(f"{where}.{key}: {error}") from None
    return stands
