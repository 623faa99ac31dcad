"""Chords of tones, performances and piano rolls are encoded as Magenta and note-seq encode them, and come back."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from appliance.answer.card import Encoding
from appliance.answer.event_encoding import encoding_of
from appliance.answer.note_tuple_encoding import note_tuples, tuple_tones
from appliance.answer.performance import bin_of, performance_events, performance_tones, velocity_of
from appliance.answer.piano_genie_encoding import ButtonPressed, PianoGenieEncoding
from appliance.answer.pianoroll_encoding import pianoroll_frames, pianoroll_tones
from appliance.answer.polyphony_encoding import (
    CONTINUED,
    END,
    NEW,
    START,
    STEP_END,
    polyphony_events,
    polyphony_tones,
)
from appliance.notation.tone import Tone
from tests.answer.pitched import (
    MODULO,
    NOTE_TUPLE,
    PERFORMANCE,
    PIANO_GENIE,
    PIANOROLL,
    PLAIN_PERFORMANCE,
    POLYPHONY,
    card,
)

STEPS = 300


@st.composite
def tones(draw: st.DrawFn, longest_gap: int = 40) -> list[Tone]:
    """Tones on few pitches, of which no two of one pitch sound together; velocities are those of bins."""
    found: list[Tone] = []
    for pitch in draw(st.sets(st.integers(21, 108), min_size=1, max_size=4)):
        step = 0
        for gap, length in draw(
            st.lists(st.tuples(st.integers(1, longest_gap), st.integers(1, 30)), min_size=1, max_size=4)
        ):
            bin_ = draw(st.integers(1, 32))
            found.append(Tone(step + gap, step + gap + length, pitch, velocity_of(bin_, 32)))
            step += gap + length
    return sorted(found)


def plain(found: list[Tone]) -> list[tuple[int, int, int]]:
    return [(tone.start, tone.end, tone.pitch) for tone in found]


@given(tones())
@settings(deadline=None)
def test_polyphony_survives_its_events(found: list[Tone]) -> None:
    events = polyphony_events(found, STEPS)
    assert events[0] == START
    assert events.count(STEP_END) == STEPS
    assert plain(polyphony_tones(events, 80)) == plain(found)


def test_pitches_of_a_step_go_from_the_highest_down() -> None:
    chord = [Tone(0, 2, 60, 80), Tone(0, 1, 67, 80), Tone(1, 2, 67, 80)]
    assert polyphony_events(chord, 2) == [
        START, NEW + 67, NEW + 60, STEP_END, NEW + 67, CONTINUED + 60, STEP_END,
    ]  # fmt: skip


def test_what_continues_without_having_begun_begins_and_end_says_nothing() -> None:
    events = [START, CONTINUED + 60, STEP_END, END, CONTINUED + 60, STEP_END, STEP_END]
    assert polyphony_tones(events, 80) == [Tone(0, 2, 60, 80)]


@pytest.mark.parametrize("bins", [0, 32])
@given(found=tones(longest_gap=350))
@settings(deadline=None)
def test_a_performance_survives_its_events(bins: int, found: list[Tone]) -> None:
    events = performance_events(found, bins, 100)
    back = performance_tones(events, bins, 80)
    assert back == found if bins else plain(back) == plain(found)


@given(tones(longest_gap=350))
@settings(deadline=None)
def test_a_performance_survives_its_tuples(found: list[Tone]) -> None:
    assert sorted(tuple_tones(note_tuples(found, 32), 32)) == found


@given(tones())
@settings(deadline=None)
def test_a_piano_roll_survives_its_frames(found: list[Tone]) -> None:
    assert plain(pianoroll_tones(pianoroll_frames(found, STEPS), 80)) == plain(found)


def test_a_pitch_that_is_struck_again_rests_a_step_before() -> None:
    again = [Tone(0, 4, 60, 80), Tone(4, 6, 60, 80)]
    assert pianoroll_frames(again, 6) == [(60,), (60,), (60,), (), (60,), (60,)]


@given(st.integers(1, 127), st.sampled_from([1, 8, 32, 127]))
@settings(deadline=None)
def test_a_velocity_lies_in_its_bin(velocity: int, bins: int) -> None:
    found = bin_of(velocity, bins)
    assert 1 <= found <= bins
    assert velocity_of(found, bins) <= velocity
    assert bin_of(velocity_of(found, bins), bins) == found


@pytest.mark.parametrize("settings_of", [POLYPHONY, PLAIN_PERFORMANCE, PERFORMANCE, MODULO], ids=lambda c: c.kind)
def test_every_label_means_an_event_and_every_event_has_its_label(settings_of: Encoding) -> None:
    encoding = encoding_of(settings_of)
    for label in range(settings_of.classes):
        event = encoding.event(label, [])
        assert encoding.label([event]) == label
        assert encoding.inputs([event]).shape == (settings_of.input_size,)
    rows = {encoding.inputs([encoding.event(label, [])]).tobytes() for label in range(settings_of.classes)}
    assert len(rows) == settings_of.classes  # no two events look alike


@given(st.tuples(*(st.integers(0, size - 1) for size in NOTE_TUPLE.softmaxes)))
@settings(deadline=None)
def test_six_numbers_mean_a_tone_and_the_tone_has_these_six(label: tuple[int, ...]) -> None:
    encoding = encoding_of(NOTE_TUPLE)
    event = encoding.event(label, [])
    assert encoding.label([event]) == label
    assert encoding.inputs([event]).sum() == 6


@given(st.integers(0, 2**88 - 1))
@settings(deadline=None)
def test_a_frame_survives_its_bits(label: int) -> None:
    encoding = encoding_of(PIANOROLL)
    assert encoding.label([encoding.event(label, [])]) == label


def test_a_button_a_key_and_a_time_are_the_genies_row() -> None:
    genie = PianoGenieEncoding(PIANO_GENIE)
    first = genie.inputs(ButtonPressed(7, 0.0, None))
    assert first.nonzero()[0].tolist() == [0, 1, 122]
    row = genie.inputs(ButtonPressed(0, 0.1, 60))
    assert (row[0], row[1 + 60 - 21 + 1], row[90 + round(0.1 * 31.25)]) == (-1, 1, 1)
    assert genie.inputs(ButtonPressed(0, 100.0, 60))[122] == 1
    assert [genie.label(genie.pitch(label)) for label in range(88)] == list(range(88))
    with pytest.raises(ValueError, match="buttons 0 to 7"):
        genie.inputs(ButtonPressed(8, 0, None))
    with pytest.raises(ValueError, match="is not one of 21 to 108"):
        genie.label(20)


@pytest.mark.parametrize(
    "wrong",
    [
        card("polyphony", 258, 259),
        card("performance", 388, 389, velocity_bins=32, longest_shift=100),
        card("performance", 389, 388, velocity_bins=32, longest_shift=100),
        card("modulo_performance", 13, 388, velocity_bins=32, longest_shift=100),
        card("pianoroll", 88, 88, lowest_pitch=21, highest_pitch=108, nade_hidden=128),
        card("harp", 1, 1),
        card("performance", 396, 388, velocity_bins=32, longest_shift=100, conditions=("mood",)),
    ],
    ids=lambda c: f"{c.kind}-{c.input_size}-{c.classes}",
)
def test_a_card_that_contradicts_itself_is_refused(wrong: Encoding) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        encoding_of(wrong)


def quantised(found: list[Tone], absolute: bool) -> object:
    """The tones as a NoteSequence of note-seq, on its steps."""
    note_seq = pytest.importorskip("note_seq", reason="note-seq is the oracle; it comes with the converter extra")
    from note_seq.protobuf import music_pb2

    sequence = music_pb2.NoteSequence(ticks_per_quarter=220)
    sequence.tempos.add(qpm=60)
    second = 100 if absolute else 4
    for tone in found:
        sequence.notes.add(
            pitch=tone.pitch, velocity=tone.velocity, start_time=tone.start / second, end_time=tone.end / second
        )
    sequence.total_time = max(tone.end for tone in found) / second
    if absolute:
        return note_seq.quantize_note_sequence_absolute(sequence, 100)
    return note_seq.quantize_note_sequence(sequence, 4)


@given(tones(longest_gap=350))
@settings(deadline=None, max_examples=40)
def test_note_seq_agrees_on_performances(found: list[Tone]) -> None:
    note_seq = pytest.importorskip("note_seq", reason="note-seq is the oracle; it comes with the converter extra")
    from note_seq import performance_encoder_decoder as encoders
    from note_seq import performance_lib

    theirs = list(performance_lib.Performance(quantised(found, True), num_velocity_bins=32))
    ours = performance_events(found, 32, 100)
    assert [tuple(event) for event in ours] == [(event.event_type, event.event_value) for event in theirs]
    one_hot = note_seq.OneHotEventSequenceEncoderDecoder(encoders.PerformanceOneHotEncoding(32))
    modulo = encoders.ModuloPerformanceEventSequenceEncoderDecoder(32)
    for settings_of, oracle in ((PERFORMANCE, one_hot), (MODULO, modulo)):
        encoding = encoding_of(settings_of)
        for position in range(0, len(ours), 5):
            row = encoding.inputs(ours[: position + 1])
            np.testing.assert_allclose(row, oracle.events_to_input(theirs, position), atol=1e-6)
            assert encoding.label(ours[: position + 1]) == oracle.events_to_label(theirs, position)


@given(tones(longest_gap=350))
@settings(deadline=None, max_examples=40)
def test_note_seq_agrees_on_note_tuples(found: list[Tone]) -> None:
    pytest.importorskip("note_seq", reason="note-seq is the oracle; it comes with the converter extra")
    from note_seq import performance_encoder_decoder as encoders
    from note_seq import performance_lib

    theirs = list(performance_lib.NotePerformance(quantised(found, True), 32))
    ours = note_tuples(found, 32)
    encoding, oracle = encoding_of(NOTE_TUPLE), encoders.NotePerformanceEventSequenceEncoderDecoder(32)
    assert tuple(oracle.num_classes) == NOTE_TUPLE.softmaxes
    assert len(ours) == len(theirs)
    for position in range(len(ours)):
        assert encoding.label(ours[: position + 1]) == oracle.events_to_label(theirs, position)
        assert (encoding.inputs(ours[: position + 1]) == oracle.events_to_input(theirs, position)).all()


@given(tones())
@settings(deadline=None, max_examples=40)
def test_note_seq_agrees_on_piano_rolls(found: list[Tone]) -> None:
    pytest.importorskip("note_seq", reason="note-seq is the oracle; it comes with the converter extra")
    from note_seq import pianoroll_lib
    from note_seq.pianoroll_encoder_decoder import PianorollEncoderDecoder

    theirs = list(pianoroll_lib.PianorollSequence(quantised(found, False), min_pitch=21, max_pitch=108))
    # numpy's integers overflow in note-seq's label at the 64th pitch; Python's do not.
    theirs = [tuple(int(pitch) for pitch in frame) for frame in theirs]
    ours = pianoroll_frames(found, len(theirs))
    assert [tuple(pitch - 21 for pitch in frame) for frame in ours] == [tuple(sorted(frame)) for frame in theirs]
    encoding, oracle = encoding_of(PIANOROLL), PianorollEncoderDecoder(88)
    for position in range(0, len(ours), 9):
        assert (encoding.inputs(ours[: position + 1]) == oracle.events_to_input(theirs, position)).all()
        assert encoding.label(ours[: position + 1]) == oracle.events_to_label(theirs, position)


@given(tones())
@settings(deadline=None)
def test_the_converters_polyphony_is_the_same(found: list[Tone]) -> None:
    """The two programs share no code; what they share is Magenta's format."""
    from converter import polyphony_events as converters

    steps = max(tone.end for tone in found)
    assume(steps < STEPS)
    theirs = converters.polyphony_events([(tone.pitch, tone.start, tone.end) for tone in found], steps)
    assert theirs == [*polyphony_events(found, steps), END]
