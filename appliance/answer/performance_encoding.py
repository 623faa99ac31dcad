"""Performance RNN's one-hot encoding (note-seq, PerformanceOneHotEncoding): event and label are one.

Labels: 128 beginnings, 128 ends, the shifts from 1 step, and the velocity bins where there are any.
"""

from collections.abc import Sequence

import numpy as np

from appliance.answer import card
from appliance.answer.encoding import Floats
from appliance.answer.performance import Kind, PerformanceEvent

_PITCHES = 128


class PerformanceEncoding:
    """Events are those of performance.py."""

    def __init__(self, settings: card.Encoding) -> None:
        """Raises: ValueError when the sizes of the card do not belong together."""
        # Kind, lowest value, how many.
        self._ranges = (
            (Kind.NOTE_ON, 0, _PITCHES),
            (Kind.NOTE_OFF, 0, _PITCHES),
            (Kind.TIME_SHIFT, 1, settings.longest_shift),
            (Kind.VELOCITY, 1, settings.velocity_bins),
        )
        self.classes = sum(count for _, _, count in self._ranges)
        self.input_size = self.classes
        if self.classes != settings.classes:
            raise ValueError(
                f"shifts of 1 to {settings.longest_shift} and {settings.velocity_bins} velocity bins do not make "
                f"{settings.classes} labels"
            )

    def inputs(self, events: Sequence[PerformanceEvent]) -> Floats:
        """The row, float32 [input_size], of the last event."""
        row = np.zeros(self.classes, np.float32)
        row[self.label(events)] = 1
        return row

    def label(self, events: Sequence[PerformanceEvent]) -> int:
        """The number of the last event. Raises: ValueError for a value that there is not."""
        offset = 0
        for kind, lowest, count in self._ranges:
            if kind is events[-1].kind:
                if not 0 <= events[-1].value - lowest < count:
                    break
                return offset + events[-1].value - lowest
            offset += count
        raise ValueError(f"{events[-1]} has a value that this model does not know")

    def event(self, label: int, before: Sequence[PerformanceEvent]) -> PerformanceEvent:  # noqa: ARG002
        """The event of a number. Raises: ValueError for a label that there is not."""
        offset = 0
        for kind, lowest, count in self._ranges:
            if 0 <= label - offset < count:
                return PerformanceEvent(kind, label - offset + lowest)
            offset += count
        raise ValueError(f"label {label} is not one of 0 to {self.classes - 1}")
