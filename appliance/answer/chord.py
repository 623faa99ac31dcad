"""Chord symbols, as lead sheets have them: a root, a kind, perhaps another bass.

Kinds and their degrees are those that note-seq knows (chord_symbols_lib), without its alterations in brackets.
"""

import re

import msgspec

OCTAVE = 12
_ROOTS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NO_CHORD = {"", "N.C.", "NC"}
# Semitones above the root, and how the kind is written.
_KINDS: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...] = (
    ((0, 4, 7), ("", "maj", "M")),
    ((0, 3, 7), ("m", "min", "-")),
    ((0, 4, 8), ("+", "aug")),
    ((0, 3, 6), ("o", "dim")),
    ((0, 4, 7, 10), ("7",)),
    ((0, 4, 7, 11), ("maj7", "M7")),
    ((0, 3, 7, 10), ("m7", "min7", "-7")),
    ((0, 3, 6, 9), ("o7", "dim7")),
    ((0, 4, 8, 10), ("+7", "aug7")),
    ((0, 3, 6, 10), ("m7b5", "-7b5", "/o", "/o7")),
    ((0, 3, 7, 11), ("mmaj7", "mM7", "minmaj7", "minM7", "-maj7", "-M7")),
    ((0, 4, 7, 9), ("6",)),
    ((0, 3, 7, 9), ("m6", "min6", "-6")),
    ((0, 4, 7, 10, 2), ("9",)),
    ((0, 4, 7, 11, 2), ("maj9", "M9")),
    ((0, 3, 7, 10, 2), ("m9", "min9", "-9")),
    ((0, 7), ("5",)),
    ((0, 2, 7), ("sus2",)),
    ((0, 5, 7), ("sus", "sus4")),
)
_DEGREES = {name: degrees for degrees, names in _KINDS for name in names}
_SYMBOL = re.compile(
    rf"([A-G])([#b]*)({'|'.join(sorted(map(re.escape, _DEGREES), key=len, reverse=True))})(?:/([A-G])([#b]*))?"
)
# The triads, in the order in which Magenta numbers them.
TRIADS = ((0, 4, 7), (0, 3, 7), (0, 4, 8), (0, 3, 6))


class Chord(msgspec.Struct, frozen=True):
    """Pitch classes, C is 0: the root, the bass, all that sound, and the triad they are built on (None for none)."""

    root: int
    bass: int
    pitches: frozenset[int]
    triad: int | None


def chord_of(symbol: str) -> Chord | None:
    """The chord of a symbol such as C, F#m7 or Bb/D; None for N.C., no chord.

    Raises: ValueError for what is no chord symbol.
    """
    if symbol.strip() in _NO_CHORD:
        return None
    match = _SYMBOL.fullmatch(symbol.strip())
    if match is None:
        raise ValueError(
            f"{symbol!r} is no chord: write a root and a kind, as C, F#m7, Bbmaj7 or C/E, or N.C. for none"
        )
    root, degrees = _pitch_class(match[1], match[2]), _DEGREES[match[3]]
    bass = _pitch_class(match[4], match[5]) if match[4] else root
    triad = TRIADS.index(degrees[:3]) if degrees[:3] in TRIADS else None
    return Chord(root, bass, frozenset({(root + degree) % OCTAVE for degree in degrees}), triad)


def _pitch_class(letter: str, accidentals: str) -> int:
    return (_ROOTS[letter] + accidentals.count("#") - accidentals.count("b")) % OCTAVE
