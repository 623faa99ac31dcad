"""An evening once more, in virtual time: the rooms are told what they were told, and what they say is compared."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from appliance.answer.delivered import AnswerBegan
from appliance.band import Band
from appliance.happenings import AnswerOver, StrokesDue, Told
from appliance.inputs import Input, Taken
from appliance.recording import Repeated, tell_again


class Moment(NamedTuple):
    """An input, where it stands in the journal, the steps that were taken with it, and what the rooms said to it."""

    where: str
    told: Input
    takes: tuple[Taken, ...]
    said: tuple[Told, ...]


class Difference(NamedTuple):
    """The first thing that the rooms said otherwise; None for nothing where the other said something."""

    where: str
    then: Told | None
    now: Told | None


class Verdict(msgspec.Struct):
    """What came of it: inputs told, answers then, how many of them were the same, and the first difference."""

    inputs: int = 0
    answers: int = 0
    same: int = 0
    difference: Difference | None = None


# By duet and number, what an answer sent to the drum: steps with their instants, keys and velocities.
_Answers = dict[tuple[str, int], list[StrokesDue]]


class _Score:
    """Which strokes belong to which answer."""

    def __init__(self) -> None:
        self.answers: _Answers = {}
        self._under_way: dict[str, tuple[str, int]] = {}

    def see(self, told: Iterable[Told]) -> None:
        for duet, happening in ((one.duet, one.happening) for one in told):
            match happening:
                case AnswerBegan(answer):
                    self._under_way[duet] = (duet, answer)
                    self.answers.setdefault((duet, answer), [])
                case StrokesDue() if duet in self._under_way:
                    self.answers[self._under_way[duet]].append(happening)
                case AnswerOver():
                    self._under_way.pop(duet, None)


def replay(band: Band, answerers: Mapping[str, Repeated], evening: Iterable[Moment]) -> Verdict:
    """Tell a fresh band the evening. `answerers`: those of its duets, by name."""
    then, now, verdict = _Score(), _Score(), Verdict()
    for moment in evening:
        for duet, answerer in answerers.items():
            answerer.allow([taken for taken in moment.takes if taken.duet == duet])
        said = tell_again(band, moment.told)
        verdict.inputs += 1
        then.see(moment.said)
        now.see(said)
        if verdict.difference is None:
            verdict.difference = _difference(moment, said)
    verdict.answers = len(then.answers)
    verdict.same = sum(now.answers.get(place) == strokes for place, strokes in then.answers.items())
    return verdict


def _difference(moment: Moment, said: list[Told]) -> Difference | None:
    for number in range(max(len(moment.said), len(said))):
        then = moment.said[number] if number < len(moment.said) else None
        now = said[number] if number < len(said) else None
        if then != now:
            return Difference(moment.where, then, now)
    return None
