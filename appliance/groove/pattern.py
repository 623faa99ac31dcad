"""A groove as numbers: which of nine drums are struck on a step, how hard and how early; and an autoencoder's rows.

Vectors are those of Magenta's GrooveConverter (magenta/models/music_vae/data.py): hits, velocities from 0 to 1, and
offsets from -1 to 1, of which 1 is half a step early; and of its DrumsConverter: nine hits, and whether there is none.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from appliance.groove.autoencoder import Floats
from appliance.groove.card import AutoencoderCard
from appliance.notation.drum_track import Note

DRUMS = 9
OPEN_HI_HAT, CLOSED_HI_HAT = 3, 2
_LOUDEST = 127

# A stroke stays nearer to its own step than to a neighbour's, so that what is cut between two steps cuts no drum: the
# models' own limit is half a step.
MOST_OFFSET = 0.45


class DrumClasses:
    """The drums of a model, by MIDI pitch."""

    def __init__(self, drum_map: tuple[tuple[int, ...], ...]) -> None:
        self._pitches = tuple(pitches[0] for pitches in drum_map)
        self._class_of = {pitch: number for number, pitches in enumerate(drum_map) for pitch in pitches}

    def of(self, pitch: int) -> int | None:
        """The drum of a pitch; None for one that no drum has."""
        return self._class_of.get(pitch)

    def pitch(self, drum: int) -> int:
        """The pitch that sounds a drum."""
        return self._pitches[drum]

    def steps(self, notes: Mapping[int, Iterable[Note]], length: int) -> Floats:
        """The groove [length, 27] of notes by step: of two of a drum the harder counts, what no drum has is not heard.

        A note-on of velocity 0, which MIDI takes for a note-off, is none either.
        """
        groove = np.zeros((length, 3 * DRUMS), np.float32)
        for step in range(length):
            for note in notes.get(step, ()):
                drum = self.of(note.pitch)
                if drum is not None and note.velocity > 0 and note.velocity / _LOUDEST > groove[step, DRUMS + drum]:
                    groove[step, drum] = 1
                    groove[step, DRUMS + drum] = note.velocity / _LOUDEST
                    groove[step, 2 * DRUMS + drum] = np.clip(-2 * note.offset, -1, 1)
        return groove


def rows_of(card: AutoencoderCard, groove: Floats) -> Floats:
    """What the autoencoder hears of a groove [T, 27], filled up with silence to its window: [steps, in]."""
    rows = np.zeros((max(card.steps, len(groove)), 3 * DRUMS), np.float32)
    rows[: len(groove)] = groove
    hits = rows[:, :DRUMS]
    if card.kind == "drums":
        return np.concatenate([hits, ~hits.any(axis=1, keepdims=True)], 1).astype(np.float32)
    heard = card.groove
    if heard is None:
        return rows
    if heard.tapify:
        rows = _tapped(rows)
    for drum in heard.added:
        rows[:, [drum, DRUMS + drum, 2 * DRUMS + drum]] = 0
    if heard.humanize:
        rows[:, DRUMS:] = 0
    if heard.fixed_velocities:
        rows[:, DRUMS : 2 * DRUMS] = 0
    return rows


def velocity_of(value: float) -> int:
    """A velocity of MIDI, 1 to 127: 0 would be a note-off."""
    return int(np.clip(round(value * _LOUDEST), 1, _LOUDEST))


def offset_of(value: float) -> float:
    """A share of a step by which a stroke is late, or, below 0, early."""
    return float(np.clip(-value / 2, -MOST_OFFSET, MOST_OFFSET))


def _tapped(rows: Floats) -> Floats:
    """The loudest of each step, as an open hi-hat."""
    tapped, every = np.zeros_like(rows), np.arange(len(rows))
    loudest = rows[:, DRUMS : 2 * DRUMS].argmax(axis=1)
    for part in range(3):
        tapped[:, part * DRUMS + OPEN_HI_HAT] = rows[every, part * DRUMS + loudest]
    return tapped
