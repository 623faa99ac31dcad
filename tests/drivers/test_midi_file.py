import contextlib
import io
from pathlib import Path

import mido
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from appliance.drivers.midi_file import file_call, file_grid, read_part, write_answer
from appliance.errors import CallError
from appliance.notation.hit import Hit, Stroke
from appliance.notation.timeline import Grid, Meter
from tests.scores import rock, write_midi

ROCK = Path(__file__).parents[1] / "stories/rock.mid"


def _with_key_signature():
    """The rock story with a meta message of another kind in it, to be damaged."""
    file = mido.MidiFile(ROCK)
    file.tracks[0].insert(0, mido.MetaMessage("key_signature", key="Am"))
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


WITH_KEY = _with_key_signature()


def call_of(part):
    return file_call(part, Grid(part.qpm, part.meter))


def test_a_part_has_the_tempo_and_meter_of_its_file(tmp_path):
    part = read_part(write_midi(tmp_path / "a.mid", [(0, 36)], qpm=150, meter=(7, 8)))
    assert (round(part.qpm, 6), part.meter) == (150.0, Meter(7, 8))


def test_without_a_word_it_is_120_and_4_4(tmp_path):
    file = mido.MidiFile(ticks_per_beat=96)
    file.add_track().append(mido.Message("note_on", channel=9, note=36, velocity=90, time=96))
    file.save(tmp_path / "a.mid")
    part = read_part(tmp_path / "a.mid")
    assert (part.qpm, part.meter, part.messages[0].time) == (120.0, Meter(4, 4), 0.5)


def test_the_call_begins_on_the_bar_line_before_its_first_hit(tmp_path):
    call = call_of(read_part(write_midi(tmp_path / "a.mid", [(9, 36), (15, 38)])))
    assert (call.timeline.origin, call.bars) == (pytest.approx(4.0), 2)


def test_a_hit_a_little_before_the_first_bar_line_is_on_it(tmp_path):
    call = call_of(read_part(write_midi(tmp_path / "a.mid", [(3.95, 36), (5, 38)])))
    assert (call.timeline.origin, call.bars) == (pytest.approx(2.0), 1)


def test_where_the_tempo_changes_the_answer_still_starts_in_its_time(tmp_path):
    # One bar at 60 (4 s), one at 120 (2 s).
    part = read_part(write_midi(tmp_path / "a.mid", rock(2), qpm=60, tempo_changes=[(4, 120)]))
    call = call_of(part)
    assert part.qpm == pytest.approx(120.0)
    assert call.bars == 2
    assert call.timeline.time_of(32) == pytest.approx(6.0)


def test_a_hit_just_before_the_last_bar_line_adds_no_bar(tmp_path):
    call = call_of(read_part(write_midi(tmp_path / "a.mid", [*rock(2), (7.99, 38)])))
    assert call.bars == 2


def test_a_hit_on_the_last_bar_line_begins_a_bar(tmp_path):
    assert call_of(read_part(write_midi(tmp_path / "a.mid", [*rock(2), (8, 49)]))).bars == 3


def test_bars_are_counted_from_where_the_meter_begins(tmp_path):
    # A bar of 4/4 to count in, and then 7/8 from quarter 4 on.
    path = write_midi(tmp_path / "a.mid", [(4, 36), (6, 38), (7.5, 36)], meter=(4, 4), meter_changes=[(4, (7, 8))])
    part = read_part(path)
    call = call_of(part)
    assert part.meter == Meter(7, 8)
    assert (call.timeline.origin, call.bars) == (pytest.approx(2.0), 2)


def test_where_the_meter_changes_in_a_call_the_answer_still_starts_on_a_bar_line(tmp_path):
    path = write_midi(tmp_path / "a.mid", [(0, 36), (4, 36), (6, 38)], meter=(4, 4), meter_changes=[(4, (3, 4))])
    call = call_of(read_part(path))
    assert call.timeline.time_of(call.bars * 12) == pytest.approx(3.5)


def test_a_meter_in_another_track_counts(tmp_path):
    path = write_midi(tmp_path / "a.mid", [(0, 36)])
    file = mido.MidiFile(path)
    file.type = 1
    file.add_track().append(mido.MetaMessage("time_signature", numerator=7, denominator=8))
    file.save(path)
    assert read_part(path).meter == Meter(7, 8)


def test_a_file_of_several_pieces_is_refused(tmp_path):
    path = write_midi(tmp_path / "a.mid", [(0, 36)])
    content = bytearray(path.read_bytes())
    content[9] = 2
    path.write_bytes(content)
    with pytest.raises(CallError, match="type 2"):
        read_part(path)


def test_an_answer_keeps_the_tempo_changes_of_its_call(tmp_path):
    part = read_part(write_midi(tmp_path / "a.mid", rock(2), qpm=60, tempo_changes=[(4, 120)]))
    write_answer(tmp_path / "answer.mid", [Stroke(6.0, 36, 100)], part)
    answer = mido.MidiFile(tmp_path / "answer.mid")
    ticks = 0
    for message in answer.tracks[0]:
        ticks += message.time
        if message.type == "note_on":
            break
    assert ticks == 8 * answer.ticks_per_beat  # behind the eight quarters of its call
    assert answer.length == pytest.approx(6.0 + 0.125)


def test_notes_without_a_hit_are_no_call(tmp_path):
    file = mido.MidiFile()
    file.add_track().append(mido.Message("note_on", channel=9, note=36, velocity=0))
    file.save(tmp_path / "a.mid")
    with pytest.raises(CallError, match="holds no notes"):
        read_part(tmp_path / "a.mid")


def test_a_file_without_drums_says_where_its_notes_are(tmp_path):
    path = write_midi(tmp_path / "a.mid", [(0, 60)], channel=3)
    with pytest.raises(CallError, match=r"--channel .*notes on 4"):
        read_part(path)
    assert read_part(path, channel=3).messages


def test_controls_in_a_file_are_no_panic(tmp_path):
    path = write_midi(tmp_path / "a.mid", [(0, 36), (1, 38)])
    file = mido.MidiFile(path)
    file.tracks[0].insert(3, mido.Message("control_change", channel=9, control=123, value=0))
    file.save(path)
    assert all(message.data[0] & 0xE0 == 0x80 for message in read_part(path).messages)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no MIDI file"),
        (b"hello", "no MIDI file"),
        (ROCK.read_bytes()[:40], "torn"),
        (b"a list of drums\n" * 40, "no MIDI file"),
        (b"<html><body>404</body></html>", "no MIDI file"),
        (b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\xe7\x28MTrk\x00\x00\x00\x04\x00\xff\x2f\x00", "film frames"),
        (b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x00MTrk\x00\x00\x00\x04\x00\xff\x2f\x00", "film frames"),
    ],
)
def test_what_is_no_midi_file_is_said_in_a_sentence(tmp_path, content, words):
    path = tmp_path / "a.mid"
    path.write_bytes(content)
    with pytest.raises(CallError, match=words) as caught:
        read_part(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_said_in_a_sentence(tmp_path):
    with pytest.raises(CallError, match="No such file"):
        read_part(tmp_path / "none.mid")
    with pytest.raises(CallError, match="directory"):
        read_part(tmp_path)


@given(st.data())
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_a_damaged_file_gives_a_part_or_a_sentence(tmp_path, data):
    whole = bytearray(WITH_KEY)
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.mid"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    with contextlib.suppress(CallError):
        part = read_part(path)
        assert part.messages


strokes = st.lists(
    st.builds(
        Stroke, st.integers(0, 4000).map(lambda tick: tick / 960), st.sampled_from([36, 38, 42]), st.integers(1, 127)
    ),
    min_size=1,
    unique_by=lambda stroke: (stroke.time, stroke.pitch),
)


@given(strokes)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_written_answer_reads_back_in_its_time(tmp_path, played):
    call = read_part(write_midi(tmp_path / "call.mid", [(0, 36)], qpm=120))
    write_answer(tmp_path / "answer.mid", played, call)
    part = read_part(tmp_path / "answer.mid")
    hits = [
        Hit(message.time, message.data[1], message.data[2])
        for message in part.messages
        if message.data[0] == 0x99 and message.data[2]
    ]
    read = sorted((round(hit.time, 6), hit.pitch, hit.velocity) for hit in hits)
    assert read == sorted((round(stroke.time, 6), stroke.pitch, stroke.velocity) for stroke in played)


def test_an_answer_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    call = read_part(ROCK)
    with pytest.raises(OSError, match="No such file"):
        write_answer(tmp_path / "none" / "a.mid", [Stroke(0.0, 36, 100)], call)
    (tmp_path / "a.mid").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_answer(tmp_path / "a.mid", [Stroke(0.0, 36, 100)], call)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mid"]


def test_a_link_stays_and_its_target_is_written(tmp_path):
    (tmp_path / "target.mid").write_bytes(b"old")
    (tmp_path / "link.mid").symlink_to(tmp_path / "target.mid")
    write_answer(tmp_path / "link.mid", [Stroke(0.0, 36, 100)], read_part(ROCK))
    assert (tmp_path / "link.mid").is_symlink()
    assert (tmp_path / "target.mid").read_bytes().startswith(b"MThd")


def test_a_grid_that_the_model_cannot_count_is_said(tmp_path):
    path = write_midi(tmp_path / "a.mid", [(0, 36)], meter=(5, 16))
    with pytest.raises(CallError, match="5/16"):
        file_grid(path, read_part(path), 2)
