"""Which motor plays which drum, and how it moves."""

import math
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated

import msgspec

from appliance.notation.drums import Drum, drum_of
from appliance.notation.hit import LOUDEST
from appliance.strike.budget import Budget
from appliance.strike.trial import LONGEST_NAME, Try

# No try lasts longer (s), its pause counted: a motor is busy with it, whatever comes.
_LONGEST_TRY = 1.0

_LABELS = tuple(drum.label for drum in Drum)


class Push(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a stick is sent to the head: pushed for `forward` s with `duty`, it arrives `lead` s after the start.

    Raises: ValueError when the push would last beyond the arrival (it would damp the drum), or for a number that no
    motor can be given.
    """

    forward: float
    duty: float
    lead: float

    def __post_init__(self) -> None:
        _check_seconds("forward", self.forward)
        _check_seconds("lead", self.lead)
        _check_duty(self.duty)
        if self.forward > self.lead:
            raise ValueError(
                f"a push of {self.forward} s would damp the drum: the stick is on the head after {self.lead} s"
            )


class Knot(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The push that a velocity was measured to need; in a settings file `[velocity, forward, duty, lead]`.

    Raises: ValueError as Push does, or for a velocity that is none.
    """

    velocity: int
    forward: float
    duty: float
    lead: float

    def __post_init__(self) -> None:
        if not 1 <= self.velocity <= LOUDEST:
            raise ValueError(f"a velocity is 1 to {LOUDEST}, not {self.velocity}")
        Push(self.forward, self.duty, self.lead)

    @property
    def push(self) -> Push:
        """The push alone."""
        return Push(self.forward, self.duty, self.lead)


class Return(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a stick comes back: left alone for `contact` s on the head, pulled for `seconds` with `duty`.

    It lies still `settle` s after that. A duty of 0 is a solenoid's: one push and no pull, for `seconds` its spring
    takes it back. Raises: ValueError for a number that no motor can be given.
    """

    contact: float
    seconds: float
    duty: float
    settle: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.settle) and self.settle >= 0):
            raise ValueError(f"settle is a number of seconds, 0 or more, not {self.settle}")
        _check_seconds("contact", self.contact)
        _check_seconds("seconds", self.seconds)
        if self.duty:
            _check_duty(self.duty)


class Rebound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A double (a ruff, a drag): a second stroke out of the first one's rebound, the two being one motion.

    A stroke that comes `soonest` to `latest` s behind another, too soon for a motion of its own, is played by a push of
    `forward` s with `duty` that begins `lead` s before it. Raises: ValueError for numbers that make no double.
    """

    soonest: float
    latest: float
    forward: float
    duty: float
    lead: float

    def __post_init__(self) -> None:
        for name in ("soonest", "latest", "forward", "lead"):
            _check_seconds(name, getattr(self, name))
        _check_duty(self.duty)
        if not self.forward <= self.lead < self.soonest <= self.latest:
            raise ValueError(
                f"a double's push of {self.forward} s ends by its lead of {self.lead} s, shorter than soonest, "
                f"{self.soonest} s, and latest, {self.latest} s"
            )


class Motor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A motor and the drums it plays, between its softest stroke (velocity 1) and its hardest (127).

    `curve` bends the way between them: share = ((velocity - 1) / 126) ** curve. `touch`, which calibration measures,
    says more: the pushes of some velocities, 1 and 127 among them, and straight lines between; `curve` is then unused.
    Raises: ValueError when a softer stroke is stronger than a harder one, or arrives sooner.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
    drums: tuple[str, ...]
    soft: Push
    hard: Push
    back: Return
    curve: float = 1.0
    touch: tuple[Knot, ...] = ()
    rebound: Rebound | None = None
    budget: Budget | None = None  # where its rating is another than the kit's

    def __post_init__(self) -> None:
        if not self.drums:
            raise ValueError(f"motor {self.name!r} plays no drum: name at least one of {', '.join(_LABELS)}")
        for label in self.drums:
            _check_drum(self.name, label)
        _check_order(self.name, "duty", self.soft.duty, self.hard.duty)
        _check_order(self.name, "forward", self.soft.forward, self.hard.forward)
        _check_order(self.name, "lead", self.hard.lead, self.soft.lead, "hard", "soft")
        if not (math.isfinite(self.curve) and self.curve > 0):
            raise ValueError(f"the curve of motor {self.name!r} is a number above 0, not {self.curve}")
        if self.touch:
            self._check_touch()
        if self.rebound is not None and self.rebound.soonest - self.rebound.lead < self.back.contact:
            raise ValueError(
                f"motor {self.name!r} would push again {self.rebound.soonest - self.rebound.lead:.4f} s after its "
                f"arrival: the stick is on the head for {self.back.contact} s"
            )

    @property
    def repeat(self) -> float:
        """The least seconds between two strokes of this motor, whatever their velocities."""
        return self.soft.lead + self.back.contact + self.back.seconds + self.back.settle

    def _check_touch(self) -> None:
        first, last = self.touch[0], self.touch[-1]
        if (first.velocity, last.velocity) != (1, LOUDEST):
            raise ValueError(f"the touch of motor {self.name!r} goes from velocity 1 to {LOUDEST}")
        if (first.push, last.push) != (self.soft, self.hard):
            raise ValueError(f"the touch of motor {self.name!r} begins with its soft push and ends with its hard one")
        for softer, harder in pairwise(self.touch):
            if softer.velocity >= harder.velocity:
                raise ValueError(f"the touch of motor {self.name!r} has velocity {harder.velocity} out of order")
            _check_order(self.name, "duty", softer.duty, harder.duty)
            _check_order(self.name, "forward", softer.forward, harder.forward)
            _check_order(self.name, "lead", harder.lead, softer.lead, "hard", "soft")


class Kit(msgspec.Struct, frozen=True):
    """The motors of a drum set; each plays one stroke at a time.

    Motors that play the same drum stand in for one another, in their order. Raises: ValueError when two motors have one
    name.
    """

    motors: tuple[Motor, ...]

    def __post_init__(self) -> None:
        _check_once("two motors are called", (motor.name for motor in self.motors))

    def motors_for(self, pitch: int) -> tuple[Motor, ...]:
        """The motors that play a General MIDI key, the first choice first; perhaps none."""
        drum = drum_of(pitch)
        return () if drum is None else tuple(motor for motor in self.motors if drum.label in motor.drums)

    def motor_for(self, pitch: int) -> Motor | None:
        """The motor that plays a General MIDI key where it can, or None."""
        return next(iter(self.motors_for(pitch)), None)


class StrikeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The [strike] table: the motors and the limits that none of them may pass, all in seconds.

    `dead_time` parts a motor's two directions, `max_on` is its longest drive without a rest, `tolerance` is how late a
    stroke may begin before it is left out. `chokes` are pairs of drums, of which the first silences the second: of
    strokes at the same instant it alone is played. `groove_bars` are played alone when the player
    falls silent in mid-song. Raises: ValueError for limits that some motor's own numbers break.
    """

    motors: tuple[Motor, ...]
    dead_time: float
    max_on: float
    tolerance: float
    budget: Budget = Budget(on=1.2, window=4.0)
    chokes: tuple[tuple[str, str], ...] = ()
    groove_bars: int = 4

    def __post_init__(self) -> None:
        _check_seconds("dead_time", self.dead_time)
        _check_seconds("max_on", self.max_on)
        _check_seconds("tolerance", self.tolerance)
        Kit(self.motors)
        for motor in self.motors:
            self._check_limits(motor)
        if self.groove_bars < 0:
            raise ValueError(f"groove_bars is a number of bars, 0 for none, not {self.groove_bars}")
        for pair in self.chokes:
            for label in pair:
                _check_drum_name("a pair of chokes names", label)

    @property
    def slowest_lead(self) -> float:
        """Seconds of the softest stroke's way on the slowest motor."""
        return max((motor.soft.lead for motor in self.motors), default=0.0)

    def budget_of(self, motor: Motor) -> Budget:
        """What a motor may be driven over some seconds: its own rating, or the kit's."""
        return motor.budget or self.budget

    @property
    def kit(self) -> Kit:
        """Which motor plays which drum."""
        return Kit(self.motors)

    def allows(self, trial: Try) -> bool:
        """Whether a try keeps the limits that every motor's own numbers keep."""
        longest = max(trial.forward, trial.back if trial.pulls else 0.0)
        solenoid = any(motor.name == trial.motor and not motor.back.duty for motor in self.motors)
        pull_fits = not trial.pulls or (trial.pause >= self.dead_time and not solenoid)
        drives_fit = self.tolerance < trial.forward and longest < self.max_on
        return drives_fit and pull_fits and trial.profile.total <= _LONGEST_TRY

    def _check_limits(self, motor: Motor) -> None:
        longest = max(motor.hard.forward, motor.back.seconds if motor.back.duty else 0.0)
        if motor.rebound is not None:
            longest = max(longest, motor.rebound.forward)
        if longest >= self.max_on:
            raise ValueError(f"motor {motor.name!r} is driven for {longest} s: max_on, {self.max_on} s, must be longer")
        if motor.back.contact < self.dead_time:
            raise ValueError(
                f"motor {motor.name!r} turns round after {motor.back.contact} s, sooner than the dead time, "
                f"{self.dead_time} s"
            )
        if motor.soft.forward <= self.tolerance:
            raise ValueError(
                f"the tolerance, {self.tolerance} s, is as long as the softest push of motor {motor.name!r}, "
                f"{motor.soft.forward} s"
            )
        hardest = motor.hard.forward * motor.hard.duty**2 + motor.back.seconds * motor.back.duty**2
        if hardest > self.budget_of(motor).on / 2:
            raise ValueError(
                f"the hardest stroke of motor {motor.name!r} takes {hardest:.3f} s of its duty budget, "
                f"{self.budget_of(motor).on} s: allow two at least"
            )


def _check_seconds(name: str, seconds: float) -> None:
    if not (math.isfinite(seconds) and seconds > 0):
        raise ValueError(f"{name} is a number of seconds above 0, not {seconds}")


def _check_duty(duty: float) -> None:
    if not 0 < duty <= 1:
        raise ValueError(f"a duty is above 0 and at most 1, not {duty}")


def _check_drum(motor: str, label: str) -> None:
    _check_drum_name(f"motor {motor!r} plays", label)


def _check_drum_name(where: str, label: str) -> None:
    if label in _LABELS:
        return
    import difflib  # for errors alone: a striker that strikes would lock it in memory

    near = difflib.get_close_matches(label, _LABELS, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"name one of {', '.join(_LABELS)}"
    raise ValueError(f"{where} {label!r}, which is no drum: {hint}")


def _check_order(motor: str, what: str, less: float, more: float, low: str = "soft", high: str = "hard") -> None:
    if less > more:
        raise ValueError(f"motor {motor!r}: the {low} {what}, {less}, is above the {high} one, {more}")


def _check_once(sentence: str, names: Iterable[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise ValueError(f"{sentence} {twice[0]!r}")
