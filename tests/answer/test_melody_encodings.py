"""Melodies are encoded as note-seq encodes them, and every label means what it was said for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.answer.event_encoding import encoding_of
from appliance.answer.melody import NO_EVENT, NOTE_OFF, melody_events, melody_tones, transposed, transposition
from appliance.notation.tone import Tone
from tests.answer.pitched import BASIC, KEYED, LOOKBACK, MONO

CARDS = {"basic": BASIC, "lookback": LOOKBACK, "keyed": KEYED, "mono": MONO}
# Few pitches, so that there are repetitions.
events = st.lists(st.sampled_from([NO_EVENT, NO_EVENT, NOTE_OFF, 48, 55, 60, 61, 83]), min_size=1, max_size=70)


@st.composite
def melodies(draw: st.DrawFn) -> tuple[list[Tone], int]:
    """Tones one after the other, within the steps."""
    tones, step = [], 0
    for rest, length in draw(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), min_size=1, max_size=12)):
        tones.append(Tone(step + rest, step + rest + length, draw(st.integers(48, 83)), 100))
        step += rest + length
    return tones, step


@given(melodies())
@settings(deadline=None)
def test_a_melody_survives_its_events(melody: tuple[list[Tone], int]) -> None:
    tones, steps = melody
    assert melody_tones(melody_events(tones, steps), 100) == tones


def test_of_tones_that_begin_together_the_highest_is_heard_and_the_next_cuts_it() -> None:
    tones = [Tone(0, 8, 60, 100), Tone(0, 8, 64, 100), Tone(2, 3, 62, 100)]
    assert melody_events(tones, 5) == [64, NO_EVENT, 62, NOTE_OFF, NO_EVENT]


@pytest.mark.parametrize("name", CARDS)
@given(events)
@settings(deadline=None)
def test_a_label_means_the_event_it_foretells(name: str, events: list[int]) -> None:
    encoding = encoding_of(CARDS[name])
    for end in range(1, len(events) + 1):
        label = encoding.label(events[:end])
        assert encoding.event(label, events[: end - 1]) == events[end - 1]


@pytest.mark.parametrize("name", CARDS)
def test_a_label_that_there_is_not_is_refused(name: str) -> None:
    encoding = encoding_of(CARDS[name])
    for label in (-1, CARDS[name].classes):
        with pytest.raises(ValueError, match="is not one of"):
            encoding.event(label, [60])


def test_a_pitch_out_of_range_is_refused() -> None:
    for name in ("basic", "lookback", "keyed"):
        with pytest.raises(ValueError, match="transpose it"):
            encoding_of(CARDS[name]).inputs([84])


def test_a_repetition_of_what_was_before_the_beginning_is_no_event() -> None:
    assert encoding_of(LOOKBACK).event(39, [60] * 31) == NO_EVENT
    assert encoding_of(KEYED).event(38, [60] * 15) == NO_EVENT


@pytest.mark.parametrize("name", CARDS)
@given(events=events)
@settings(deadline=None)
def test_note_seq_agrees_on_rows_and_labels(name: str, events: list[int]) -> None:
    note_seq = pytest.importorskip("note_seq", reason="note-seq is the oracle; it comes with the converter extra")
    settings_of = CARDS[name]
    low, high = settings_of.lowest_pitch, settings_of.highest_pitch + 1
    oracle = {
        "basic": lambda: note_seq.OneHotEventSequenceEncoderDecoder(note_seq.MelodyOneHotEncoding(low, high)),
        "mono": lambda: note_seq.OneHotEventSequenceEncoderDecoder(note_seq.MelodyOneHotEncoding(low, high)),
        "lookback": lambda: note_seq.LookbackEventSequenceEncoderDecoder(note_seq.MelodyOneHotEncoding(low, high)),
        "keyed": lambda: note_seq.KeyMelodyEncoderDecoder(low, high),
    }[name]()
    melody = list(note_seq.Melody(events))  # which takes ends before the first tone away
    encoding = encoding_of(settings_of)
    assert (encoding.input_size, settings_of.classes) == (oracle.input_size, oracle.num_classes)
    for position in range(0, len(melody), 7):
        assert encoding.inputs(melody[: position + 1]).tolist() == pytest.approx(
            list(oracle.events_to_input(melody, position))
        )
        label = encoding.label(melody[: position + 1])
        assert label == oracle.events_to_label(melody, position)
        for other in (label, position % settings_of.classes):
            before = melody[:position]
            assert encoding.event(other, before) == oracle.class_index_to_event(other, before)


@given(st.lists(st.integers(-2, 127), min_size=1, max_size=40), st.integers(0, 11))
@settings(deadline=None)
def test_note_seq_transposes_alike(events: list[int], key: int) -> None:
    note_seq = pytest.importorskip("note_seq", reason="note-seq is the oracle; it comes with the converter extra")
    melody = note_seq.Melody(events)
    before = list(melody)
    moved = melody.squash(48, 84, key)
    assert transposition(before, 48, 83, key) == moved
    # Where nothing is to be moved note-seq leaves before it looks at the range.
    assert transposed(before, moved, 48, 83) == list(melody)


def test_sizes_that_do_not_belong_together_are_refused() -> None:
    import msgspec

    for settings_of, wrong in ((BASIC, {"classes": 39}), (KEYED, {"counter_bits": 6}), (LOOKBACK, {"input_size": 99})):
        with pytest.raises(ValueError, match=r"do not make|are not"):
            encoding_of(msgspec.structs.replace(settings_of, **wrong))
