"""What a duet may know of who answers: steps in, steps out, no seconds, and nobody waits for a network.

The model may be in this process, where a step is made when it is taken, or in a worker, from which steps arrive.
"""

from typing import Protocol

import msgspec

from appliance.answer.sampling_settings import SamplingSettings
from appliance.call.listener import StepHeard
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.hit import Stroke


class Question(msgspec.Struct, frozen=True):
    """What is to be answered: a call that was listened to, in `length` steps.

    `answer` counts the answers of the evening; with the evening's seed, a step and its `take` it decides every chance,
    so an answer is the same however far ahead, and wherever, its steps are made. `along`: the answer sounds together
    with the call, which goes on: its steps are the call's, the network hears both, and `length` is not heeded. A
    `length` of 0 has no end. `before`: the call before this one. `corners`: the grooves between which a blend lies.
    """

    answer: int
    call: DrumTrack
    length: int
    sampling: SamplingSettings
    along: bool = False
    before: DrumTrack | None = None
    corners: tuple[DrumTrack, ...] = ()


class Made(msgspec.Struct, frozen=True):
    """A step of answer `answer`, counted from its first: its notes, and their natural-log likelihood at temperature 1.

    `take` is the one in which it was made. `fault` says why it is an echo of the call, where the model failed.
    """

    answer: int
    step: int
    take: int
    notes: tuple[Note, ...]
    log_likelihood: float
    fault: str = ""


class StepAnswered(msgspec.Struct, frozen=True):
    """A step of an answer in its place, and its strokes in seconds; a rest has none.

    `step` counts from the answer's first, and on through the rounds of a loop.
    """

    step: int
    strokes: tuple[Stroke, ...]


class Answering(Protocol):
    """One listener and answerer; no method waits."""

    def listen(self, heard: StepHeard) -> None:
        """A step of the call that can no longer change."""
        ...

    def begin(self, question: Question) -> None:
        """Go on from the call: steps are made when they are asked for. What is listened to from here is another call.

        Of an answer that goes along, it is the same call; its step 0 is the next that is listened to.
        """
        ...

    def ask(self, until: int) -> None:
        """Make the steps below `until`, in order."""
        ...

    def rewind(self, step: int, take: int, sampling: SamplingSettings) -> None:
        """Make the steps from `step` on again, as take `take`, by other rules, and by the model that is chosen."""
        ...

    def choose_model(self, name: str) -> None:
        """From the next call or rewind on, listen and answer with another model."""
        ...

    def reset(self, *, remember: bool = False) -> None:
        """Leave the answer and forget the call; with `remember` the network goes on from where it is."""
        ...

    def ready(self) -> bool:
        """Whether `take` has something to give, or to make, at once."""
        ...

    def take(self) -> list[Made]:
        """What is made: at the most one network step of work."""
        ...
