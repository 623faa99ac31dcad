"""Piano Genie's decoder (C. Donahue, I. Simon, S. Dieleman, "Piano Genie", IUI 2019): a button becomes a key.

The row: the button from -1 to 1, the key before one-hot (the first place is none), and the time since it, one-hot in
bins of 1/31.25 s of which the last is for all that is longer (magenta-js, piano_genie/model.ts).
"""

from typing import NamedTuple

import numpy as np

from appliance.answer import card
from appliance.answer.encoding import Floats

BUTTONS = 8
_BINS_PER_SECOND, _LAST_BIN = 31.25, 32


class ButtonPressed(NamedTuple):
    """`button`: 0 to 7. `waited`: seconds since the press before. `key_before`: its MIDI pitch; None for the first."""

    button: int
    waited: float
    key_before: int | None


class PianoGenieEncoding:
    """A label is a key, counted from the lowest."""

    def __init__(self, settings: card.Encoding) -> None:
        """Raises: ValueError when the sizes of the card do not belong together."""
        self._lowest = settings.lowest_pitch
        self.classes = settings.highest_pitch - settings.lowest_pitch + 1
        self.input_size = 1 + 1 + self.classes + _LAST_BIN + 1
        if (self.input_size, self.classes) != (settings.input_size, settings.classes):
            raise ValueError(f"{self.classes} keys do not make {settings.input_size} inputs")

    def inputs(self, pressed: ButtonPressed) -> Floats:
        """The row, float32 [123], of a press. Raises: ValueError for a button or a key that there is not."""
        button, waited, before = pressed
        if not 0 <= button < BUTTONS:
            raise ValueError(f"there are buttons 0 to {BUTTONS - 1}, not {button}")
        row = np.zeros(self.input_size, np.float32)
        row[0] = 2 * button / (BUTTONS - 1) - 1
        row[1 + (0 if before is None else self.label(before) + 1)] = 1
        waited_bin = _LAST_BIN if before is None else min(round(waited * _BINS_PER_SECOND), _LAST_BIN)
        row[2 + self.classes + waited_bin] = 1
        return row

    def pitch(self, label: int) -> int:
        """The MIDI pitch of a label."""
        return self._lowest + label

    def label(self, pitch: int) -> int:
        """The label of a MIDI pitch. Raises: ValueError for a pitch that the model has no key for."""
        if not 0 <= pitch - self._lowest < self.classes:
            raise ValueError(f"pitch {pitch} is not one of {self._lowest} to {self._lowest + self.classes - 1}")
        return pitch - self._lowest
