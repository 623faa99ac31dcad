"""Favourites on a real disk."""

import select

import mido

from appliance.answer.delivered import Kept
from appliance.drivers.favourites import Favourites
from appliance.happenings import Silence, Told
from appliance.notation.drum_track import DrumTrack, Note
from appliance.notation.timeline import Grid, Timeline

KEPT = Kept(1.0, 3, DrumTrack((Note(0, 36, 90), Note(20, 38, 70)), 32), Timeline(0.5, Grid(96.0)))


def write(folder, *kept):
    favourites = Favourites(folder)
    for one in kept:
        favourites.tell(Told("ghost", one), 0.0)
    favourites.close()
    return favourites


def test_each_favourite_is_a_midi_file_of_its_own(tmp_path):
    write(tmp_path / "new", KEPT, Silence(2.0), KEPT)
    write(tmp_path / "new", KEPT)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["000001.mid", "000002.mid", "000003.mid"]
    file = mido.MidiFile(tmp_path / "new" / "000002.mid")
    ons = [(message.note, message.velocity) for message in file.tracks[0] if message.type == "note_on"]
    assert ons == [(36, 90), (38, 70)]
    assert file.tracks[0].name == "ghost, answer 3"


def test_a_favourite_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    favourites = Favourites(tmp_path / "file")
    favourites.tell(Told("ghost", KEPT), 0.0)
    select.select(favourites.filenos(), (), (), 10.0)
    assert [fault.text for fault in favourites.advance(0.0)] == ["a favourite was not written: File exists"]
    assert favourites.advance(0.0) == ()
    favourites.close()


def test_without_a_folder_it_is_said_what_to_do():
    favourites = Favourites(None)
    favourites.tell(Told("ghost", KEPT), 0.0)
    select.select(favourites.filenos(), (), (), 10.0)
    assert "[favourites]" in favourites.advance(0.0)[0].text
    favourites.close()
