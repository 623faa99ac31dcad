"""An answer of a pitched model to a call whose tones have ends, as a file's have: all of it, before it sounds."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from appliance.answer.beam import BeamSearch
from appliance.answer.chance import dice
from appliance.answer.conditions import Conditions, Told, told
from appliance.answer.pitched_network import PitchedMemory, PitchedNetwork
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.voice import Transposition, Voice, voice_of
from appliance.notation.tone import Tone

# Events of one moment, from which on it has to go on: a network that has got stuck would never end.
_MOST_AT_ONCE = 64
_FORTE = 100  # of a performance that has told no touch yet: Magenta's


class Score(msgspec.Struct, frozen=True):
    """A call in the model's own steps, and how long its answer is to be; `bar` and `stride` are steps too.

    An answer is searched through (beam.py) from stride to stride: from sixteenth to sixteenth.
    """

    tones: tuple[Tone, ...]
    length: float
    answer_length: float
    bar: float
    stride: float = 1.0


class Rendition(NamedTuple):
    """The answer's tones, from its first step on, its natural-log likelihood at temperature 1, and its events."""

    tones: list[Tone]
    log_likelihood: float
    events: int


class _Grown(NamedTuple):
    """A stride of an answer: `label` is itself, as the search hands back labels alone."""

    events: tuple[Any, ...]
    log_likelihood: float
    memory: PitchedMemory
    steps: float  # from the call's first on, as far as the events go
    strides: int

    @property
    def label(self) -> "_Grown":
        return self


def render(
    network: PitchedNetwork,
    score: Score,
    sampling: SamplingSettings,
    conditions: Conditions,
    seed: int,
    velocity: Callable[[int], int],
) -> Rendition:
    """The answer; `velocity` of a step of the answer where the model knows none.

    Raises: ModelError; ValueError for conditions that the model does not know.
    """
    settings = network.model.card.encoding
    voice, moving = voice_of(settings), Transposition(settings)
    call = voice.call(score.tones, round(score.length))
    semitones = moving.of(call)
    writer = _Writer(network, voice, score, told(settings.conditions, conditions, semitones), sampling)
    start = writer.hear(moving.there(call, semitones))
    throw = dice(seed, 0, 0, 0)
    strides = max(1, round(score.answer_length / score.stride))
    search: BeamSearch[_Grown] = BeamSearch(
        start, strides, sampling, lambda memory: writer.grow(memory, throw), lambda _, grown, __: grown
    )
    while (line := search.advance()) is None:
        continue
    events = moving.back([event for grown in line.labels for event in grown.events], call, semitones)
    # Behind a tone that is told whole the answer begins where that began, and perhaps before it is to be heard.
    early, last = round(start.steps - score.length), math.ceil(score.answer_length)
    tones = []
    for tone in voice.tones(events, _FORTE):
        first, end = tone.start + early, min(tone.end + early, last)
        if 0 <= first < end:
            touch = tone.velocity if settings.velocity_bins else velocity(first)
            tones.append(Tone(first, end, tone.pitch, touch))
    return Rendition(tones, line.log_likelihood, len(events))


class _Writer:
    """Hears the call, and writes on from it a stride at a time."""

    def __init__(
        self, network: PitchedNetwork, voice: Voice, score: Score, told: Told, sampling: SamplingSettings
    ) -> None:
        self._network, self._voice, self._score, self._told, self._sampling = network, voice, score, told, sampling

    def hear(self, events: Sequence[Any]) -> _Grown:
        """What the network knows behind the call."""
        memory, steps = self._network.fresh(), 0.0
        for event in events:
            steps += self._voice.steps(event)
            memory = self._network.feed(memory, event, self._told(steps / self._score.bar))
        return _Grown((), 0.0, memory, steps, 0)

    def grow(self, before: _Grown, throw: Callable[[], float]) -> _Grown:
        """The events up to the next stride; none where the last one has gone beyond it."""
        score, memory, steps, likelihood = self._score, before.memory, before.steps, 0.0
        target = score.length + (before.strides + 1) * score.stride
        events: list[Any] = []
        while steps < target:
            event, log_likelihood = self._network.draw(memory, self._sampling, throw, self._voice.barred)
            if len(events) >= _MOST_AT_ONCE:
                event = self._voice.on(event)
            steps, likelihood = steps + self._voice.steps(event), likelihood + log_likelihood
            memory = self._network.feed(memory, event, self._told(steps / score.bar))
            events.append(event)
        return _Grown(tuple(events), likelihood, memory, steps, before.strides + 1)
