"""The schedule and the bridges joined: strokes in, writes to pins out."""

from collections.abc import Iterable, Sequence

import msgspec

from appliance.notation.hit import Stroke
from appliance.strike.bridge import Bridge
from appliance.strike.kit import StrikeSettings
from appliance.strike.motor import Inputs
from appliance.strike.outbox import Outbox
from appliance.strike.outcome import Asked, Begun, Reason, begun
from appliance.strike.schedule import DutyChange, Schedule
from appliance.strike.sending import Sending
from appliance.strike.trial import Try


class Write(msgspec.Struct, frozen=True, gc=False):
    """A motor's inputs, to be written at `deadline`; `begins` is what they push for, if for anything.

    `follows`: it is the second push of a double.
    """

    deadline: float
    motor: str
    inputs: Inputs
    begins: Asked | None = None
    batch: int = 0
    follows: bool = False

    def struck(self, at: float) -> Begun | None:
        """What to report when the write was done at `at`: nothing but for the start of a motion."""
        return None if self.begins is None else begun(self.begins, at - self.deadline, self.batch)


class Striker:
    """A kit of motors as one machine: receive, next_deadline, advance.

    It may be advanced to an instant still to come, to have the writes ready before it; `written` then says when the
    pins had them. At its start every bridge coasts, and the pins are to be made so. What is left out, and what the
    bridges cut, is in `outbox`.
    """

    def __init__(self, settings: StrikeSettings) -> None:
        self.outbox = Outbox()
        self._schedule = Schedule(settings, self.outbox)
        self._tolerance = settings.tolerance
        self._bridges = {
            motor.name: Bridge(settings.dead_time, settings.max_on, settings.budget_of(motor))
            for motor in settings.motors
        }
        self._held: dict[str, DutyChange] = {}  # what waits for the end of a dead time

    def resting(self, besides: Sequence[Write | Sending], out_of_play: Sequence[str] = ()) -> str | None:
        """A motor that coasts, if there is one: to tell it so once more changes nothing.

        It is none of those with a write to come: a bridge that is to coast then does so here already, not at its pins.
        Nor is it one that is out of play, whose pins are not to be trusted.
        """
        busy = [*out_of_play, *(write.motor for write in besides)]
        bridges = self._bridges.items()
        return next((motor for motor, bridge in bridges if not bridge.inputs.driven and motor not in busy), None)

    def receive(self, strokes: Iterable[Stroke], now: float, batch: int = 0) -> None:
        """File strokes; those that cannot be played go to the outbox."""
        self._schedule.receive(strokes, now, batch)

    def attempt(self, trial: Try, now: float) -> None:
        """File a try, within the limits that a stroke has."""
        self._schedule.attempt(trial, now)

    def cancel(self, after: float) -> None:
        """Drop the strokes that were to sound at or after that instant and have not begun."""
        self._schedule.cancel(after)

    def send_ahead(self, seconds: float | None, *, freely: bool = True) -> None:
        """From now on whole motions are due, so long before their start; None: writes. What is under way goes on.

        Unless `freely`, strokes alone: no double, and no stick that is fetched first.
        """
        self._schedule.send_ahead(seconds, freely=freely)

    def renew(self, write: Write) -> bool:
        """A write was refused: where it should have begun a motion, this is handed out once more; whether it is."""
        if not (write.inputs.driven and self._schedule.renew(write.motor, write.deadline)):
            return False
        bridge = self._bridges[write.motor]
        bridge.receive(0.0)
        bridge.advance(write.deadline)
        return True

    def panic(self, now: float) -> list[Write]:
        """Drop everything; the writes that bring every motor to a coast now, moving or not."""
        self._schedule.panic()
        return [write for motor in self._bridges for write in self._coast(motor, now, Reason.PANIC)]

    def take_out(self, motor: str, now: float) -> list[Write]:
        """Play no more strokes of a motor at fault; the write that brings it to a coast, moving or not."""
        self._schedule.take_out(motor)
        return self._coast(motor, now, Reason.FAULT)

    def next_deadline(self) -> float | None:
        """When the next write may be due."""
        soonest = self._schedule.next_deadline()
        for bridge in self._bridges.values():
            deadline = bridge.next_deadline()
            if deadline is not None and (soonest is None or deadline < soonest):
                soonest = deadline
        return soonest

    def advance(self, now: float) -> list[Write | Sending]:
        """What is due by now, in order."""
        writes: list[Write | Sending] = [write for motor in self._bridges for write in self._expire(motor, now)]
        for change in self._schedule.advance(now):
            writes.extend([change] if isinstance(change, Sending) else self._apply(change, now))
        return writes

    def writes(self, now: float) -> list[Write]:
        """The same, where nothing is sent ahead: writes alone."""
        return [due for due in self.advance(now) if isinstance(due, Write)]

    def missed(self, write: Write, now: float) -> bool:
        """Whether a write would start a stroke too late by now; it is then left out, and the write must not be done.

        Asked between the end of the wait and the write: a process may have been stopped in its wait.
        """
        if write.begins is None or now - write.deadline <= self._tolerance:
            return False
        if not write.follows:
            # No pull without a push; a double has had its first one, and is pulled back.
            self._schedule.abandon(write.motor)
        self._coast(write.motor, now, Reason.LATE)
        self.outbox.leave_out(write.begins, Reason.LATE, write.batch)
        return True

    def written(self, write: Write, at: float) -> None:
        """The write was done at `at`; a dead time counts from the end of the coast's write, not from its deadline."""
        self._bridges[write.motor].written(at)

    def heat(self, now: float) -> dict[str, float]:
        """The part of its duty budget that each motor has used, up to its latest drive that ended: 1 is all of it."""
        return {motor: bridge.heat(now) for motor, bridge in self._bridges.items()}

    def _expire(self, motor: str, now: float) -> list[Write]:
        bridge = self._bridges[motor]
        deadline = bridge.next_deadline()
        if deadline is None or deadline > now:
            return []
        inputs = bridge.advance(now)
        if bridge.cut:
            why = "has used up its duty budget" if bridge.hot else "was driven as long as max_on allows"
            self.outbox.tell(f"motor {motor!r} {why} and was cut")
        held = self._held.pop(motor, None) if inputs is not None and inputs.driven else None
        change = held or DutyChange(deadline, motor, 0.0)
        return [] if inputs is None else [_write(change, inputs)]

    def _apply(self, change: DutyChange, now: float) -> list[Write]:
        if change.motor in self._held:
            # Its push was over before the dead time was: no pull without a push.
            self._let_go(change.motor, Reason.LATE)
            self._schedule.abandon(change.motor)
        bridge = self._bridges[change.motor]
        bridge.receive(change.duty)
        inputs = bridge.advance(now)
        if change.duty and (inputs is None or not inputs.driven):
            self._held[change.motor] = change
            return [] if inputs is None else [Write(change.time, change.motor, inputs)]
        return [] if inputs is None else [_write(change, inputs)]

    def _coast(self, motor: str, now: float, reason: Reason) -> list[Write]:
        self._let_go(motor, reason)
        bridge = self._bridges[motor]
        bridge.receive(0.0)
        bridge.advance(now)
        return [Write(now, motor, bridge.inputs)]

    def _let_go(self, motor: str, reason: Reason) -> None:
        held = self._held.pop(motor, None)
        if held is not None and held.begins is not None:
            self.outbox.leave_out(held.begins, reason, held.batch)


def _write(change: DutyChange, inputs: Inputs) -> Write:
    return Write(change.time, change.motor, inputs, change.begins, change.batch, change.follows)
