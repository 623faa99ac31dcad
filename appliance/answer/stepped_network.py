"""A pitched model, spoken to as a pad can: beginnings on steps in, pitches with their lengths out."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from appliance.answer.conditions import Conditions, told
from appliance.answer.model import Model
from appliance.answer.network import Dice, Drawn, Sounding
from appliance.answer.pitched_network import PitchedMemory, PitchedNetwork
from appliance.answer.sampling_settings import SamplingSettings
from appliance.answer.voice import PadVoice, Transposition

# Steps of a call by which its key is known: what comes behind them moves it no more, as all would be heard anew, and a
# step would cost as much as all before it.
_KEY_KNOWN = 64
# Steps that a tone may last at most before its length is told: a bar. Each costs a network step before the first sound.
_AHEAD = 16
# Events of one step, from which on it has to end.
_MOST_AT_ONCE = 32
_BAR = 16  # sixteenths: what the model is told beside the music is told by bars of 4/4


class Moment(NamedTuple):
    """The events of a step, as the model knows them and as they are to sound."""

    events: tuple[Any, ...]
    sounding: tuple[Any, ...]


class SteppedMemory(msgspec.Struct, frozen=True):
    """What the network was fed, in the call's own pitches while its key may still change, and what it made of it.

    `held` began `since` steps ago.
    """

    network: PitchedMemory
    heard: tuple[Any, ...] = ()
    semitones: int = 0
    held: tuple[int, ...] = ()
    since: int = 0


class SteppedNetwork:
    """A Network whose moments have the events of one step."""

    ahead = _AHEAD

    def __init__(self, model: Model, voice: PadVoice) -> None:
        """Raises: ValueError when the card does not fit together."""
        self.model = model
        self._network = PitchedNetwork(model)
        self._voice = voice
        self._moving = Transposition(model.card.encoding)
        # A pad tells no chords and no wishes.
        self._told = told(model.card.encoding.conditions, Conditions())

    @property
    def steps_per_quarter(self) -> int:
        """The resolution at which it listens and answers."""
        return self.model.card.steps_per_quarter

    @property
    def speaks(self) -> object:
        """The encoding: another of the same hears the same events."""
        return self.model.card.encoding

    def class_of(self, pitch: int) -> int:  # noqa: ARG002
        """All pitches are played alike."""
        return 0

    def fresh(self) -> SteppedMemory:
        """Before anything was heard."""
        return SteppedMemory(self._network.fresh())

    def hear(self, memory: SteppedMemory, pitches: Sequence[int], position: int) -> SteppedMemory:
        """After a step of a call; where its key turns out to be another, all is heard anew. Raises: ModelError."""
        since = 0 if pitches else memory.since + 1
        events = self._voice.heard(pitches, memory.held, since)
        held = tuple(pitches) or memory.held
        if not self._moving.moves or position >= _KEY_KNOWN:
            network = self._fed(memory.network, events, memory.semitones, position)
            return SteppedMemory(network, memory.heard, memory.semitones, held, since)
        heard = (*memory.heard, *events)
        semitones = self._moving.of(heard)
        if semitones == memory.semitones:
            network = self._fed(memory.network, events, semitones, position)
        else:
            network = self._fed(self._network.fresh(), heard, semitones, position + 1 - len(heard))
        return SteppedMemory(network, heard, semitones, held, since)

    def feed(self, memory: SteppedMemory, moment: Moment, position: int) -> SteppedMemory:
        """After a step of an answer. Raises: ModelError."""
        network = self._fed(memory.network, moment.events, 0, position)
        return SteppedMemory(network, memory.heard, memory.semitones)

    def draw(self, memory: SteppedMemory, sampling: SamplingSettings, dice: Dice) -> Drawn | None:
        """The next step's events. Raises: ModelError."""
        network, likelihood, steps = memory.network, 0.0, 0
        events: list[Any] = []
        if network.logits is None:
            return None
        while not steps:
            event, log_likelihood = self._network.draw(network, sampling, dice, self._voice.barred)
            if len(events) >= _MOST_AT_ONCE:
                event = self._voice.on(event)
            events.append(event)
            steps, likelihood = self._voice.steps(event), likelihood + log_likelihood
            if not steps:
                network = self._network.feed(network, event, self._told(0.0))
        sounding = self._moving.back(events, memory.heard, memory.semitones)
        return Drawn(Moment(tuple(events), tuple(sounding)), likelihood)

    def begun(self, before: Moment | None, moments: Sequence[Moment]) -> Sequence[Sounding]:
        """What begins with the first of the moments, by what the others have of it."""
        told = [event for moment in (before, *moments) if moment is not None for event in moment.sounding]
        first = before is not None
        tones = self._voice.tones(told, 1)
        return [Sounding(tone.pitch, tone.end - tone.start) for tone in tones if tone.start == first]

    def _fed(self, memory: PitchedMemory, events: Sequence[Any], semitones: int, position: int) -> PitchedMemory:
        for step, event in enumerate(self._moving.there(events, semitones) if semitones else events):
            memory = self._network.feed(memory, event, self._told((position + step + 1) / _BAR))
        return memory
