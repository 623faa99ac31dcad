"""Pianoroll RNN-NADE's encoding (note-seq, pianoroll_lib): a step is the set of pitches that sound on it.

Its label is a number of 88 bits; a NADE (nade.py) draws them one given those below it.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from appliance.answer import card
from appliance.answer.encoding import Floats
from appliance.notation.tone import Tone

Frame = tuple[int, ...]  # MIDI pitches, the lowest first


class PianorollEncoding:
    """Events are frames."""

    def __init__(self, settings: card.Encoding) -> None:
        """Raises: ValueError when the sizes of the card do not belong together."""
        self._lowest, self._highest = settings.lowest_pitch, settings.highest_pitch
        self.input_size = self._highest - self._lowest + 1
        if (self.input_size, self.input_size + settings.nade_hidden) != (settings.input_size, settings.classes):
            raise ValueError(
                f"pitches {self._lowest} to {self._highest} and {settings.nade_hidden} hidden units do not make "
                f"{settings.input_size} inputs and {settings.classes} outputs"
            )

    def inputs(self, events: Sequence[Frame]) -> Floats:
        """The row, float32 [88], of the last frame; a pitch that the model does not have is not heard."""
        row = np.zeros(self.input_size, np.float32)
        row[[pitch - self._lowest for pitch in events[-1] if self._lowest <= pitch <= self._highest]] = 1
        return row

    def label(self, events: Sequence[Frame]) -> int:
        """Bit i is set when the i-th pitch sounds."""
        return sum(1 << int(place) for place in np.flatnonzero(self.inputs(events)))

    def event(self, label: int, before: Sequence[Frame]) -> Frame:  # noqa: ARG002
        """The pitches of the bits."""
        return tuple(self._lowest + bit for bit in range(self.input_size) if label >> bit & 1)


def pianoroll_frames(tones: Iterable[Tone], steps: int) -> list[Frame]:
    """The frames of so many steps. A pitch that is struck again rests a step before, or it would be one long tone."""
    sounding: list[set[int]] = [set() for _ in range(steps)]
    for tone in sorted(tones):
        if 0 < tone.start <= steps:
            sounding[tone.start - 1].discard(tone.pitch)
        for step in range(tone.start, min(tone.end, steps)):
            sounding[step].add(tone.pitch)
    return [tuple(sorted(pitches)) for pitches in sounding]


def pianoroll_tones(frames: Sequence[Frame], velocity: int) -> list[Tone]:
    """The tones of frames: each pitch from where it appears to where it is gone."""
    tones: list[Tone] = []
    begun: dict[int, int] = {}
    for step, frame in enumerate([*frames, ()]):
        gone = [pitch for pitch in begun if pitch not in frame]
        tones += [Tone(begun.pop(pitch), step, pitch, velocity) for pitch in gone]
        for pitch in frame:
            begun.setdefault(pitch, step)
    return sorted(tones)
