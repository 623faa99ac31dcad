import pytest

from appliance.notation.drum_track import DrumTrack, Note, drum_track
from appliance.notation.drums import DRUM_OF_KEY, KEYS, Drum, drum_of
from appliance.notation.hit import Hit, Stroke


def test_of_two_notes_in_one_place_the_harder_stays():
    assert drum_track([Note(0, 36, 50), Note(0, 36, 80)], 4).notes == (Note(0, 36, 80),)


def test_notes_are_put_in_order():
    assert [note.step for note in drum_track([Note(3, 36, 50), Note(1, 36, 80)], 4).notes] == [1, 3]


def test_a_note_behind_the_end_is_left_out():
    assert drum_track([Note(4, 36, 50)], 4).notes == ()


@pytest.mark.parametrize(
    "notes", [(Note(4, 36, 50),), (Note(-1, 36, 50),), (Note(1, 36, 9), Note(0, 36, 9)), (Note(0, 36, 9),) * 2]
)
def test_a_track_is_valid_from_birth(notes):
    with pytest.raises(ValueError, match="drum track"):
        DrumTrack(notes, 4)


def test_a_step_gives_its_notes():
    track = drum_track([Note(0, 36, 50), Note(2, 38, 80), Note(2, 42, 70)], 4)
    assert [note.pitch for note in track.at(2)] == [38, 42]


def test_no_key_plays_two_drums():
    assert len(DRUM_OF_KEY) == sum(len(keys) for keys in KEYS.values())


def test_general_midi_names_the_first_keys():
    assert [KEYS[drum][0] for drum in Drum] == [36, 38, 42, 46, 45, 48, 50, 49, 51]
    assert drum_of(35) is Drum.KICK
    assert drum_of(21) is None


@pytest.mark.parametrize("kind", [Hit, Stroke])
@pytest.mark.parametrize(
    ("time", "pitch", "velocity"), [(float("nan"), 36, 1), (0.0, 128, 1), (0.0, -1, 1), (0.0, 36, 0), (0.0, 36, 128)]
)
def test_what_no_pad_sends_and_no_motor_may_get_is_refused(kind, time, pitch, velocity):
    with pytest.raises(ValueError, match="not"):
        kind(time, pitch, velocity)
