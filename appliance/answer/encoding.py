"""A step's drums as the model's label and input, exactly as Magenta's drums_rnn encodes them.

Label: the sum of 2^class over the classes hit; a pitch of no class is not heard (note-seq, drums_encoder_decoder).
Input: the label one-hot, then a binary counter of position + 1, least significant bit first, as +1 and -1
(note-seq, LookbackEventSequenceEncoderDecoder with no lookbacks).
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from appliance.answer import card

Floats = npt.NDArray[np.float32]

_MOST_BITS = 16  # a counter that begins again after an hour; Magenta's have 5 to 7


class Encoding:
    """Both ways between the pitches of a step and the label and input of a model."""

    def __init__(self, settings: card.Encoding) -> None:
        """Raises: ValueError when a drum class is empty, or the sizes of the card do not belong together."""
        _check(settings)
        self.classes = settings.classes
        self._size = settings.input_size
        self._drum_map = settings.drum_map
        # Every value the counter can have, so that a step looks it up: float32 [2^bits, bits].
        values, bits = np.arange(1 << settings.counter_bits)[:, np.newaxis], np.arange(settings.counter_bits)
        self._counters = np.where(values >> bits & 1, np.float32(1), np.float32(-1))
        self._class_of = {pitch: index for index, pitches in enumerate(settings.drum_map) for pitch in pitches}

    def class_of(self, pitch: int) -> int | None:
        """The drum class of a pitch, or None when the model does not know it."""
        return self._class_of.get(pitch)

    def label(self, pitches: Iterable[int]) -> int:
        """The label of what sounds together on a step."""
        return sum({1 << self._class_of[pitch] for pitch in pitches if pitch in self._class_of})

    def pitches(self, label: int) -> tuple[int, ...]:
        """What a label sounds: the first pitch of each of its classes."""
        return tuple(pitches[0] for index, pitches in enumerate(self._drum_map) if label >> index & 1)

    def inputs(self, label: int, position: int) -> Floats:
        """The model's input, float32 [input_size], for the label at a position counted from the call's step 0."""
        inputs = np.zeros(self._size, np.float32)
        inputs[label] = 1.0
        inputs[self.classes :] = self._counters[(position + 1) % len(self._counters)]
        return inputs


def _check(settings: card.Encoding) -> None:
    if not all(settings.drum_map):
        raise ValueError("a drum class has no pitch")
    if not 0 <= settings.counter_bits <= _MOST_BITS:
        raise ValueError(f"a counter has at most {_MOST_BITS} bits, not {settings.counter_bits}")
    sizes = (2 ** len(settings.drum_map), 2 ** len(settings.drum_map) + settings.counter_bits)
    if (settings.classes, settings.input_size) != sizes:
        raise ValueError(
            f"{len(settings.drum_map)} drum classes and {settings.counter_bits} counter bits do not make "
            f"{settings.classes} labels and {settings.input_size} inputs"
        )
