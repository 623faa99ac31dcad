"""How a motor is measured in a minute: reach, weakest push, levels, return, and a check of what was found.

A series of attempts is yielded, a reading for each is sent back. The strokes are counted against the time, so that a
drum takes 60 s at most; what is left of it after the other steps goes into the levels.
"""

import math
from collections.abc import Generator, Sequence

from appliance.calibration.curve import Level, knots
from appliance.calibration.findings import Check, Findings, touched
from appliance.calibration.heard import Attempt, Reading
from appliance.calibration.median import middle
from appliance.calibration.session import LISTEN, Procedure, Series
from appliance.strike.kit import Knot, Motor, Return, StrikeSettings
from appliance.strike.touch import profile_of

SECONDS = 60.0

# While leads are unknown: the pull begins so long after the start, later than any useful stick arrives, and is
# strong enough to bring it home from anywhere; the next attempt waits until it lies still (s, duty).
_PULL_AT = 0.070
_PULL = 0.045
_PULL_DUTY = 0.6
_GAP = 0.135

# The push grows by this factor from the shortest on, until it would last until less than _CLEAR s before the arrival.
_SHORTEST = 0.010
_GROWTH = 1.2
_CLEAR = 0.002

_LADDER = 3  # strokes on each rung of a ladder; two of them decide
_REACH = 12  # strokes that make the longest push sure
_HALVINGS = 5  # of the duties between nothing and the hardest: 3 % of it
_FLOOR = 0.02  # duty above the weakest that sounds, for the softest level: at the brink itself a stick falls short

_LEVELS = 10
_BEND = 1.6  # levels lie closer where loudness changes faster: at the soft end
_STRIDE = 5  # through the levels in a round, so that a drift falls on all
_ROUNDS = 24

_CHECKED = (1, 19, 37, 55, 73, 91, 109, 127)
_CHECKS = 3  # strokes each
_MIDDLE = 64

# Double strokes for each time to settle: after the softest, which leaves the stick farthest from home, and after the
# hardest, which brings it home fastest, one that is soft enough to feel a bad start.
_PAIRS = 4
_FIRST, _SECOND = (1, 127), 37
_SETTLES = (0.0, 0.010, 0.020, 0.030, 0.045, 0.060, 0.080)  # s
_PULLS = ((1.5, 0.9), (2.2, 0.65))  # length of the pull, in that of the push, and its duty
_SAME = 0.0025  # s; two and a half standard errors of four strokes with an ear of +-3 ms

# What may be believed: a level's share of strokes heard, its spread (s; an ear of +-3 ms alone makes 2.2 ms), half of
# its interval of 95 % (s), and in the check the middle of all errors (s).
_HEARD = 0.7
_SPREAD = 0.0055
_DOUBT = 0.003
_FEWEST = 8
_MISSED = 0.0025

Step = Generator[Series, list[Reading], list[Reading]]


def measure(motor: Motor, settings: StrikeSettings, seconds: float = SECONDS) -> Procedure:
    """Measure a motor within `seconds`; what it was set to is struck first, and what was found last."""
    work = _Work(motor, settings, seconds)
    before = yield from work.check(motor)
    forward = yield from work.reach()
    if forward is None:
        return work.findings(f"the stick was not heard at duty {motor.hard.duty:g}: is the ear at this drum?")
    weakest = yield from work.weakest(forward)
    levels = yield from work.levels(forward, weakest)
    believed, doubt = steady(levels)
    if doubt:
        return work.findings(doubt, levels, before)
    touch = knots(believed, forward)
    back = yield from work.back(touch)
    if back is None:
        return work.findings("no pull brought the stick back in time for a second stroke", levels, before)
    found = touched(motor, touch, back)
    after = yield from work.check(found)
    return Findings(
        motor=motor.name,
        doubts=missed(after),
        strokes=work.strokes,
        seconds=work.spent,
        weakest=weakest,
        repeat=found.repeat,
        levels=levels,
        touch=touch,
        back=back,
        before=before,
        after=after,
    )


def steady(levels: Sequence[Level]) -> tuple[tuple[Level, ...], str]:
    """The levels from the softest steady one on, and a sentence when they are too few or one of them is unsteady."""
    believed = list(levels)
    while believed and _unsteady(believed[0]):
        del believed[0]
    trouble = next((why for level in believed if (why := _unsteady(level))), "")
    if len(believed) < _FEWEST:
        first = next((why for level in levels if (why := _unsteady(level))), "")
        return (), f"only {len(believed)} of {len(levels)} strengths are steady: {first or 'the others were not heard'}"
    return (() if trouble else tuple(believed)), trouble


def missed(after: Sequence[Check]) -> tuple[str, ...]:
    """A sentence if strokes with what was found did not arrive as it says."""
    errors = [check.error for check in after if check.error is not None]
    if len(errors) < _HEARD * len(after):
        return (f"of {len(after)} strokes with what was found {len(errors)} were heard",)
    halves = ("soft", [c for c in after if c.velocity < _MIDDLE]), ("hard", [c for c in after if c.velocity >= _MIDDLE])
    return tuple(
        f"{name} strokes with what was found arrive {1e3 * error:+.1f} ms off"
        for name, half in halves
        if abs(error := middle([check.error for check in half if check.error is not None]).value) > _MISSED
    )


def _unsteady(level: Level) -> str:
    at = f"at duty {level.duty:.2f}"
    if level.heard < _HEARD:
        return f"{at} {level.heard:.0%} of the strokes are heard"
    if level.lead.spread > _SPREAD:
        return f"{at} the arrivals spread by {1e3 * level.lead.spread:.1f} ms"
    if level.lead.doubt > _DOUBT:
        return f"{at} the lead is known to {1e3 * level.lead.doubt:.1f} ms only"
    return ""


class _Work:
    """The steps, and the time and strokes that they took."""

    def __init__(self, motor: Motor, settings: StrikeSettings, seconds: float) -> None:
        self._motor = motor
        self._settings = settings
        self._seconds = seconds
        self.spent = 0.0
        self.strokes = 0

    def findings(self, doubt: str, levels: Sequence[Level] = (), before: Sequence[Check] = ()) -> Findings:
        """What there is when nothing can be written."""
        return Findings(
            self._motor.name, (doubt,), self.strokes, self.spent, levels=tuple(levels), before=tuple(before)
        )

    def check(self, motor: Motor) -> Generator[Series, list[Reading], tuple[Check, ...]]:
        """Strokes of eight velocities as the motor's settings have them."""
        velocities = _CHECKED * _CHECKS
        readings = yield from self._strike([_stroke(motor, velocity) for velocity in velocities])
        return tuple(
            Check(velocity, profile_of(motor, velocity).lead, reading.lead, reading.loudness)
            for velocity, reading in zip(velocities, readings, strict=True)
        )

    def reach(self) -> Generator[Series, list[Reading], float | None]:
        """The longest push at the hardest duty that is surely over when the stick arrives; None when none is heard."""
        forward, lead = _SHORTEST, math.inf
        while True:
            readings = yield from self._push(_LADDER, forward, self._motor.hard.duty)
            if sounds(readings):
                # The latest: a wrong one that is late costs a rung too much, which the sure strokes then take back.
                lead = max(_leads(readings))
            longer = forward * _GROWTH
            if longer > lead - _CLEAR or longer >= 0.9 * self._settings.max_on:
                break
            forward = longer
        if math.isinf(lead):
            return None
        sure = yield from self._push(_REACH, forward, self._motor.hard.duty)
        leads = _leads(sure)
        return round(min(forward, middle(leads).low - _CLEAR), 4) if len(leads) > _REACH // 2 else None

    def weakest(self, forward: float) -> Generator[Series, list[Reading], float]:
        """The weakest duty that sounds, by halving."""
        silent, sounding = 0.0, self._motor.hard.duty
        for _ in range(_HALVINGS):
            half = (silent + sounding) / 2
            readings = yield from self._push(_LADDER, forward, half)
            if sounds(readings):
                sounding = half
            else:
                silent = half
        return sounding

    def levels(self, forward: float, weakest: float) -> Generator[Series, list[Reading], tuple[Level, ...]]:
        """Many strokes at each of ten duties, the ends twice as often: a fitted curve is least sure there."""
        low, high = min(weakest + _FLOOR, self._motor.hard.duty), self._motor.hard.duty
        duties = [low + (high - low) * (n / (_LEVELS - 1)) ** _BEND for n in range(_LEVELS)]
        one_round = [*duties, duties[0], duties[-1]]
        order = [one_round[(_STRIDE * n) % len(one_round)] for n in range(len(one_round))]
        struck = order * self._rounds(len(order))
        readings = yield from self._strike([_push(forward, duty) for duty in struck])
        return tuple(
            level
            for duty in duties
            if (level := _level(duty, [r for d, r in zip(struck, readings, strict=True) if d == duty])) is not None
        )

    def back(self, touch: tuple[Knot, ...]) -> Generator[Series, list[Reading], Return | None]:
        """The pull after which a second stroke comes soonest as if it were the first."""
        found: list[Return] = []
        for share, duty in _PULLS:
            seconds = round(min(share * touch[-1].forward, 0.9 * self._settings.max_on), 4)
            pull = Return(self._motor.back.contact, seconds, duty)
            settle = yield from self._settle(touched(self._motor, touch, pull))
            if settle is not None:
                found.append(Return(pull.contact, seconds, duty, settle))
        return min(found, key=lambda pull: pull.seconds + pull.settle, default=None)

    def _settle(self, motor: Motor) -> Generator[Series, list[Reading], float | None]:
        low, high = 0, len(_SETTLES)
        while low < high:
            half = (low + high) // 2
            alike = yield from self._pairs(motor, _SETTLES[half])
            low, high = (low, half) if alike else (half + 1, high)
        return _SETTLES[low] if low < len(_SETTLES) else None

    def _pairs(self, motor: Motor, settle: float) -> Generator[Series, list[Reading], bool]:
        """Whether the second of two strokes, so close, arrives and sounds like the first."""
        struck: list[Attempt] = []
        for velocity in _FIRST:
            first, second = _stroke(motor, velocity), _stroke(motor, _SECOND)
            struck += [first, _after(second, _length(first) + settle + self._settings.dead_time)]
        readings = yield from self._strike(struck * _PAIRS)
        lead = profile_of(motor, _SECOND).lead
        return all(_agree(_leads(readings[1 + 2 * n :: 2 * len(_FIRST)]), lead) for n in range(len(_FIRST)))

    def _rounds(self, attempts: int) -> int:
        pairs = len(_PULLS) * math.ceil(math.log2(len(_SETTLES) + 1)) * _PAIRS * len(_FIRST) * 2.2 * _GAP
        rest = pairs + _CHECKS * len(_CHECKED) * _GAP + 8 * LISTEN
        return max(2, min(_ROUNDS, int((self._seconds - self.spent - rest) / (attempts * _GAP))))

    def _push(self, count: int, forward: float, duty: float) -> Step:
        return (yield from self._strike([_push(forward, duty)] * count))

    def _strike(self, attempts: Sequence[Attempt]) -> Step:
        self.spent += sum(attempt.gap for attempt in attempts) + max(0.0, LISTEN - attempts[0].gap) + 0.05
        self.strokes += len(attempts)
        return (yield tuple(attempts))


def sounds(readings: Sequence[Reading]) -> bool:
    """Whether most attempts were heard: an ear may miss one, or hear what was not there."""
    return 2 * len(_leads(readings)) > len(readings)


def _agree(leads: Sequence[float], promised: float) -> bool:
    return len(leads) > _PAIRS // 2 and abs(middle(leads).value - promised) <= _SAME


def _level(duty: float, readings: Sequence[Reading]) -> Level | None:
    made = [reading for reading in readings if reading.made]
    heard = _heard(made)
    if len(heard) < _LADDER:
        return None
    lead, loudness = (middle([pair[n] for pair in heard]) for n in (0, 1))
    return Level(duty, lead, loudness, len(heard) / len(made))


def _heard(readings: Sequence[Reading]) -> list[tuple[float, float]]:
    return [(r.lead, r.loudness) for r in readings if r.lead is not None and r.loudness is not None]


def _leads(readings: Sequence[Reading]) -> list[float]:
    return [reading.lead for reading in readings if reading.lead is not None]


def _push(forward: float, duty: float) -> Attempt:
    return Attempt(_GAP, forward, duty, max(_PULL_AT - forward, 0.01), _PULL, _PULL_DUTY)


def _stroke(motor: Motor, velocity: int) -> Attempt:
    profile = profile_of(motor, velocity)
    return Attempt(
        _GAP, profile.forward.seconds, profile.forward.duty, profile.pause.seconds, profile.back.seconds,
        profile.back.duty,
    )  # fmt: skip


def _after(attempt: Attempt, gap: float) -> Attempt:
    return Attempt(gap, attempt.forward, attempt.duty, attempt.pause, attempt.back, attempt.back_duty)


def _length(attempt: Attempt) -> float:
    return attempt.forward + attempt.pause + attempt.back
