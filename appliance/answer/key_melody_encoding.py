"""The keyed melody encoding of attention_rnn and attention_improv (note-seq, KeyMelodyEncoderDecoder).

The row says what sounds, whether it has just begun, whether the melody rises or falls, what it repeats, where in the
bar the next step is, and which major keys the melody and its last three tones may be in. Labels have the pitches first:
then no event, the end of a tone, and the repetitions.
"""

from collections.abc import Sequence

import numpy as np

from appliance.answer import card
from appliance.answer.encoding import Floats
from appliance.answer.melody import NO_EVENT, NOTE_OFF, OCTAVE, keys_of
from appliance.answer.melody_encoding import repeats, repetition

_STEPS_PER_BAR = 16  # Magenta counts bars of sixteenths in 4/4 whatever is played
_LATEST = 3


class KeyMelodyEncoding:
    """Events are those of melody.py. A row costs a walk over all events: 0.1 ms for 32 bars on a PC."""

    def __init__(self, settings: card.Encoding) -> None:
        """Raises: ValueError when the sizes of the card do not belong together."""
        self._lowest, self._highest = settings.lowest_pitch, settings.highest_pitch
        self._lookbacks, self._bits = settings.lookbacks, settings.counter_bits
        self._pitches = self._highest - self._lowest + 1
        self.input_size = self._pitches + 5 + len(self._lookbacks) + self._bits + 2 * OCTAVE
        self.classes = self._pitches + 2 + len(self._lookbacks)
        if self.classes != settings.classes or self.input_size > settings.input_size:
            raise ValueError(
                f"pitches {self._lowest} to {self._highest} with {len(self._lookbacks)} lookbacks and {self._bits} "
                f"counter bits do not make {settings.classes} labels and {settings.input_size} inputs"
            )

    def inputs(self, events: Sequence[int]) -> Floats:
        """The row, float32 [input_size], of the last event."""
        sounding, attack, direction, latest = _heard(events)
        row = np.zeros(self.input_size, np.float32)
        # Magenta takes the pitch 0 for silence.
        if sounding > 0:
            row[self._index(sounding)] = 1
        row[self._pitches + (sounding <= 0)] = 1
        row[self._pitches + 2] = attack
        row[self._pitches + 3] = direction
        offset = self._pitches + 4
        for place, lookback in enumerate(self._lookbacks):
            row[offset + place] = repeats(events, lookback)
        offset += len(self._lookbacks)
        for bit in range(self._bits):
            row[offset + bit] = 1 if len(events) >> bit & 1 else -1
        offset += self._bits
        row[offset] = len(events) % _STEPS_PER_BAR == 0
        row[offset + 1 : offset + 1 + OCTAVE] = _likeliest([event for event in events if event >= 0])
        row[offset + 1 + OCTAVE :] = _likeliest(latest)
        return row

    def label(self, events: Sequence[int]) -> int:
        """What foretells the last event: the most distant repetition there is, or the event."""
        again = repetition(events, self._lookbacks)
        if again is not None:
            return self._pitches + 2 + again
        if events[-1] < 0:
            return self._pitches + (events[-1] == NOTE_OFF)
        return self._index(events[-1])

    def event(self, label: int, before: Sequence[int]) -> int:
        """What a label means behind these events; a repetition of what was before the beginning is no event.

        Raises: ValueError for a label that there is not.
        """
        if not 0 <= label < self.classes:
            raise ValueError(f"label {label} is not one of 0 to {self.classes - 1}")
        if label < self._pitches:
            return self._lowest + label
        if label < self._pitches + 2:
            return (NO_EVENT, NOTE_OFF)[label - self._pitches]
        lookback = self._lookbacks[label - self._pitches - 2]
        return before[-lookback] if len(before) >= lookback else NO_EVENT

    def _index(self, pitch: int) -> int:
        if not self._lowest <= pitch <= self._highest:
            raise ValueError(f"pitch {pitch} is not one of {self._lowest} to {self._highest}: transpose it")
        return pitch - self._lowest


def _heard(events: Sequence[int]) -> tuple[int, bool, int, list[int]]:
    """What sounds (or -1), whether it has just begun, +1 rising or -1 falling, and the last three different tones.

    As in Magenta an end directly behind a beginning leaves that standing as just begun.
    """
    sounding, attack, direction = -1, False, 0
    latest: list[int] = []
    for event in events:
        if event == NO_EVENT:
            attack = False
        elif event == NOTE_OFF:
            sounding = -1
        else:
            sounding, attack = event, True
            if latest and event != latest[-1]:
                direction = 1 if event > latest[-1] else -1
            latest = [*(pitch for pitch in latest if pitch != event), event][-_LATEST:]
    return sounding, attack, direction, latest


def _likeliest(pitches: Sequence[int]) -> list[bool]:
    """Which of the twelve major keys have most of the pitches."""
    counts = keys_of(pitches)
    return [count == max(counts) for count in counts]
