"""Performance RNN's modulo encoding (note-seq, PerformanceModuloEncoding): values as places on circles.

A row has a zone for each kind of event, and fills that of the last event alone: a 1, cosine and sine of the value on
its circle, and for a pitch those of its pitch class too. Labels are those of the one-hot encoding.
"""

import math
from collections.abc import Sequence

import numpy as np

from appliance.answer import card
from appliance.answer.encoding import Floats
from appliance.answer.performance import Kind, PerformanceEvent
from appliance.answer.performance_encoding import PerformanceEncoding

# Twelve octaves go round once, though MIDI has fewer.
_PITCH_CIRCLE, _CLASS_CIRCLE = 144, 12
_ZONES = {Kind.NOTE_ON: 0, Kind.NOTE_OFF: 5, Kind.TIME_SHIFT: 10, Kind.VELOCITY: 13}


class ModuloEncoding(PerformanceEncoding):
    """Events are those of performance.py."""

    def __init__(self, settings: card.Encoding) -> None:
        """Raises: ValueError when the sizes of the card do not belong together."""
        super().__init__(settings)
        self._circles = {Kind.TIME_SHIFT: settings.longest_shift, Kind.VELOCITY: settings.velocity_bins}
        self.input_size = 16 if settings.velocity_bins else 13
        if self.input_size != settings.input_size:
            raise ValueError(f"a modulo encoding has {self.input_size} inputs, not {settings.input_size}")

    def inputs(self, events: Sequence[PerformanceEvent]) -> Floats:
        """The row, float32 [input_size], of the last event."""
        kind, value = events[-1]
        row = np.zeros(self.input_size, np.float32)
        zone = _ZONES[kind]
        row[zone] = 1
        if kind in self._circles:
            row[zone + 1 : zone + 3] = _place(value - 1, self._circles[kind])
        else:
            row[zone + 1 : zone + 5] = (*_place(value, _PITCH_CIRCLE), *_place(value % _CLASS_CIRCLE, _CLASS_CIRCLE))
        return row


def _place(value: int, circle: int) -> tuple[float, float]:
    angle = value * 2 * math.pi / circle
    return math.cos(angle), math.sin(angle)
