"""The drum encodings of Magenta's drums_rnn: pitches to a label, labels to the rows a network is fed.

Class order, pitch lists and the counter are those of magenta/models/drums_rnn and note_seq's drums_encoder_decoder.
The 2016 lists are the ones before Magenta commit a33262f5 (2019-04-24); the published drum_kit_rnn bundle has them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DrumMap = tuple[tuple[int, ...], ...]

DRUM_MAP_2019: DrumMap = (
    (36, 35),  # kick
    (38, 27, 28, 31, 32, 33, 34, 37, 39, 40, 56, 65, 66, 75, 85),  # snare
    (42, 44, 54, 68, 69, 70, 71, 73, 78, 80, 22),  # closed hi-hat
    (46, 67, 72, 74, 79, 81, 26),  # open hi-hat
    (45, 29, 41, 43, 61, 64, 84),  # low tom
    (48, 47, 60, 63, 77, 86, 87),  # mid tom
    (50, 30, 62, 76, 83),  # high tom
    (49, 52, 55, 57, 58),  # crash
    (51, 53, 59, 82),  # ride
)
# 22 and 26, the hi-hat edges of Roland kits, were unknown; 43 was a high tom and 52 a ride.
DRUM_MAP_2016: DrumMap = (
    (36, 35),
    (38, 27, 28, 31, 32, 33, 34, 37, 39, 40, 56, 65, 66, 75, 85),
    (42, 44, 54, 68, 69, 70, 71, 73, 78, 80),
    (46, 67, 72, 74, 79, 81),
    (45, 29, 41, 61, 64, 84),
    (48, 47, 60, 63, 77, 86, 87),
    (50, 30, 43, 62, 76, 83),
    (49, 55, 57, 58),
    (51, 52, 53, 59, 82),
)
# Every MIDI pitch is the one drum; it sounds as 39, the hand clap.
ONE_DRUM_MAP: DrumMap = ((39, *(pitch for pitch in range(128) if pitch != 39)),)


@dataclass(frozen=True)
class Encoding:
    """One way to write a step of drums as a label, and a label at a position as a row of numbers.

    `drum_map`: class index to MIDI pitches; the first pitch is the one a decoded class sounds.
    `counter_bits`: width of the step counter behind the one-hot; 0 leaves it out.
    """

    drum_map: DrumMap
    counter_bits: int

    @property
    def classes(self) -> int:
        """Number of labels: every subset of the drum classes."""
        return 1 << len(self.drum_map)

    @property
    def input_size(self) -> int:
        """Width of one input row."""
        return self.classes + self.counter_bits

    def label(self, pitches: Iterable[int]) -> int:
        """The label of the pitches struck in one step: bit k is set when class k is hit.

        A pitch that no class has is ignored, as Magenta does; no pitch at all is label 0, silence.
        """
        hit = set(pitches)
        return sum(1 << k for k, drum in enumerate(self.drum_map) if not hit.isdisjoint(drum))

    def pitches(self, label: int) -> list[int]:
        """The pitches a label sounds, one for each class hit, lowest class first.

        Raises:
            ValueError: the label is outside 0..classes-1.

        """
        if not 0 <= label < self.classes:
            raise ValueError(f"Label {label} is not one of 0..{self.classes - 1}.")
        return [drum[0] for k, drum in enumerate(self.drum_map) if label >> k & 1]

    def counter(self, positions: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        """The counter rows [T, counter_bits] of these positions: bits of position + 1, lowest first, as +1 or -1."""
        bits = (positions[:, None].astype(np.int64) + 1) >> np.arange(self.counter_bits) & 1
        return (2 * bits - 1).astype(np.float32)

    def inputs(self, labels: npt.NDArray[np.integer], first_position: int = 0) -> npt.NDArray[np.float32]:
        """The input rows [T, input_size] of labels [T] whose first stands `first_position` steps into the piece.

        Raises:
            ValueError: a label is outside 0..classes-1.

        """
        if labels.size and not 0 <= int(labels.min()) <= int(labels.max()) < self.classes:
            raise ValueError(f"Labels {labels.min()}..{labels.max()} are not all within 0..{self.classes - 1}.")
        rows = np.zeros((len(labels), self.input_size), np.float32)
        rows[np.arange(len(labels)), labels] = 1
        rows[:, self.classes :] = self.counter(np.arange(first_position, first_position + len(labels)))
        return rows


DRUM_KIT = Encoding(DRUM_MAP_2019, 6)
ONE_DRUM = Encoding(ONE_DRUM_MAP, 0)
