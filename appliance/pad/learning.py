"""Hit the pads in turn: which key of a pad is which drum."""

from collections.abc import Sequence

import msgspec

from appliance.notation.drums import KEYS, Drum, drum_of
from appliance.notation.hit import Hit
from appliance.pad.midi import Pad
from appliance.pad.settings import PadSettings

# What a hit shakes comes within this time (s); the hardest of all is the one that was meant.
_TOGETHER = 0.15

# A stick comes to rest on a pad: for so long (s) behind an answer, hits are not the next drum's.
_SETTLING = 0.35


class KeyLearnt(msgspec.Struct, frozen=True, tag=True):
    """A pad's key, 0 to 127, is a drum's."""

    drum: Drum
    key: int


class KeyRefused(msgspec.Struct, frozen=True, tag=True):
    """The key that was hit cannot be the drum's; `text` says why. The drum is still asked for."""

    drum: Drum
    text: str


Learnt = KeyLearnt | KeyRefused


class PadLearning:
    """Asks for one drum after the other; told a pad's messages, the time, and what is to be skipped."""

    def __init__(self, drums: Sequence[Drum], channel: int = 0) -> None:
        """`channel`: 1 to 16, the only one that is heard; 0: all."""
        self._drums = list(drums)
        self._pad = Pad(PadSettings(channel=channel, keys={}))
        self._hardest: Hit | None = None
        self._first = 0.0
        self._deaf_until = float("-inf")
        self._learnt: dict[int, Drum] = {}

    @property
    def asked(self) -> Drum | None:
        """The drum that is to be hit; None when all are known."""
        return self._drums[0] if self._drums else None

    @property
    def left(self) -> int:
        """How many drums are still to be hit, the one that is asked for among them."""
        return len(self._drums)

    @property
    def keys(self) -> dict[int, int]:
        """Pad key to General MIDI key, of those where they differ."""
        return {key: KEYS[drum][0] for key, drum in self._learnt.items() if drum_of(key) is not drum}

    def receive(self, time: float, message: Sequence[int]) -> None:
        """Take a message of the pad in."""
        hit = self._pad.receive(time, message)
        if not isinstance(hit, Hit) or self.asked is None or time < self._deaf_until:
            return
        if self._hardest is None:
            self._first = time
        if self._hardest is None or hit.velocity > self._hardest.velocity:
            self._hardest = hit

    def skip(self) -> None:
        """The pad does not have this drum."""
        self._hardest = None
        self._drums = self._drums[1:]

    def next_deadline(self) -> float | None:
        """When a hit can be told from what it shook; None while nothing was hit."""
        return None if self._hardest is None else self._first + _TOGETHER

    def advance(self, now: float) -> list[Learnt]:
        """What is known by now."""
        deadline, hit = self.next_deadline(), self._hardest
        if deadline is None or deadline > now or hit is None or self.asked is None:
            return []
        self._hardest = None
        self._deaf_until = now + _SETTLING
        drum, other = self.asked, self._learnt.get(hit.pitch)
        if other is not None:
            return [KeyRefused(drum, f"key {hit.pitch} is the {_said(other)} already: hit another pad")]
        self._learnt[hit.pitch] = drum
        self._drums = self._drums[1:]
        return [KeyLearnt(drum, hit.pitch)]


class PadPupil:
    """Has a person hit the drums of one pad; `name` is the input that is heard."""

    def __init__(self, learning: PadLearning, name: str) -> None:
        self._learning = learning
        self._name = name

    def question(self) -> str | None:
        """Which drum to hit."""
        asked = self._learning.asked
        return None if asked is None else f"hit the {_said(asked)} (Enter: there is none)"

    def receive(self, port: str, time: float, message: Sequence[int]) -> list[str]:
        """A message of an input; what is learnt is said when no more can shake."""
        if port == self._name:
            self._learning.receive(time, message)
        return []

    def skip(self) -> None:
        """There is no such drum."""
        self._learning.skip()

    def next_deadline(self) -> float | None:
        """When a hit is known."""
        return self._learning.next_deadline()

    def advance(self, now: float) -> list[str]:
        """What was learnt by now, in words."""
        return [
            f"  {learnt.text if isinstance(learnt, KeyRefused) else f'key {learnt.key}'}"
            for learnt in self._learning.advance(now)
        ]


def _said(drum: Drum) -> str:
    return drum.label.replace("_", " ")
