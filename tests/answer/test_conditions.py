"""Chords, densities and histograms are told to a network as note-seq tells them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.answer.chord import _KINDS, chord_of
from appliance.answer.conditions import (
    chord_pitches_row,
    conditions_width,
    density_row,
    histogram_row,
    optional_row,
    triad_row,
)
from appliance.answer.event_encoding import encoding_of
from tests.answer.pitched import card

SYMBOLS = [f"{root}{name}" for _, names in _KINDS for name in names for root in ("C", "F#", "Bb")]


@pytest.mark.parametrize("symbol", [*SYMBOLS, "C/E", "Bbmaj7/D", "F#m7/C#"])
def test_note_seq_reads_the_same_chord(symbol: str) -> None:
    note_seq = pytest.importorskip("note_seq", reason="note-seq is the oracle; it comes with the converter extra")
    chord = chord_of(symbol)
    assert chord is not None
    assert chord.root == note_seq.chord_symbol_root(symbol)
    assert chord.bass == note_seq.chord_symbol_bass(symbol)
    assert chord.pitches == {pitch % 12 for pitch in note_seq.chord_symbol_pitches(symbol)}
    pitches = note_seq.PitchChordsEncoderDecoder()
    assert chord_pitches_row(chord).tolist() == pitches.events_to_input([symbol], 0)
    triads = note_seq.OneHotEventSequenceEncoderDecoder(note_seq.TriadChordOneHotEncoding())
    if chord.triad is None:
        with pytest.raises(note_seq.ChordEncodingError):
            triads.events_to_input([symbol], 0)
        with pytest.raises(ValueError, match="triad"):
            triad_row(chord)
    else:
        assert triad_row(chord).tolist() == triads.events_to_input([symbol], 0)


def test_no_chord_is_the_first_place() -> None:
    for symbol in ("N.C.", "NC", " "):
        assert triad_row(chord_of(symbol)).nonzero()[0].tolist() == [0]
        assert chord_pitches_row(chord_of(symbol)).nonzero()[0].tolist() == [0]


@pytest.mark.parametrize("symbol", ["H", "Cx", "c", "C/", "Cmaj7/H", "7"])
def test_what_is_no_chord_is_refused(symbol: str) -> None:
    with pytest.raises(ValueError, match="is no chord"):
        chord_of(symbol)


@given(st.floats(0, 100))
@settings(deadline=None)
def test_note_seq_has_the_same_density_bins(density: float) -> None:
    pytest.importorskip("note_seq", reason="note-seq is the oracle; it comes with the converter extra")
    from note_seq import performance_controls as controls

    oracle = controls.NoteDensityPerformanceControlSignal(3.0, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]).encoder
    assert density_row(density).tolist() == oracle.events_to_input([density], 0)


@given(st.lists(st.floats(0, 9), min_size=12, max_size=12))
@settings(deadline=None)
def test_note_seq_has_the_same_histogram(weights: list[float]) -> None:
    pytest.importorskip("note_seq", reason="note-seq is the oracle; it comes with the converter extra")
    from note_seq import performance_controls as controls

    oracle = controls.PitchHistogramPerformanceControlSignal(5.0).encoder
    np.testing.assert_allclose(histogram_row(weights), oracle.events_to_input([weights], 0), atol=1e-6)


def test_an_optional_condition_is_a_flag_or_the_rest() -> None:
    assert optional_row(None, []).nonzero()[0].tolist() == [0]
    told = optional_row(3.0, [1] * 12)
    assert told[0] == 0
    assert told[1:9].tolist() == density_row(3.0).tolist()
    assert told[9:].tolist() == histogram_row([1] * 12).tolist()


@pytest.mark.parametrize("weights", [[], [1] * 11, [-1] + [1] * 11])
def test_what_is_no_histogram_is_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="twelve weights"):
        histogram_row(weights)


@pytest.mark.parametrize(
    ("conditions", "width", "input_size"),
    [
        ((), 0, 388),
        (("density",), 8, 396),
        (("pitch_histogram",), 12, 400),
        (("density", "pitch_histogram"), 20, 408),
        (("optional_density_and_pitch_histogram",), 21, 409),
    ],
)
def test_conditions_and_event_make_the_input(conditions: tuple[str, ...], width: int, input_size: int) -> None:
    assert conditions_width(conditions) == width
    given_card = {"velocity_bins": 32, "longest_shift": 100, "conditions": conditions}
    assert encoding_of(card("performance", input_size, 388, **given_card)).input_size == 388
    with pytest.raises(ValueError, match="are not"):
        encoding_of(card("performance", input_size + 1, 388, **given_card))
