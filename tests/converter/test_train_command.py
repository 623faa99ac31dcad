"""One command makes bundle, curve and model of a data set, goes on after kill -9, and refuses what does not fit."""

import json
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest

from converter.__main__ import main
from converter.card import read_model
from converter.metagraph import parse_metagraph
from converter.note_seq_library import generator_pb2
from converter.source import read_source
from converter.training_checkpoint import CheckpointFile, _Header
from tests.converter.lessons import write_lessons
from tests.converter.material import SHARED, TINY_DRUM_KIT, TINY_ONE_DRUM, needs_shared

TINY = ("--layers", "8,8", "--lanes", "2", "--window", "16", "--sample-minutes", "0", "--validations", "3")


def train(config: str, data: Path, output: Path, *words: object) -> int:
    return main(["train", config, "--data", str(data), "-o", str(output), *map(str, words)])


@pytest.mark.parametrize(("config", "attention"), [("drum_kit", 0), ("lookback_rnn", 4)])
def test_one_command_makes_a_bundle_as_magenta_writes_them_and_its_model(
    config: str, attention: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_lessons(tmp_path / "a.notes", "drums" if config == "drum_kit" else "melody")
    output = tmp_path / "a.mag"
    assert train(config, data, output, *TINY, "--steps", 3, "--attention", attention, "--json") == 0
    outcome = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert outcome["steps"] == 3
    assert outcome["validation"] <= outcome["before"]
    bundle = generator_pb2.GeneratorBundle.FromString(output.read_bytes())
    assert bundle.generator_details.id == config
    assert len(bundle.checkpoint_file) == 1
    assert bundle.checkpoint_file[0].endswith(bytes.fromhex("57fb808b247547db"))  # a V1 checkpoint
    graph = parse_metagraph(bundle.metagraph_file, output)
    assert {"inputs", "temperature", "softmax", "initial_state", "final_state"} <= set(graph.collection_def)
    assert len(graph.collection_def["initial_state"].node_list.value) == (6 if attention else 4)
    assert output.with_suffix(".svg").read_text().startswith("<svg")
    card = read_model(output.with_suffix(".tflite")).card
    assert (card.config, card.licence, card.credit) == (config, "CC0", "nobody")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mag", "a.notes", "a.svg", "a.tflite"]


def test_kill_9_leaves_a_whole_checkpoint_with_every_judgement_so_far(tmp_path: Path) -> None:
    data = write_lessons(tmp_path / "a.notes")
    words = [*TINY, "--steps", "2000", "--validations", "500", "--patience", "0"]
    command = [
        sys.executable,
        "-m",
        "converter",
        "train",
        "drum_kit",
        "--data",
        str(data),
        "-o",
        str(tmp_path / "a.mag"),
    ]
    with subprocess.Popen([*command, *words], stderr=subprocess.PIPE, text=True) as training:
        assert training.stderr
        for line in training.stderr:
            if line.startswith("step 12/"):
                training.kill()
                break
    assert training.returncode == -signal.SIGKILL
    checkpoint = tmp_path / "a.training"
    assert checkpoint.is_file()

    with zipfile.ZipFile(checkpoint) as archive:
        header = msgspec.json.decode(archive.read("course.json"), type=_Header)
    saved = CheckpointFile(checkpoint, header.fingerprint).read()
    assert saved is not None
    assert saved.course.step >= 12
    assert [entry.step for entry in saved.course.history] == list(range(4, saved.course.step + 1, 4))


def test_a_training_goes_on_from_a_model_and_starts_no_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, parent, child = write_lessons(tmp_path / "a.notes"), tmp_path / "p.mag", tmp_path / "c.mag"
    assert train("one_drum", data, parent, *TINY, "--steps", 6, "--json") == 0
    first = json.loads(capsys.readouterr().out.splitlines()[-1])
    words = ("--lanes", 2, "--window", 16, "--sample-minutes", 0, "--no-convert", "--json")
    for source in (parent, parent.with_suffix(".tflite")):
        assert train("one_drum", data, child, "--from", source, "--steps", 2, *words) == 0
        then = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert then["before"] == pytest.approx(first["validation"], abs=1e-5)
        assert then["validation"] <= then["before"]
    layers = read_source(child).variables["rnn/multi_rnn_cell/cell_1/basic_lstm_cell/kernel"]
    assert layers.shape == (16, 32)


@pytest.mark.parametrize(
    ("config", "kind", "parent", "words", "reason"),
    [
        ("drum_kit", "drums", TINY_ONE_DRUM, [], "is a one_drum model, with 2 inputs and 2 classes"),
        ("one_drum", "drums", TINY_ONE_DRUM, ["--layers", "8,8"], r"has layers of 32 \+ 32 units, not 8 \+ 8"),
        ("one_drum", "drums", TINY_ONE_DRUM, ["--attention", "3"], "has no attention, not 3"),
        ("drum_kit", "drums", TINY_DRUM_KIT, ["--attention", "9"], "attends to 4 steps, not 9"),
        ("lookback_rnn", "drums", None, [], "learns melody, and this data set holds drums"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(
    config: str,
    kind: str,
    parent: Path | None,
    words: list[str],
    reason: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = write_lessons(tmp_path / "a.notes", kind)  # type: ignore[arg-type]
    given = ["--from", parent] if parent else []
    assert train(config, data, tmp_path / "c.mag", *given, *words) == 2
    assert re.search(reason, capsys.readouterr().err)
    assert [path.name for path in tmp_path.iterdir()] == ["a.notes"]


def test_a_converted_model_without_its_source_cannot_be_gone_on_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = tmp_path / "alone.tflite"
    alone.write_bytes(TINY_ONE_DRUM.with_suffix(".tflite").read_bytes())
    data = write_lessons(tmp_path / "a.notes")
    assert train("one_drum", data, tmp_path / "c.mag", "--from", alone) == 2
    assert "was made of tiny_one_drum.mag, and only that can be trained" in capsys.readouterr().err
    (tmp_path / "tiny_one_drum.mag").write_bytes(b"another")
    assert train("one_drum", data, tmp_path / "c.mag", "--from", alone) == 2
    assert "is not the file that" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["drum_kitt"], "did you mean drum_kit?"),
        (["performance"], "there are drum_kit, one_drum"),
        (["drum_kit", "--layers", "a,b"], "is not a whole number"),
        (["drum_kit", "--dropout", "1"], "is not a number from 0 to below 1"),
        (["drum_kit", "--steps", "0"], "is not a whole number above 0"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_words(
    words: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["train", *words, "--data", "a.notes", "-o", "a.mag"])
    assert reason in capsys.readouterr().err


def test_a_rate_of_nothing_is_refused_and_not_taken_for_none_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("drum_kit", tmp_path / "none.notes", tmp_path / "a.mag", "--rate", 0) == 2
    assert "--rate 0 learns nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "reason"), [("a.tflite", "must end in .mag"), ("none/a.mag", "is not a folder; make it first")]
)
def test_a_place_that_cannot_be_written_to_is_refused_before_training(
    output: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("drum_kit", tmp_path / "none.notes", tmp_path / output) == 2
    assert reason in capsys.readouterr().err


@needs_shared
def test_magentas_own_bundle_can_be_gone_on_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_lessons(tmp_path / "a.notes")
    parent = SHARED / "checkpoints/magenta-trained/one_drum_2x128.mag"
    words = ("--lanes", 2, "--window", 16, "--steps", 1, "--sample-minutes", 0, "--no-convert", "--json")
    assert train("one_drum", data, tmp_path / "c.mag", "--from", parent, *words) == 0
    before = json.loads(capsys.readouterr().out.splitlines()[-1])["before"]
    assert main(["evaluate", str(parent), str(data), "--split", "validation", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["nats_per_step"] == pytest.approx(before, abs=1e-5)


def test_a_sample_to_listen_to_is_written_as_midi(tmp_path: Path) -> None:
    import mido

    from converter.lesson_material import codes, player_of
    from converter.listening import write_sample
    from converter.network import NetworkShape, first_weights

    for config, attention in (("one_drum", 0), ("attention_rnn", 4)):
        shape = NetworkShape(codes()[config], (8, 8), attention)
        weights = first_weights(shape, np.random.default_rng(1))
        write_sample(tmp_path / f"{config}.mid", config, player_of(config), shape, weights)
        struck = [message for message in mido.MidiFile(tmp_path / f"{config}.mid") if message.type == "note_on"]
        assert len(struck) > 3
        assert {message.channel for message in struck} == ({9} if config == "one_drum" else {0})
