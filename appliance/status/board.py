"""The board that notices hang on: who notices something posts it, who has mended it lifts it, the crew has seen it."""

import msgspec

from appliance.status.codes import MEANINGS, Code, Urgency


class Notice(msgspec.Struct, frozen=True, gc=False):
    """A code on the board; `motor` counts from 1, `holds` is whether its cause is still there."""

    code: Code
    motor: int = 0
    holds: bool = True
    seen: bool = False

    @property
    def urgency(self) -> Urgency:
        """Of its code."""
        return MEANINGS[self.code].urgency


_ORDER = {code: number for number, code in enumerate(MEANINGS)}


class StatusBoard:
    """A fault stays until it is over and seen, in whichever order; a state goes when it is lifted."""

    def __init__(self) -> None:
        self._notices: dict[tuple[Code, int], Notice] = {}

    def post(self, code: Code, motor: int = 0) -> None:
        """It is so, from now on. A fault that had been over is unseen again.

        Raises: ValueError for a motor's code without its number, or a number where there is none.
        """
        if (motor > 0) != MEANINGS[code].of_a_motor:
            raise ValueError(f"the code {code!r} {'needs a motor, from 1' if motor < 1 else f'has no motor {motor}'}")
        here = self._notices.get((code, motor))
        if here is None or not here.holds:
            self._notices[code, motor] = Notice(code, motor)

    def lift(self, code: Code, motor: int = 0) -> None:
        """It is so no more; a fault that nobody has seen stays."""
        here = self._notices.get((code, motor))
        if here is None:
            return
        if here.seen or here.urgency is Urgency.STATE:
            del self._notices[code, motor]
        else:
            self._notices[code, motor] = msgspec.structs.replace(here, holds=False)

    def mark(self, code: Code, motor: int = 0) -> None:
        """It has happened and is over: nothing holds, but it is to be seen."""
        self._notices.pop((code, motor), None)
        self.post(code, motor)
        self.lift(code, motor)

    def see(self) -> None:
        """The crew has seen all that is shown now; what it does not show stays unseen."""
        for notice in self.shown():
            if notice.urgency is Urgency.STATE:
                continue
            if notice.holds:
                self._notices[notice.code, notice.motor] = msgspec.structs.replace(notice, seen=True)
            else:
                del self._notices[notice.code, notice.motor]

    @property
    def state(self) -> Code:
        """The foremost of the states that were posted; until one is, the box starts."""
        states = [notice.code for notice in self._notices.values() if notice.urgency is Urgency.STATE]
        return min(states, key=_ORDER.__getitem__, default=Code.STARTING)

    def faults(self) -> tuple[Notice, ...]:
        """Everything that is not in order, the most urgent first."""
        faults = [notice for notice in self._notices.values() if notice.urgency is not Urgency.STATE]
        return tuple(sorted(faults, key=lambda fault: (-fault.urgency, _ORDER[fault.code], fault.motor)))

    def shown(self) -> tuple[Notice, ...]:
        """What the lamp shows in turn."""
        return shown_of(self.state, self.faults())


def shown_of(code: Code, faults: tuple[Notice, ...]) -> tuple[Notice, ...]:
    """What the lamp shows in turn: the most urgent that are unseen; else what is still bad, and the state.

    While the box shuts down it shows that alone. `faults`: the most urgent first.
    """
    state = Notice(code)
    if code is Code.SHUTTING_DOWN:
        return (state,)
    unseen = tuple(fault for fault in faults if not fault.seen)
    if unseen:
        return tuple(fault for fault in unseen if fault.urgency is unseen[0].urgency)
    bad = tuple(fault for fault in faults if fault.urgency is Urgency.BAD)
    return bad if bad and code is Code.STARTING else (*bad, state)
