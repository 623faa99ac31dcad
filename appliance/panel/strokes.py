"""What became of the strokes: how late they were, what each motor has done, and how near it is to its rating."""

from collections import Counter, deque
from typing import Any

from appliance.strike.budget import Heat
from appliance.strike.kit import StrikeSettings
from appliance.strike.outcome import LeftOut, Struck
from appliance.strike.touch import profile_of

_LAST = 2000  # strokes that figures are made of


class StrokeCount:
    """Follows the striker's reports. Of two motors on one drum it is the first that is counted."""

    def __init__(self, strike: StrikeSettings) -> None:
        self._strike = strike
        self._kit = strike.kit
        self._lateness: deque[float] = deque(maxlen=_LAST)
        self._left_out: Counter[str] = Counter()
        self._strokes = 0
        self._struck: Counter[str] = Counter()
        self._dropped: dict[str, Counter[str]] = {motor.name: Counter() for motor in strike.motors}
        self._heat = {motor.name: Heat(strike.budget_of(motor)) for motor in strike.motors}

    def see(self, event: Struck | LeftOut) -> None:
        """A report."""
        motor = self._kit.motor_for(event.stroke.pitch)
        if isinstance(event, LeftOut):
            self._left_out[event.reason.value] += 1
            name = event.hot or ("" if motor is None else motor.name)
            if name in self._dropped:
                self._dropped[name][event.reason.value] += 1
            return
        self._strokes += 1
        self._lateness.append(event.lateness)
        if motor is None:
            return
        self._struck[motor.name] += 1
        profile = profile_of(motor, event.stroke.velocity)
        begin = event.stroke.time - profile.lead + event.lateness
        pull = begin + profile.forward.seconds + profile.pause.seconds
        self._heat[motor.name].add(begin, begin + profile.forward.seconds, profile.forward.duty)
        self._heat[motor.name].add(pull, pull + profile.back.seconds, profile.back.duty)

    def lateness(self) -> dict[str, Any]:
        """Figures of the last strokes, in seconds."""
        late = sorted(self._lateness)
        figures: dict[str, Any] = {"strokes": self._strokes, "left_out": dict(self._left_out)}
        if late:
            figures |= {"median": late[len(late) // 2], "p99": late[(len(late) * 99) // 100], "worst": late[-1]}
        return figures

    def motors(self, now: float) -> dict[str, Any]:
        """Counters of each motor; `heat` is the share of its budget that it used in the last window, as planned."""
        return {
            motor.name: {
                "number": number,
                "strokes": self._struck[motor.name],
                "left_out": dict(self._dropped[motor.name]),
                "heat": round(max(self._heat[motor.name].share(now), 0.0), 3),
            }
            for number, motor in enumerate(self._strike.motors, 1)
        }
