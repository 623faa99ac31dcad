"""An ear in software, as bad as a cheap drum pad: it reports sooner or later, misses some, and makes some up."""

import random
from collections.abc import Iterable

import msgspec

from appliance.calibration.heard import Heard
from appliance.notation.hit import LOUDEST
from appliance.strike.stick import Contact

# Speed (m/s) of a stick that a pad calls 127: the fastest of the simulated kits is just below.
_LOUDEST_SPEED = 1.3

# A pad is deaf for so long (s) after a hit, or it would report each bounce.
_MASK = 0.030


class EarFaults(msgspec.Struct, frozen=True):
    """`jitter`: evenly spread, this many seconds to either side. `outliers`: this part of all is wrong altogether.

    A third of these is missed, the others come up to `wild` s off with any loudness. `loudness`: standard deviation.
    """

    jitter: float = 0.003
    outliers: float = 0.05
    wild: float = 0.030
    loudness: float = 0.05


class SimulatedEar:
    """Contacts in, reports out; the same seed, the same faults."""

    def __init__(self, faults: EarFaults, seed: int) -> None:
        self._faults = faults
        self._chance = random.Random(seed)
        self._deaf_until = float("-inf")

    def hear(self, contacts: Iterable[Contact]) -> list[Heard]:
        """What the pad reports of these, given in order of time."""
        return [heard for contact in contacts if (heard := self._hear(contact)) is not None]

    def _hear(self, contact: Contact) -> Heard | None:
        if contact.time < self._deaf_until:
            return None
        self._deaf_until = contact.time + _MASK
        faults, chance = self._faults, self._chance
        if chance.random() < faults.outliers:
            wrong = Heard(contact.time + chance.uniform(-faults.wild, faults.wild), chance.randint(1, LOUDEST))
            return None if chance.random() < 1 / 3 else wrong
        loudness = LOUDEST * contact.speed / _LOUDEST_SPEED * max(0.0, chance.gauss(1.0, faults.loudness))
        velocity = min(LOUDEST, max(1, round(loudness)))
        return Heard(contact.time + chance.uniform(-faults.jitter, faults.jitter), velocity)
