"""A musician's folder as it is: whatever a file holds, it costs that file alone, and is named with the reason."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from converter.__main__ import main
from converter.dataset import read_dataset
from tests.converter.material import needs_tensorflow
from tests.scores import rock, write_midi

pytestmark = needs_tensorflow  # note-seq comes with it

BROKEN = {
    "web page.xml": b"<html><body>404</body>",
    "zero.xml": b'<?xml version="1.0"?><score-partwise version="3.0"><part-list><score-part id="P1"><part-name>M'
    b'</part-name></score-part></part-list><part id="P1"><measure number="1"><attributes><divisions>0</divisions>'
    b"</attributes><note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration></note></measure></part>"
    b"</score-partwise>",
    "torn.mxl": b"PK\x03\x04garbage",
    "latin.abc": b"X:1\nT:\xff\xfe\nK:C\nCDEF|\n",
    "by zero.abc": b"X:1\nT:x\nM:0/0\nL:1/0\nK:C\nCDEF|\n",
    "no key.abc": b"X:1\nK:Q\nabc",
    "empty.mid": b"",
    "._resource fork.mid": b"\x00\x05\x16\x07" + bytes(100),
    "no ticks.mid": b"MThd\0\0\0\6\0\1\0\1\0\0MTrk\0\0\0\4\0\xff\x2f\0",
    "key of 29 flats.mid": b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\x0a\0\xff\x59\2\xe3\0\0\xff\x2f\0",
}


def write_folder(folder: Path, songs: int = 3) -> Path:
    folder.mkdir()
    for number in range(songs):
        hits = [(quarter + 4 * bar, key) for bar in range(number + 2) for quarter, key in rock(1)]
        write_midi(folder / f"song {number}.mid", [*hits, (1.25 + number / 4, 50)])
    return folder


def test_a_name_that_is_no_text_is_no_fault(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "songs")
    (folder / "song 0.mid").rename(folder / os.fsdecode(b"m\xfcsik.mid"))
    assert main(["dataset", str(folder), "-o", str(tmp_path / "out.notes")]) == 0
    named = {entry.file for entry in read_dataset(tmp_path / "out.notes").header.pieces}
    assert named == {"m\ufffdsik.mid", "song 1.mid", "song 2.mid"}


@pytest.mark.parametrize("channel", ["10", "any"])
def test_every_broken_file_is_named_and_passed_over(
    channel: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "songs")
    for name, content in BROKEN.items():
        (folder / name).write_bytes(content)
    (folder / "a folder.mid").mkdir()
    (folder / "gone.mid").symlink_to(folder / "nowhere.mid")
    assert main(["dataset", str(folder), "-o", str(tmp_path / "out.notes"), "--drums-channel", channel]) == 0
    told = read_dataset(tmp_path / "out.notes").header
    assert {entry.file for entry in told.left_out} == set(BROKEN)
    assert all(entry.reason for entry in told.left_out)
    said = " ".join(capsys.readouterr().err.split())
    assert "by zero.abc is unreadable" in said
    assert "empty.mid is unreadable: it ends too early" in said


@pytest.mark.parametrize("channel", ["3", "any"])
def test_melodies_are_read_past_the_same_files(channel: str, tmp_path: Path) -> None:
    folder = tmp_path / "songs"
    folder.mkdir()
    for name, content in BROKEN.items():
        (folder / name).write_bytes(content)
    words = ["dataset", str(folder), "-o", str(tmp_path / "out.notes"), "--kind", "melody", "--channel", channel]
    assert main(words) == 2


def test_one_corrupt_file_among_many_costs_that_file(tmp_path: Path) -> None:
    folder, chance = write_folder(tmp_path / "songs", 60), random.Random(1)
    content = bytearray((folder / "song 7.mid").read_bytes())
    for _ in range(12):
        content[chance.randrange(14, len(content))] = chance.randrange(128, 256)
    (folder / "song 7.mid").write_bytes(content)
    assert main(["dataset", str(folder), "-o", str(tmp_path / "out.notes")]) == 0
    data = read_dataset(tmp_path / "out.notes")
    assert [entry.file for entry in data.header.left_out] == ["song 7.mid"]
    assert data.header.left_out[0].reason.startswith("unreadable: ")
    assert len(data.pieces) == 59


def test_a_table_of_splits_says_what_it_leaves_out_and_another_table_is_none(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "songs")
    table = folder / "info.csv"
    table.write_text("midi_filename,split\nsong 0.mid,train\nsong 1.mid,validation\n")
    assert main(["dataset", str(folder), "-o", str(tmp_path / "out.notes")]) == 0
    left_out = read_dataset(tmp_path / "out.notes").header.left_out
    assert [(entry.file, "info.csv" in entry.reason) for entry in left_out] == [("song 2.mid", True)]
    for other in ("midi_filename,split\nsomething else.mid,train\n", "song,mood\na,sad\n", "\0\0\0", "é\udc80"):
        table.write_bytes(other.encode("utf-8", "surrogateescape"))
        assert main(["dataset", str(folder), "-o", str(tmp_path / "out.notes")]) == 0
        assert not read_dataset(tmp_path / "out.notes").header.left_out


def test_a_data_set_with_one_wrong_byte_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "songs")
    path = tmp_path / "out.notes"
    assert main(["dataset", str(folder), "-o", str(path)]) == 0
    whole, chance = path.read_bytes(), random.Random(2)
    for _ in range(60):
        content = bytearray(whole)
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        capsys.readouterr()
        try:
            read_dataset(path)
        except Exception as error:  # noqa: BLE001
            assert type(error).__name__ == "DataError"  # noqa: PT017
            assert "\n" not in str(error)  # noqa: PT017


def test_a_full_disk_behind_standard_output_is_no_traceback(tmp_path: Path) -> None:
    words = f"{sys.executable} -m converter inspect {Path(__file__).parent / 'tiny_drum_kit.mag'} > /dev/full"
    said = subprocess.run(["/bin/sh", "-c", words], capture_output=True, text=True)
    assert said.returncode == 2
    assert said.stderr == "ghostnote-converter: standard output: No space left on device\n"
