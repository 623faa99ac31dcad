"""What some networks are told beside the music: the chord of the next step, how dense or in which key to play.

Improv RNN takes a chord, as a triad or by its pitches (note-seq, chords_encoder_decoder); conditioned Performance RNNs
take a density and a histogram of pitch classes (note-seq, performance_controls). The numbers stand in front of the
event's, and speak of the event that comes next.
"""

from bisect import bisect
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from appliance.answer.chord import OCTAVE, TRIADS, Chord
from appliance.answer.chord_chart import ChordChart, moved
from appliance.answer.encoding import Floats

DENSITIES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)  # tones a second that part the eight bins
_WIDTHS = {
    "triad": 1 + len(TRIADS) * OCTAVE,
    "chord_pitches": 1 + 3 * OCTAVE,
    "density": len(DENSITIES) + 1,
    "pitch_histogram": OCTAVE,
    "optional_density_and_pitch_histogram": 1 + len(DENSITIES) + 1 + OCTAVE,
}


def conditions_width(conditions: Sequence[str]) -> int:
    """How many numbers stand in front of the event. Raises: ValueError for a condition that is not known."""
    for name in conditions:
        if name not in _WIDTHS:
            raise ValueError(f"no condition is called {name!r}: there are {', '.join(_WIDTHS)}")
    return sum(_WIDTHS[name] for name in conditions)


def triad_row(chord: Chord | None) -> Floats:
    """The chord as one of 48 triads, or none: float32 [49]. Raises: ValueError for a chord built on no triad."""
    row = np.zeros(_WIDTHS["triad"], np.float32)
    if chord is None:
        row[0] = 1
        return row
    if chord.triad is None:
        raise ValueError(
            "this model knows chords on a major, minor, augmented or diminished triad: leave sus and 5 out"
        )
    row[1 + chord.triad * OCTAVE + chord.root] = 1
    return row


def chord_pitches_row(chord: Chord | None) -> Floats:
    """No chord, root, pitches and bass of a chord: float32 [37]."""
    row = np.zeros(_WIDTHS["chord_pitches"], np.float32)
    if chord is None:
        row[0] = 1
        return row
    row[1 + chord.root] = 1
    row[[1 + OCTAVE + pitch for pitch in chord.pitches]] = 1
    row[1 + 2 * OCTAVE + chord.bass] = 1
    return row


def density_row(tones_per_second: float) -> Floats:
    """The density's bin: float32 [8]."""
    row = np.zeros(_WIDTHS["density"], np.float32)
    row[bisect(DENSITIES, tones_per_second)] = 1
    return row


def histogram_row(weights: Sequence[float]) -> Floats:
    """The shares of the twelve pitch classes, C first; all alike where nothing is said: float32 [12].

    Raises: ValueError for other than twelve weights, or a negative one.
    """
    if len(weights) != OCTAVE or min(weights) < 0:
        raise ValueError(f"twelve weights from 0 are a histogram of pitch classes, not {list(weights)}")
    total = sum(weights)
    return np.array([weight / total if total else 1 / OCTAVE for weight in weights], np.float32)


def optional_row(tones_per_second: float | None, weights: Sequence[float]) -> Floats:
    """A flag, density and histogram; without a density all is left to the network: float32 [21]."""
    if tones_per_second is None:
        row = np.zeros(_WIDTHS["optional_density_and_pitch_histogram"], np.float32)
        row[0] = 1
        return row
    return np.concatenate([np.zeros(1, np.float32), density_row(tones_per_second), histogram_row(weights)])


class Conditions(msgspec.Struct, frozen=True):
    """What is said to the network: chords (chord_chart.py), tones a second, the weights of the pitch classes, C first.

    None and nothing leave it to the call.
    """

    chords: str = ""
    tones_per_second: float | None = None
    pitch_classes: tuple[float, ...] = ()


# The rows in front of the event, for a place in bars from the call's first.
Told = Callable[[float], Floats | None]


def told(names: Sequence[str], conditions: Conditions, semitones: int = 0) -> Told:
    """What a network with these conditions is told, its music moved by so many semitones.

    Raises: ValueError for what is no chord, or one that this network does not know; for a histogram that is none.
    """
    if not names:
        return lambda _: None
    chart, by_chord = ChordChart(conditions.chords), {"triad": triad_row, "chord_pitches": chord_pitches_row}
    for row in (by_chord[name] for name in names if name in by_chord):
        for chord in chart.chords:
            row(chord)
    weights = conditions.pitch_classes or (0.0,) * OCTAVE
    if semitones % OCTAVE:
        weights = tuple(weights[(place - semitones) % OCTAVE] for place in range(OCTAVE))
    tones = conditions.tones_per_second
    steady = {
        "density": lambda: density_row(DENSITIES[2] if tones is None else tones),
        "pitch_histogram": lambda: histogram_row(weights),
        "optional_density_and_pitch_histogram": lambda: optional_row(tones, weights),
    }
    rows = {name: steady[name]() for name in names if name in steady}

    def at(bar: float) -> Floats:
        chord = moved(chart.at(bar), semitones)
        return np.concatenate([by_chord[name](chord) if name in by_chord else rows[name] for name in names])

    return at
