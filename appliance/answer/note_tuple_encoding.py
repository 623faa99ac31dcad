"""Performance RNN's note encoding (note-seq, NotePerformanceEventSequenceEncoderDecoder): an event is a whole tone.

Six numbers, each with a softmax of its own: the steps since the tone before as major and minor, the pitch, the velocity
bin, the length as major and minor. Major and minor are quotient and rest by the divisor that makes both small.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from appliance.answer import card
from appliance.answer.encoding import Floats
from appliance.answer.performance import bin_of, velocity_of
from appliance.notation.tone import Tone


class NoteTuple(NamedTuple):
    """`shift`: steps since the start of the tone before, from 0. `bin`: of the velocity, from 1. `length`: from 1."""

    shift: int
    pitch: int
    bin: int
    length: int


class NoteTupleEncoding:
    """Labels are tuples of six."""

    def __init__(self, settings: card.Encoding) -> None:
        """Raises: ValueError when the sizes of the card do not belong together."""
        self._longest_shift, self._longest = settings.longest_shift, settings.longest_duration
        shifts, lengths = _parted(self._longest_shift + 1), _parted(self._longest)
        self.softmaxes = (*shifts, 128, settings.velocity_bins, *lengths)
        self._minor_shift, self._minor_length = shifts[1], lengths[1]
        self.input_size = self.classes = sum(self.softmaxes)
        if self.softmaxes != settings.softmaxes or self.classes != settings.classes:
            raise ValueError(f"softmaxes of {self.softmaxes} and of {settings.softmaxes} are not the same")

    def inputs(self, events: Sequence[NoteTuple]) -> Floats:
        """The row, float32 [input_size], of the last event."""
        row = np.zeros(self.input_size, np.float32)
        offset = 0
        for number, size in zip(self.label(events), self.softmaxes, strict=True):
            row[offset + number] = 1
            offset += size
        return row

    def label(self, events: Sequence[NoteTuple]) -> tuple[int, ...]:
        """The six numbers of the last event. Raises: ValueError for a tone that is too late or too long."""
        shift, pitch, bin_, length = events[-1]
        if not (0 <= shift <= self._longest_shift and 1 <= length <= self._longest):
            raise ValueError(
                f"{events[-1]}: a shift has up to {self._longest_shift} steps, a tone 1 to {self._longest}"
            )
        return (*divmod(shift, self._minor_shift), pitch, bin_ - 1, *divmod(length - 1, self._minor_length))

    def event(self, label: Sequence[int], before: Sequence[NoteTuple]) -> NoteTuple:  # noqa: ARG002
        """The tone of six numbers."""
        shift = label[0] * self._minor_shift + label[1]
        return NoteTuple(shift, label[2], label[3] + 1, label[4] * self._minor_length + label[5] + 1)


def note_tuples(tones: Iterable[Tone], bins: int) -> list[NoteTuple]:
    """The events of tones."""
    events, before = [], 0
    for tone in sorted(tones, key=lambda tone: (tone.start, tone.pitch)):
        events.append(NoteTuple(tone.start - before, tone.pitch, bin_of(tone.velocity, bins), tone.end - tone.start))
        before = tone.start
    return events


def tuple_tones(events: Iterable[NoteTuple], bins: int) -> list[Tone]:
    """The tones of events."""
    tones, step = [], 0
    for shift, pitch, bin_, length in events:
        step += shift
        tones.append(Tone(step, step + length, pitch, velocity_of(bin_, bins)))
    return tones


def _parted(values: int) -> tuple[int, int]:
    """The divisor of a number that makes divisor and quotient least together, and the quotient."""
    divisor = min((n for n in range(1, values) if values % n == 0), key=lambda n: n + values / n, default=1)
    return divisor, values // divisor
