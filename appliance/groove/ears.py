"""What a call sounds like so far: its last bars as a place in the humaniser's latent space, and how hard they were.

The window is read while the player plays, some steps of it with every step that is heard, so that the answer's first
strokes need no more than a step of the decoder. What is known when the call ends depends on what was heard alone.
"""

from collections.abc import Iterator

import numpy as np

from appliance.answer.dynamics import Dynamics
from appliance.call.listener import StepHeard
from appliance.groove.autoencoder import Autoencoder, Floats, Reading
from appliance.groove.cell import Cell
from appliance.groove.pattern import DRUMS, DrumClasses, rows_of
from appliance.groove.source import Pieces
from appliance.groove.walk import Walk
from appliance.notation.drum_track import Note

# A window is read anew so often (steps): it is done four steps later, as it has four pieces.
_EVERY = 8
_MILDEST, _WILDEST = 0.5, 2.0  # how far a drummer's velocities are turned down or up to be as hard as the call


class Ears:
    """Told each step of a call."""

    def __init__(self, humaniser: Autoencoder | None, classes: DrumClasses, cell: Cell) -> None:
        self.dynamics = Dynamics(cell.bar, classes.of)
        self.z: Floats | None = None
        self.gain = 1.0
        self._humaniser = humaniser
        self._classes = classes
        self._cell = cell
        self._notes: dict[int, tuple[Note, ...]] = {}
        self._pieces = Pieces()

    def listen(self, heard: StepHeard) -> None:
        """Take in a step, and read on."""
        for note in heard.notes:
            self.dynamics.hear(note)
        self._notes[heard.step] = heard.notes
        self._notes.pop(heard.step - 2 * self._cell.steps, None)
        self._pieces.advance()
        if self._humaniser is not None and heard.step % _EVERY == _EVERY - 1:
            self._pieces.begin(self._read(self._humaniser, heard.step + 1))

    def _read(self, humaniser: Autoencoder, until: int) -> Iterator[None]:
        """The last bars before `until`, those that are not over filled up with their beginning."""
        bars = -(-until // self._cell.bar)
        start = max(0, bars - self._cell.bars) * self._cell.bar
        length = until - start
        notes = {step: self._notes.get(start + step % length, ()) for step in range(self._cell.steps)}
        groove = self._classes.steps(notes, self._cell.steps)
        reading = Reading(humaniser, rows_of(humaniser.card, groove))
        yield from reading.pieces()
        self.z = reading.z
        walk, played = Walk(humaniser, reading.z), []
        for row in groove:
            hits = row[:DRUMS]
            played += list(walk.feel(hits).velocities[hits > 0])
        heard = groove[:, DRUMS : 2 * DRUMS][groove[:, :DRUMS] > 0]
        self.gain = gain_of(list(heard), played)


def gain_of(wanted: list[float], played: list[float]) -> float:
    """What makes velocities that are `played` as hard, on average, as those that are wanted."""
    if not played:
        return 1.0
    return float(np.clip(np.mean(wanted) / np.maximum(np.mean(played), 1 / 127), _MILDEST, _WILDEST))
