"""An evening once more, in virtual time: the rooms are told what they were told, and what they say is compared."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from appliance.answer.delivered import AnswerBegan
from appliance.band import Band
from appliance.happenings import AnswerOver, StrokesDue, Told
from appliance.inputs import Input, Taken
from appliance.recording import Repeated, tell_again

# An answer: the band of the evening, the duet, the answer's number in it.
_Place = tuple[int, str, int]


class Moment(NamedTuple):
    """An input, where it stands in the journal, the steps that were taken with it, and what the rooms said to it.

    `whole`: False for the last one of a journal, which may have been cut off in the middle.
    """

    where: str
    told: Input
    takes: tuple[Taken, ...]
    said: tuple[Told, ...]
    whole: bool = True


class Difference(NamedTuple):
    """The first thing that the rooms said otherwise; None for nothing where the other said something."""

    where: str
    then: Told | None
    now: Told | None


class Verdict(NamedTuple):
    """What came of it: inputs told, answers then, how many of them are the same, and the first difference of all."""

    inputs: int
    answers: int
    same: int
    difference: Difference | None


class _Answers:
    """What each answer sent to the drum, steps with their instants, keys and velocities, as one number an answer."""

    def __init__(self) -> None:
        self.digests: dict[_Place, int] = {}
        self._under_way: dict[tuple[int, str], _Place] = {}

    def see(self, band: int, told: Iterable[Told]) -> None:
        for duet, happening in ((one.duet, one.happening) for one in told):
            match happening:
                case AnswerBegan(answer):
                    place = (band, duet, answer)
                    self._under_way[band, duet] = place
                    self.digests.setdefault(place, 0)
                case StrokesDue() if (band, duet) in self._under_way:
                    place = self._under_way[band, duet]
                    self.digests[place] = hash((self.digests[place], happening))
                case AnswerOver():
                    self._under_way.pop((band, duet), None)


class Replay:
    """Begin with a fresh band, tell it every moment, begin with another where the evening did; then the verdict."""

    def __init__(self) -> None:
        self._bands = 0
        self._inputs = 0
        self._then = _Answers()
        self._now = _Answers()
        self._difference: Difference | None = None

    def begin(self, band: Band, answerers: Sequence[Repeated]) -> None:
        """From here on the moments are this band's, whose duets' answerers these are, in order."""
        self._bands += 1
        self._band = band
        self._answerers = answerers

    def tell(self, moment: Moment) -> None:
        """The next moment."""
        for place, answerer in enumerate(self._answerers):
            answerer.allow([taken for taken in moment.takes if taken.duet == place])
        said = tell_again(self._band, moment.told)
        if not moment.whole:
            said = said[: len(moment.said)]
        self._inputs += 1
        self._then.see(self._bands, moment.said)
        self._now.see(self._bands, said)
        if self._difference is None:
            self._difference = _difference(moment, said)

    def verdict(self) -> Verdict:
        """Whether it was the same."""
        then, now = self._then.digests, self._now.digests
        same = sum(now.get(place) == digest for place, digest in then.items())
        return Verdict(self._inputs, len(then), same, self._difference)


def _difference(moment: Moment, said: Sequence[Told]) -> Difference | None:
    for number in range(max(len(moment.said), len(said))):
        then = moment.said[number] if number < len(moment.said) else None
        now = said[number] if number < len(said) else None
        if then != now:
            return Difference(moment.where, then, now)
    return None
