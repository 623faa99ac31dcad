"""The nine drums of a Magenta kit, and which General MIDI keys play each.

The grouping is the one in note-seq's drum encoder since 2019-04-24; a model may carry an older one in its card, and
then the card decides what the model hears. This table decides how a key is shown, struck and choked.
"""

from enum import IntEnum


class Drum(IntEnum):
    """A kind of drum; the value is its bit in a drum_kit label."""

    KICK = 0
    SNARE = 1
    CLOSED_HI_HAT = 2
    OPEN_HI_HAT = 3
    LOW_TOM = 4
    MID_TOM = 5
    HIGH_TOM = 6
    CRASH = 7
    RIDE = 8

    @property
    def label(self) -> str:
        """The name in settings files and on the screen, such as `closed_hi_hat`."""
        return self.name.lower()


# General MIDI 1 percussion keys 35 to 81, and Roland's 22 and 26 (hi-hat edge) and 82 to 87; the first sounds it.
KEYS: dict[Drum, tuple[int, ...]] = {
    Drum.KICK: (36, 35),
    Drum.SNARE: (38, 27, 28, 31, 32, 33, 34, 37, 39, 40, 56, 65, 66, 75, 85),
    Drum.CLOSED_HI_HAT: (42, 44, 54, 68, 69, 70, 71, 73, 78, 80, 22),
    Drum.OPEN_HI_HAT: (46, 67, 72, 74, 79, 81, 26),
    Drum.LOW_TOM: (45, 29, 41, 43, 61, 64, 84),
    Drum.MID_TOM: (48, 47, 60, 63, 77, 86, 87),
    Drum.HIGH_TOM: (50, 30, 62, 76, 83),
    Drum.CRASH: (49, 52, 55, 57, 58),
    Drum.RIDE: (51, 53, 59, 82),
}

DRUM_OF_KEY: dict[int, Drum] = {key: drum for drum, keys in KEYS.items() for key in keys}

# General MIDI numbers channels from 1; percussion is channel 10. On the wire and in mido it is 9.
PERCUSSION_CHANNEL = 9


def drum_of(pitch: int) -> Drum | None:
    """The drum that a General MIDI key plays, or None for a key that is no drum of ours."""
    return DRUM_OF_KEY.get(pitch)
