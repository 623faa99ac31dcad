"""How hard a pad was struck, and whether it was struck at all: its curve, its bounces, its neighbours' shaking."""

import math

import msgspec

from appliance.notation.drums import Drum, drum_of
from appliance.notation.hit import LOUDEST, Hit

# A hit's drum, or for a key that is no drum of ours the key itself.
Place = Drum | int


def check_window(seconds: float | None, key: str) -> None:
    """Raises: ValueError unless a window lasts 0 to 1 s (None: not said)."""
    if seconds is not None and not 0 <= seconds <= 1:
        raise ValueError(f"{key} is 0 to 1 s, not {seconds}")


class DrumTouch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What differs for one drum of a pad, by the keys of the pad; what is not said is as the pad has it.

    Raises: ValueError for what no pad can do.
    """

    threshold: int | None = None
    hardest: int | None = None
    curve: float | None = None
    debounce: float | None = None
    crosstalk: float | None = None
    crosstalk_share: float | None = None

    def __post_init__(self) -> None:
        check_window(self.debounce, "debounce")
        check_window(self.crosstalk, "crosstalk")
        if self.crosstalk_share is not None and not 0 <= self.crosstalk_share <= 1:
            raise ValueError(f"crosstalk_share is 0 to 1, not {self.crosstalk_share}")
        if self.curve is not None and not (math.isfinite(self.curve) and 0.1 <= self.curve <= 10):
            raise ValueError(f"curve is an exponent, 0.1 to 10, not {self.curve}")
        for key, velocity in (("threshold", self.threshold), ("hardest", self.hardest)):
            if velocity is not None and not 1 <= velocity <= LOUDEST:
                raise ValueError(f"{key} is a velocity, 1 to 127, not {velocity}")


class Touch(msgspec.Struct, frozen=True):
    """The same for a drum, with nothing left open.

    A pad's velocities from `threshold` to `hardest` become 1 to 127, by the exponent `curve`: below 1 soft hits grow,
    above 1 they shrink. Raises: ValueError when the threshold is not below the hardest.
    """

    threshold: int = 1
    hardest: int = LOUDEST
    curve: float = 1.0
    debounce: float = 0.0
    crosstalk: float = 0.0
    crosstalk_share: float = 0.0

    def __post_init__(self) -> None:
        if not self.threshold < self.hardest:
            raise ValueError(f"threshold must be below hardest, and {self.threshold} is not below {self.hardest}")

    def changed(self, drum: DrumTouch) -> "Touch":
        """The touch of a drum that says something of its own. Raises: ValueError."""
        own = {key: value for key, value in msgspec.structs.asdict(drum).items() if value is not None}
        return msgspec.structs.replace(self, **own)

    def velocity(self, sent: int) -> int:
        """What a pad's velocity (1 to 127) means, 1 to 127; 0 for one below the threshold."""
        if sent < self.threshold:
            return 0
        share: float = min(1.0, (sent - self.threshold) / (self.hardest - self.threshold)) ** self.curve
        return 1 + round((LOUDEST - 1) * share)


class Sieve:
    """Tells a stick from what shakes with it. It never waits, so a bounce is known as one only behind its hit."""

    def __init__(self, touch: Touch, drums: dict[Drum, Touch]) -> None:
        self._touch = touch
        self._drums = drums
        self._latest: dict[Place, Hit] = {}

    def receive(self, hit: Hit) -> Hit | None:
        """The hit, with the velocity that is meant; None for what was none."""
        drum = drum_of(hit.pitch)
        place: Place = hit.pitch if drum is None else drum
        touch = self._drums.get(drum, self._touch) if drum is not None else self._touch
        velocity = touch.velocity(hit.velocity)
        if not velocity or self._bounces(place, hit.time, touch) or self._shakes(place, hit.time, velocity, touch):
            return None
        meant = Hit(hit.time, hit.pitch, velocity)
        self._latest[place] = meant
        return meant

    def _bounces(self, place: Place, time: float, touch: Touch) -> bool:
        before = self._latest.get(place)
        return before is not None and time < before.time + touch.debounce

    def _shakes(self, place: Place, time: float, velocity: int, touch: Touch) -> bool:
        return any(
            time < other.time + touch.crosstalk and velocity < touch.crosstalk_share * other.velocity
            for key, other in self._latest.items()
            if key != place
        )
