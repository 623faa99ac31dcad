"""A car-door-lock motor with a stick on its lever, in software: duty in, meetings of stick and head out.

Everything is seen from the tip of the stick, along its way from the stop (0) to the head (`travel`). The motor is a
winding and a magnet, V = R i + k v and F = k i; gears and lever turn the rotor's inertia into a mass at the tip. That
mass is the greater part: the stick itself weighs 50 g, of which a third counts at the tip.

The figures, and where they are from (12 V, one lever of about 2 between the rod and the tip):

* Held at its stop such a motor takes 3.2 A from a car's battery before its thermistor opens: Toyota Camry 1996 and
  Lexus LX 450 1997, repair manuals, "door lock motor inspection". So R is 3.8 ohms, leads and thermistor counted.
* The motors are cans of the 260 and 280 class (Mabuchi FC-280 in locks and mirrors: slotblog.net, topic 64031). MIT's
  course 2.007 (2008) gives for the RC-260RA-2670 at 6 V: 24000 turns a minute without load, 7.0 mN m and 3.5 A at a
  stall, 1.7 ohms, 2.0 mN m/A. Wound for 12 V that is 4 mN m/A and 6.8 ohms; the 280 is longer, and stronger for it.
* Spur gears and a rack turn it into 17 to 20 mm at the rod; sellers give 20 to 60 N there, and seldom how they measured
  it. With 49 N at 3.2 A (5 kgf), k at the rod is 15 N/A and at the tip 7.5 N/A: 1.6 m/s without load.
* No source gives the rotor's inertia. 3 to 6 g cm2 is what a cylinder of iron of that size has; 12000 turns a minute
  over 0.8 m/s make 0.19 to 0.37 kg of it at the tip, and a time constant m R / k^2 of 13 to 25 ms, as such motors have.
* Friction and weight at the tip are assumed: enough that a stick stays where it is left, as a lock does.
* A stick is on the head for 3 to 6 ms: A. Wagner, "Analysis of drumbeat", KTH 2006. The head is a spring and a damper
  made to give just that, and to give back 30 to 60 % of the speed.

The winding's inductance is left out: L / R is some 0.3 ms, a hundredth of the time constant, and the same every time.
"""

import math
import random
from collections.abc import Iterator

import msgspec

from appliance.strike.motor import COAST, Inputs

# Steps of the integration (s). A contact of 3 ms has 60; half the step moves no arrival by more than 20 us.
_STEP = 0.00005

# Below this speed (m/s) and height (m) a stick that nothing drives lies still.
_STILL = 0.02
_LOW = 0.0002

# What the rod's stop gives back of a speed: plastic on rubber.
_STOP_RETURNS = 0.25


class Mechanics(msgspec.Struct, frozen=True):
    """One motor with its stick, at the tip; SI units. `contact`: how long the head keeps a stick let alone."""

    resistance: float = 3.8  # ohm
    force: float = 7.5  # N/A, and V s/m
    mass: float = 0.24  # kg
    friction: float = 1.4  # N, whenever it moves
    weight: float = 0.8  # N towards the stop: gravity and the stick's spring
    travel: float = 0.018  # m from the stop to the head
    contact: float = 0.0045  # s
    rebound: float = 0.45  # speed after over speed before
    supply: float = 12.0  # V


def different(seed: int, count: int = 8) -> tuple[Mechanics, ...]:
    """As many motors, no two alike: each figure drawn evenly from the range in which its sources differ."""
    chance = random.Random(seed)
    return tuple(
        Mechanics(
            resistance=chance.uniform(3.3, 4.4),
            force=chance.uniform(6.8, 8.2),
            mass=chance.uniform(0.19, 0.29),
            friction=chance.uniform(1.0, 1.8),
            weight=chance.uniform(0.5, 1.0),
            travel=chance.uniform(0.015, 0.021),
            contact=chance.uniform(0.003, 0.006),
            rebound=chance.uniform(0.3, 0.6),
            supply=chance.uniform(11.6, 12.4),
        )
        for _ in range(count)
    )


class Unsteadiness(msgspec.Struct, frozen=True):
    """How much one stroke differs from the next, as standard deviations in parts of the value."""

    friction: float = 0.04
    supply: float = 0.004


STEADY = Unsteadiness(0.0, 0.0)


class Contact(msgspec.Struct, frozen=True, gc=False):
    """The stick met the head at `time` (s) with `speed` (m/s); told when it has left it.

    `damped`: the motor pushed or pulled meanwhile, or the stick lay on the head: the drum was choked.
    """

    time: float
    speed: float
    seconds: float
    damped: bool


class Stick:
    """A motor and its stick: told its inputs and the time, it yields what the head met.

    The same seed gives the same strokes. `unsteadiness` of zeros gives the same stroke each time.
    """

    def __init__(self, mechanics: Mechanics, unsteadiness: Unsteadiness, seed: int) -> None:
        self._mechanics = mechanics
        self._unsteadiness = unsteadiness
        self._chance = random.Random(seed)
        self._inputs = COAST
        self._now = 0.0
        self._place = 0.0
        self._speed = 0.0
        self._met: tuple[float, float] | None = None  # instant and speed of the contact that lasts
        self._forced = False
        self._friction = mechanics.friction
        self._supply = mechanics.supply
        self._stiffness, self._damping = _head(mechanics)

    @property
    def place(self) -> float:
        """Metres from the stop; beyond `travel` the head gives way."""
        return self._place

    @property
    def still(self) -> bool:
        """Whether it lies at its stop, undriven."""
        return not self._inputs.driven and self._place <= _LOW and abs(self._speed) <= _STILL

    def drive(self, inputs: Inputs) -> None:
        """Inputs from now on, which is where it was last advanced to."""
        if inputs.driven > 0 and self._inputs.driven <= 0:
            self._begin_stroke()
        self._inputs = inputs

    def advance(self, now: float) -> Iterator[Contact]:
        """Every contact that has ended by `now`. It must be exhausted."""
        while self._now < now and not self.still:
            step = min(_STEP, now - self._now)
            contact = self._move(step)
            self._now += step
            if contact is not None:
                yield contact
        if self.still:
            self._place = self._speed = 0.0
        self._now = max(self._now, now)

    def _begin_stroke(self) -> None:
        self._friction = self._mechanics.friction * self._around_one(self._unsteadiness.friction)
        self._supply = self._mechanics.supply * self._around_one(self._unsteadiness.supply)

    def _around_one(self, deviation: float) -> float:
        return max(0.0, self._chance.gauss(1.0, deviation)) if deviation else 1.0

    def _move(self, step: float) -> Contact | None:
        before = self._place
        self._speed = self._speed_after(step)
        self._place += self._speed * step
        if self._place < 0.0:
            self._place, self._speed = 0.0, -_STOP_RETURNS * min(self._speed, 0.0)
        return self._touch(before, step)

    def _speed_after(self, step: float) -> float:
        mechanics = self._mechanics
        force = self._pull() - mechanics.weight + self._push_of_head()
        if self._place <= 0.0 and self._speed <= 0.0 and force <= self._friction:
            return 0.0  # it lies at its stop and nothing lifts it
        speed = self._speed + force / mechanics.mass * step
        rub = self._friction / mechanics.mass * step
        return 0.0 if abs(speed) <= rub else speed - math.copysign(rub, speed)

    def _pull(self) -> float:
        """The motor's force. A bridge that chops its enable input lets no current back: a fast stick is not braked."""
        way = self._inputs.driven
        if not way:
            return 0.0
        mechanics = self._mechanics
        left = self._inputs.duty * self._supply - way * mechanics.force * self._speed
        return way * mechanics.force * max(0.0, left) / mechanics.resistance

    def _push_of_head(self) -> float:
        deep = self._place - self._mechanics.travel
        return 0.0 if deep <= 0.0 else min(0.0, -self._stiffness * deep - self._damping * self._speed)

    def _touch(self, before: float, step: float) -> Contact | None:
        travel = self._mechanics.travel
        if self._met is None:
            if before <= travel < self._place:
                # Somewhere within the step: at the crossing.
                self._met = (self._now + step * (travel - before) / (self._place - before), self._speed)
                self._forced = False
            return None
        self._forced = self._forced or bool(self._inputs.driven)
        if self._place > travel:
            return None
        (time, speed), self._met = self._met, None
        seconds = self._now + step - time
        return Contact(time, speed, seconds, self._forced or seconds > 2.0 * self._mechanics.contact)


def _head(mechanics: Mechanics) -> tuple[float, float]:
    """Stiffness (N/m) and damping (N s/m): half a period of a damped spring lasts `contact` and returns `rebound`."""
    omega = math.pi / mechanics.contact
    decay = -math.log(mechanics.rebound) / mechanics.contact
    return mechanics.mass * (omega**2 + decay**2), 2.0 * mechanics.mass * decay
