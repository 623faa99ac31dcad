import mido
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.drivers.midi_file import file_call, file_grid, read_part
from appliance.drivers.track_file import write_hits, write_track
from appliance.notation.drum_track import Note, drum_track
from appliance.notation.hit import Hit
from appliance.notation.timeline import Grid, Meter, Timeline

# (meter, steps a quarter): a bar is a whole number of steps
METERS = st.sampled_from([((4, 4), 4), ((7, 8), 4), ((6, 8), 4), ((3, 4), 4), ((4, 4), 6), ((4, 4), 3)])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), meter=METERS, qpm=st.integers(40, 300))
def test_a_track_reads_back_as_the_call_it_was(tmp_path_factory, data, meter, qpm):
    grid = Grid(qpm=qpm, meter=Meter(*meter[0]), steps_per_quarter=meter[1])
    bars = data.draw(st.integers(1, 4))
    length = bars * grid.steps_per_bar
    note = st.builds(Note, st.integers(0, length - 1), st.sampled_from([36, 38, 42, 49]), st.integers(1, 127))
    # A first and a last bar that are played in, so that the file's bars are the track's.
    ends = [Note(0, 36, 100), Note(length - 1, 38, 90)]
    track = drum_track([*ends, *data.draw(st.lists(note, max_size=20))], length)
    path = tmp_path_factory.mktemp("tracks") / "track.mid"
    write_track(path, track, grid, "call")
    part = read_part(path)
    read = file_grid(path, part, grid.steps_per_quarter)
    call = file_call(part, read)
    assert (read.meter, call.bars) == (grid.meter, bars)
    assert read.qpm == pytest.approx(qpm, rel=1e-4)
    hits = [message for message in part.messages if message.data[0] == 0x99 and message.data[2]]
    found = [Note(call.timeline.step_at(hit.time), hit.data[1], hit.data[2]) for hit in hits]
    assert drum_track(found, length) == track


def test_hits_keep_the_players_own_timing(tmp_path):
    timeline = Timeline(100.0, Grid(qpm=120.0))
    hits = [Hit(99.99, 36, 100), Hit(100.51, 38, 90)]
    write_hits(tmp_path / "hits.mid", hits, timeline, 16, "call")
    file = mido.MidiFile(tmp_path / "hits.mid")
    now, found = 0.0, []
    for message in file:
        now += message.time
        if message.type == "note_on":
            found.append((round(now, 3), message.note, message.velocity))
    assert found == [(0.0, 36, 100), (0.51, 38, 90)]


def test_a_file_is_as_long_as_its_bars(tmp_path):
    write_track(tmp_path / "rest.mid", drum_track([], 32), Grid(qpm=120.0), "answer")
    assert mido.MidiFile(tmp_path / "rest.mid").length == pytest.approx(4.0)
