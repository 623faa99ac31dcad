"""What `ghostnote export` writes is what the trainer reads."""

import pytest

from appliance.answer.encoding import Encoding
from appliance.drivers.track_file import write_track
from appliance.notation.drum_track import Note, drum_track
from appliance.notation.timeline import Grid
from tests.parrot import card

pytest.importorskip("tensorflow")


def test_a_track_is_read_step_by_step(tmp_path):
    notes = [Note(0, 36, 100), Note(0, 42, 90), Note(4, 38, 100), Note(7, 36, 20), Note(15, 46, 127)]
    write_track(tmp_path / "0001_ghost_call.mid", drum_track(notes, 16), Grid(qpm=97.0), "call")
    from converter.drum_kit import DRUM_KIT
    from converter.grooves import read_grooves

    (read,) = read_grooves(tmp_path, None, DRUM_KIT, 4)
    encoding = Encoding(card().encoding)
    steps = [encoding.label(note.pitch for note in notes if note.step == step) for step in range(16)]
    assert list(read.labels) == steps
