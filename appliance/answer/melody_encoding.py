"""Melody RNN's encodings but the keyed one: basic_rnn, mono_rnn, lookback_rnn, and the melody of improv_rnn.

note-seq, MelodyOneHotEncoding: 0 is no event, 1 the end of a tone, from 2 the pitches of the range. With lookbacks
(LookbackEventSequenceEncoderDecoder, [16, 32] steps) the row has also what came behind each lookback, a binary counter
of the next position, least significant bit first, as +1 and -1, and whether each lookback is repeated; and behind the
events come labels that repeat.
"""

from collections.abc import Sequence

import numpy as np

from appliance.answer import card
from appliance.answer.encoding import Floats
from appliance.answer.melody import NO_EVENT

_SPECIAL = 2


class MelodyEncoding:
    """Events are those of melody.py."""

    def __init__(self, settings: card.Encoding) -> None:
        """Raises: ValueError when the sizes of the card do not belong together."""
        self._lowest, self._highest = settings.lowest_pitch, settings.highest_pitch
        self._lookbacks = settings.lookbacks
        self._bits = settings.counter_bits
        self._events = self._highest - self._lowest + 1 + _SPECIAL
        self.input_size = self._events * (1 + len(self._lookbacks)) + self._bits + len(self._lookbacks)
        self.classes = self._events + len(self._lookbacks)
        if self.classes != settings.classes or self.input_size > settings.input_size:
            raise ValueError(
                f"pitches {self._lowest} to {self._highest} with {len(self._lookbacks)} lookbacks do not make "
                f"{settings.classes} labels and {settings.input_size} inputs"
            )

    def inputs(self, events: Sequence[int]) -> Floats:
        """The row, float32 [input_size], of the last event."""
        row = np.zeros(self.input_size, np.float32)
        position = len(events) - 1
        row[self._index(events[position])] = 1
        offset = self._events
        for lookback in self._lookbacks:
            behind = position - lookback + 1
            row[offset + self._index(events[behind] if behind >= 0 else NO_EVENT)] = 1
            offset += self._events
        for bit in range(self._bits):
            row[offset + bit] = 1 if (position + 1) >> bit & 1 else -1
        offset += self._bits
        for place, lookback in enumerate(self._lookbacks):
            row[offset + place] = repeats(events, lookback)
        return row

    def label(self, events: Sequence[int]) -> int:
        """What foretells the last event: the most distant repetition there is, or the event."""
        again = repetition(events, self._lookbacks)
        return self._index(events[-1]) if again is None else self._events + again

    def event(self, label: int, before: Sequence[int]) -> int:
        """What a label means behind these events; a repetition of what was before the beginning is no event.

        Raises: ValueError for a label that there is not.
        """
        if not 0 <= label < self.classes:
            raise ValueError(f"label {label} is not one of 0 to {self.classes - 1}")
        if label >= self._events:
            lookback = self._lookbacks[label - self._events]
            return before[-lookback] if len(before) >= lookback else NO_EVENT
        return label - _SPECIAL if label < _SPECIAL else label - _SPECIAL + self._lowest

    def _index(self, event: int) -> int:
        if event < 0:
            return event + _SPECIAL
        if not self._lowest <= event <= self._highest:
            raise ValueError(f"pitch {event} is not one of {self._lowest} to {self._highest}: transpose it")
        return event - self._lowest + _SPECIAL


def repeats(events: Sequence[int], lookback: int) -> bool:
    """Whether the last event is what it was so many steps ago."""
    return len(events) > lookback and events[-1] == events[-1 - lookback]


def repetition(events: Sequence[int], lookbacks: Sequence[int]) -> int | None:
    """Which lookback the last event repeats, the most distant first; None for none.

    Before the last lookback a step without an event counts as its repetition: before the beginning nothing happened.
    """
    if lookbacks and len(events) <= lookbacks[-1] and events[-1] == NO_EVENT:
        return len(lookbacks) - 1
    return next((place for place in reversed(range(len(lookbacks))) if repeats(events, lookbacks[place])), None)
