"""A training that is killed goes on, and one whose outcome finds no room says what is left of it."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from converter.__main__ import main
from tests.converter.lessons import write_lessons

TINY = ("--z", "4", "--encoder", "5", "--decoder", "6,6", "--batch", "2", "--loss", "played", "--no-convert")
# A process whose files may not grow past some bytes fares as on a full disk: every write fails (setrlimit(2)).
LIMIT = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))"
FULL_DISK = f"{LIMIT}; from converter.__main__ import main"


def words_of(command: str, data: Path, output: Path, *more: str) -> list[str]:
    config = "groovae_2bar_humanize" if command == "train-vae" else "one_drum"
    small = TINY if command == "train-vae" else ("--layers", "4", "--lanes", "2", "--window", "8", "--no-convert")
    return [command, config, "--data", str(data), "-o", str(output), *small, *more]


def test_after_kill_9_the_same_command_goes_on_where_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, output = write_lessons(tmp_path / "a.notes"), tmp_path / "model"
    words = words_of("train-vae", data, output, "--steps", "5000", "--validations", "5000", "--patience", "0")
    with subprocess.Popen([sys.executable, "-m", "converter", *words], stderr=subprocess.PIPE, text=True) as training:
        assert training.stderr
        for line in training.stderr:
            if line.startswith("step 7/"):
                training.kill()
                break
    assert training.returncode == -signal.SIGKILL
    assert {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")} == {"a.notes", "model.training"}
    # How long it may take is no matter of what is learnt: the same training, ended at its next step.
    assert main([*words, "--minutes", "0.0001", "--json"]) == 0
    said = capsys.readouterr()
    assert "Going on with" in said.err
    history = json.loads(said.out.splitlines()[-1])["history"]
    assert len(history) >= 8
    assert [step for step, _ in history] == list(range(1, len(history) + 1))
    assert (tmp_path / "model.index").is_file()
    assert main([*words, "--rate", "0.1", "--minutes", "0.0001"]) == 0  # what was finished does not stand in the way


@pytest.mark.parametrize("command", ["train-vae", "train"])
def test_where_no_checkpoint_could_be_written_the_training_is_said_to_be_lost(command: str, tmp_path: Path) -> None:
    data = write_lessons(tmp_path / "a.notes")
    output = tmp_path / ("model" if command == "train-vae" else "model.mag")
    words = words_of(command, data, output, "--steps", "2", "--validations", "1")
    script = f"{FULL_DISK}; sys.exit(main({words!r}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert "warning: no checkpoint at this point (File too large)" in said
    reason = "File too large" if command == "train-vae" else "no room for TensorFlow's temporary files"
    assert f"{output.name} cannot be written: {reason}. No checkpoint of it could be written either" in said
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["a.notes"]


@pytest.mark.parametrize("command", ["train-vae", "train"])
def test_where_a_checkpoint_was_written_it_is_named(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_lessons(tmp_path / "a.notes")
    output = tmp_path / ("model" if command == "train-vae" else "model.mag")
    taken = Path(f"{output}.data-00000-of-00001") if command == "train-vae" else output
    taken.mkdir()  # a folder stands where the file should go
    assert main(words_of(command, data, output, "--steps", "2", "--validations", "1")) == 2
    said = capsys.readouterr().err
    assert re.search(r"cannot be written: .* The training is kept in model.training, as of its last checkpoint", said)
    assert (tmp_path / "model.training").is_file()
    taken.rmdir()
    assert main(words_of(command, data, output, "--steps", "2", "--validations", "1")) == 0
    assert "Going on with" in capsys.readouterr().err
    assert not (tmp_path / "model.training").exists()
