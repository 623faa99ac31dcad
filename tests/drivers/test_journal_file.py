"""The journal on a real disk; nothing here waits for the thread's own rhythm, every journal is closed and read."""

import resource

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.drivers.evening import parts_in, read_evening
from appliance.drivers.evening_writer import EveningWriter
from appliance.drivers.journal_file import JournalFile, JournalSettings
from appliance.errors import SettingsError


def journal(folder, **changes):
    chosen = {"folder": str(folder), "part_size": 8.0, "total_size": 256.0, "sync": 3600.0, **changes}
    return JournalFile(folder, JournalSettings(**chosen), lambda count: b"missed %d\n" % count)


def lines_of(place):
    return [line for _, line in read_evening(place)]


def test_every_line_is_there_after_the_end(tmp_path):
    kept = journal(tmp_path / "a" / "b")
    given = [b"line %d\n" % number for number in range(1000)]
    for line in given:
        kept.write(line)
    kept.close()
    assert lines_of(tmp_path / "a" / "b") == given


def test_a_folder_has_many_evenings_and_the_last_is_meant(tmp_path):
    for evening in (b"first\n", b"second\n"):
        kept = journal(tmp_path)
        kept.write(evening)
        kept.close()
    assert lines_of(tmp_path) == [b"second\n"]
    assert lines_of(parts_in(tmp_path)[0].path) == [b"first\n"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(chunks=st.lists(st.integers(1, 40), min_size=1, max_size=60), part=st.integers(200, 1000))
def test_what_is_kept_is_bounded_and_is_the_newest_in_order(tmp_path_factory, chunks, part):
    folder = tmp_path_factory.mktemp("journal")
    writer = EveningWriter(folder, part_size=part, total_size=3 * part)
    number, longest, written = 0, 0, []
    for count in chunks:
        lines = [b"%08d\n" % (number + index) for index in range(count)]
        number += count
        longest = max(longest, 9 * count)
        writer.write(b"".join(lines))
        written += lines
        assert sum(one.path.stat().st_size for one in parts_in(folder)) <= 3 * part + longest
    writer.close()
    kept = lines_of(folder)
    assert kept == written[-len(kept) :]


def test_a_torn_last_line_is_left_out(tmp_path):
    kept = journal(tmp_path)
    kept.write(b"whole\n")
    kept.write(b"torn by a power c")
    kept.close()
    assert lines_of(tmp_path) == [b"whole\n"]


def test_a_disk_that_is_full_costs_lines_and_says_how_many(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    kept = journal(tmp_path)
    kept.write(b"early\n")
    kept._keep()
    # A stand-in for a full disk: writes fail from here on, with EFBIG.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        for _ in range(3):
            kept.write(b"lost\n")
        kept._keep()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "cannot be written" in kept.fault
    kept.write(b"late\n")
    kept.close()
    assert lines_of(tmp_path) == [b"early\n", b"late\n", b"missed 3\n"]
    assert kept.fault == ""


def test_a_disk_that_stays_full_is_not_filled_with_empty_parts(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    writer = EveningWriter(tmp_path, part_size=1000, total_size=3000)
    writer.write(b"early\n")
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))
    try:
        for _ in range(50):
            with pytest.raises(OSError, match="too large"):
                writer.write(b"a line that is longer than what is left\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [part.path.read_bytes() for part in parts_in(tmp_path)] == [b"early\n"]
    writer.write(b"late\n")
    writer.close()
    assert lines_of(tmp_path) == [b"early\n", b"late\n"]


def test_a_stalled_disk_costs_lines_and_no_memory(tmp_path):
    kept = journal(tmp_path)  # its thread looks once an hour: a disk that stands still
    for _ in range((1 << 16) + 5):
        kept.write(b"x\n")
    assert len(kept._waiting) == 1 << 16
    kept.close()
    assert lines_of(tmp_path)[-1] == b"missed 5\n"


def test_a_folder_that_cannot_be_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SettingsError, match="file/journal"):
        journal(tmp_path / "file" / "journal")


@pytest.mark.parametrize("place", ["nothing_here.jsonl", "."])
def test_an_evening_that_is_not_there_is_said(tmp_path, place):
    with pytest.raises(SettingsError, match=r"nothing_here|no evening"):
        lines_of(tmp_path / place)


def test_without_a_folder_it_is_kept_where_systemd_says(monkeypatch, tmp_path):
    chosen = JournalSettings(folder="", part_size=1.0, total_size=2.0, sync=5.0)
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    assert chosen.place() is None
    monkeypatch.setenv("STATE_DIRECTORY", f"{tmp_path}:/other")
    assert chosen.place() == tmp_path / "journal"


@pytest.mark.parametrize("wrong", [{"part_size": 0.0}, {"part_size": 200.0}, {"sync": 0.0}])
def test_sizes_that_cannot_be_kept_are_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match="journal"):
        journal(tmp_path, **wrong)
