import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.answer import card
from appliance.answer.encoding import Encoding
from appliance.notation.drums import KEYS
from tests.parrot import card as parrot_card

DRUM_KIT = Encoding(parrot_card().encoding)
ONE_DRUM = Encoding(
    card.Encoding("multi_drum", ((39, *(key for key in range(128) if key != 39)),), "one_drum", 0, 2, 2)
)


@pytest.mark.parametrize(
    ("pitches", "label"),
    [
        ((), 0),
        ((36,), 1),
        ((35,), 1),
        ((36, 42), 5),
        ((38, 46), 10),
        ((36, 38, 42, 46, 45, 48, 50, 49, 51), 511),
        ((51,), 256),
    ],
)
def test_golden_labels_of_magentas_drum_kit(pitches, label):
    assert DRUM_KIT.label(pitches) == label


def test_a_label_sounds_the_first_pitch_of_each_of_its_classes():
    assert DRUM_KIT.pitches(0b100000101) == (36, 42, 51)


def test_two_keys_of_one_class_are_one_bit():
    assert DRUM_KIT.label((38, 40, 37)) == 2


def test_a_key_that_the_model_does_not_know_is_not_heard():
    assert DRUM_KIT.label((21, 127)) == 0
    assert DRUM_KIT.class_of(21) is None


@given(st.integers(0, 511))
def test_a_label_survives_its_pitches(label):
    assert DRUM_KIT.label(DRUM_KIT.pitches(label)) == label


def test_the_golden_input_of_step_0_and_of_step_37():
    first = DRUM_KIT.inputs(5, 0)
    assert first.shape == (518,)
    assert first.nonzero()[0].tolist() == [5, *range(512, 518)]
    assert first[512:].tolist() == [1, -1, -1, -1, -1, -1]  # position 0: n = 1
    assert DRUM_KIT.inputs(5, 37)[512:].tolist() == [-1, 1, 1, -1, -1, 1]  # n = 38 = 0b100110


def test_the_counter_begins_again_after_64_steps():
    assert DRUM_KIT.inputs(0, 63)[512:].tolist() == [-1] * 6
    assert DRUM_KIT.inputs(0, 64).tolist() == DRUM_KIT.inputs(0, 0).tolist()


def test_one_drum_hears_any_key_and_sounds_a_clap():
    assert (ONE_DRUM.label((50, 60)), ONE_DRUM.label(())) == (1, 0)
    assert ONE_DRUM.pitches(1) == (39,)
    assert ONE_DRUM.inputs(1, 9).tolist() == [0, 1]


def test_sizes_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="do not make"):
        Encoding(card.Encoding("multi_drum", tuple(KEYS.values()), "2019", 6, 512, 512))


def test_note_seq_agrees():
    note_seq = pytest.importorskip("note_seq", reason="note-seq is the oracle; it comes with the converter extra")
    oracle = note_seq.LookbackEventSequenceEncoderDecoder(note_seq.MultiDrumOneHotEncoding(), [], 6)
    events = [frozenset(pitches) for pitches in ((36, 42), (), (38,), (46, 49, 35), (22, 26, 43), (51, 52), (99,))] * 11
    for position in range(len(events)):
        label = DRUM_KIT.label(events[position])
        assert DRUM_KIT.inputs(label, position).tolist() == oracle.events_to_input(events, position)
