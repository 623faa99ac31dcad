"""Which drums silence which, as the closed hi-hat the open one.

General MIDI 2 (percussion, exclusive classes) cuts the open hi-hat off when the closed or the pedal one sounds. A stick
cannot cut a sound off, but of strokes that fall on one instant the silencing one alone is heard: so the other is left
out, however hard, and its motor is free.
"""

from collections.abc import Iterable

from appliance.notation.drums import KEYS, Drum, drum_of


class Chokes:
    """Keys that stand for drums: who silences a drum, and whom it silences."""

    def __init__(self, table: Iterable[tuple[str, str]]) -> None:
        key_of = {drum.label: KEYS[drum][0] for drum in Drum}
        pairs = [(key_of[drum], key_of[silenced]) for drum, silenced in table]
        self._silencers = {key: tuple(one for one, other in pairs if other == key) for key in key_of.values()}
        self._silenced = {key: tuple(other for one, other in pairs if one == key) for key in key_of.values()}

    def silencers(self, pitch: int) -> tuple[int, ...]:
        """A key of each drum that silences a key's drum."""
        drum = drum_of(pitch)
        return () if drum is None else self._silencers[KEYS[drum][0]]

    def silenced(self, pitch: int) -> tuple[int, ...]:
        """A key of each drum that a key's drum silences."""
        drum = drum_of(pitch)
        return () if drum is None else self._silenced[KEYS[drum][0]]


def same_drum(one: int, other: int) -> bool:
    """Whether two keys play the same drum."""
    return drum_of(one) is drum_of(other)
