"""What grooves in time become in one pass of training: two drums exchanged, some hits left out."""

from dataclasses import dataclass

import numpy as np

from converter.drum_changes import EXCHANGES
from converter.groove_tensors import DRUMS, Rows

LEFT_OUT = 0.2  # of the hits of a window that is thinned
RESTING = 0.6  # of the share that is thinned, drawn apart: windows in which one drum rests altogether


@dataclass(frozen=True)
class GrooveChanges:
    """Shares of the windows, 0 to 1, that are heard with two drums exchanged, and with hits left out.

    How hard and how early a drum is hit depends little on whether another is hit too, so a network that hears the same
    playing with other hits learns the playing and not the pieces.
    """

    exchanged: float = 0.0
    thinned: float = 0.0

    def made(self, windows: Rows, chance: np.random.Generator) -> Rows:
        """Changed copies of windows [N, T, 27]: hits are left out with their velocity and offset."""
        if not (self.exchanged or self.thinned):
            return windows
        parts = windows.reshape(*windows.shape[:2], 3, DRUMS).copy()
        for rows in parts:
            if chance.random() < self.exchanged:
                one, other = EXCHANGES[int(chance.integers(len(EXCHANGES)))]
                rows[..., [one, other]] = rows[..., [other, one]]
            if chance.random() < self.thinned:
                rows *= (chance.random((len(rows), 1, DRUMS)) >= LEFT_OUT).astype(np.float32)
            if chance.random() < RESTING * self.thinned:
                _rest_one(rows, chance)
        return parts.reshape(windows.shape)


def _rest_one(rows: Rows, chance: np.random.Generator) -> None:
    """Leave a drum out of rows [T, 3, 9] where at least two are hit."""
    hit = np.flatnonzero(rows[:, 0].any(0))
    if len(hit) > 1:
        rows[..., int(chance.choice(hit))] = 0
