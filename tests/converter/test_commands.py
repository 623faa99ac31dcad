"""What a person types: one command does it, and a mistake costs one sentence."""

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import mido
import numpy as np
import pytest

from converter.__main__ import main
from converter.card import read_model
from converter.v2_checkpoint import write_v2_checkpoint
from tests.converter.material import SHARED, TINY_DRUM_KIT, TINY_ONE_DRUM, needs_shared, needs_tensorflow


@pytest.fixture
def grooves(tmp_path: Path) -> Path:
    """A folder with one bar of a beat on channel 10, and a table that puts it in the validation split."""
    folder = tmp_path / "grooves"
    folder.mkdir()
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)])
    for pitch in (36, 42, 38, 42, 36, 42, 38, 42):
        track.append(mido.Message("note_on", channel=9, note=pitch, velocity=90, time=0))
        track.append(mido.Message("note_off", channel=9, note=pitch, velocity=0, time=240))
    mido.MidiFile(type=0, tracks=[track], ticks_per_beat=480).save(folder / "beat.mid")
    (folder / "info.csv").write_text("midi_filename,split\nbeat.mid,validation\n")
    return folder


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The sentence on stderr of a command that ends with status 2."""
    assert main([str(argument) for argument in arguments]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("ghostnote-converter: ")
    return said


@needs_tensorflow
def test_one_command_makes_a_model(tmp_path: Path, grooves: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "models"
    about = ["--licence", "CC0", "--credit", "me", "--data", str(grooves), "--split", "validation"]
    assert main(["convert", str(TINY_DRUM_KIT), "-o", str(output), "--quantize", "int8", *about]) == 0
    assert [path.name for path in output.iterdir()] == ["tiny_drum_kit.tflite"]
    card = read_model(output / "tiny_drum_kit.tflite").card
    assert (card.name, card.quantization, card.licence, card.credit) == ("tiny_drum_kit", "int8", "CC0", "me")
    assert card.likelihood is not None
    assert card.likelihood.data == "grooves, validation split"
    said = capsys.readouterr()
    assert "softmax" in said.out
    assert "state attn_states" in said.out
    assert said.err == ""


@needs_tensorflow
def test_a_bundle_and_its_model_are_equally_likely(
    tmp_path: Path, grooves: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(TINY_ONE_DRUM), "-o", str(tmp_path), "--name", "one"]) == 0
    capsys.readouterr()
    found = []
    for model in (TINY_ONE_DRUM, tmp_path / "one.tflite"):
        assert main(["evaluate", str(model), str(grooves), "--split", "validation", "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert found[0].keys() == {"nats_per_step", "perplexity", "files", "steps", "model", "data", "split"}
    assert (found[1]["files"], found[1]["steps"], found[1]["split"]) == (1, 7, "validation")
    assert found[1]["nats_per_step"] == pytest.approx(found[0]["nats_per_step"], abs=1e-6)


@needs_tensorflow
def test_what_is_not_known_is_assumed_aloud(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.converter.make_tiny_models import shapes_of, tiny_weights
    from tests.converter.test_source import save_v2

    save_v2(tmp_path / "model.ckpt-7", dict(tiny_weights(shapes_of(2, 2, "layer_0"), 1)))
    assert main(["convert", str(tmp_path), "-o", str(tmp_path)]) == 0
    warned = capsys.readouterr().err
    assert "--attention-length" in warned
    assert "--licence" in warned
    assert (tmp_path / "model.ckpt-7.tflite").is_file()


@needs_tensorflow
def test_a_model_unlike_its_source_is_not_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from dataclasses import replace

    from converter.bundle import read_bundle, write_bundle
    from converter.inference_graph import v1_checkpoint_bytes
    from converter.metagraph import parse_metagraph
    from converter.source import read_source

    # A graph whose forget bias is 2 where the equations have 1: the weights alone do not tell.
    bundle = read_bundle(TINY_ONE_DRUM)
    graph = parse_metagraph(bundle.metagraph, TINY_ONE_DRUM)
    constants = [node for node in graph.graph_def.node if node.attr["value"].tensor.float_val == [1.0]]
    assert constants
    for node in constants:
        node.attr["value"].tensor.float_val[0] = 2.0
    checkpoint = v1_checkpoint_bytes(read_source(TINY_ONE_DRUM).variables)
    write_bundle(tmp_path / "odd.mag", replace(bundle, metagraph=graph.SerializeToString(), checkpoint=checkpoint))
    assert main(["convert", str(tmp_path / "odd.mag"), "-o", str(tmp_path / "models")]) == 1
    said = capsys.readouterr()
    assert "nothing is written" in said.err
    assert "softmax" in said.out
    assert not (tmp_path / "models").exists()


@needs_tensorflow
def test_mistakes_cost_one_sentence(tmp_path: Path, grooves: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.mag"
    page.write_text("<html>404</html>")
    assert "web page" in refused(capsys, "convert", page)
    assert "is not there" in refused(capsys, "convert", tmp_path / "none.mag")
    assert "is not a folder" in refused(capsys, "convert", TINY_ONE_DRUM, "-o", page)
    assert "cannot be a model's name" in refused(capsys, "convert", TINY_ONE_DRUM, "--name", "../up")
    assert "is not there" in refused(capsys, "evaluate", TINY_ONE_DRUM, tmp_path / "nowhere")
    assert "no files of the test split" in refused(capsys, "evaluate", TINY_ONE_DRUM, grooves, "--split", "test")
    assert "no Ghostnote model" in refused(capsys, "evaluate", page.rename(tmp_path / "page.tflite"), grooves)


def test_help_comes_without_tensorflow() -> None:
    script = (
        "import sys\nfrom converter.__main__ import main\n"
        "try:\n    main(['convert', '--help'])\nexcept SystemExit as end:\n    status = end.code\n"
        "sys.exit(status or any(name in sys.modules for name in ('tensorflow', 'note_seq', 'google.protobuf')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--quantize" in done.stdout


def test_without_its_libraries_the_converter_says_how_to_get_them() -> None:
    # None in sys.modules makes an import fail as it does where the package is absent.
    script = (
        "import sys\nsys.modules['tensorflow'] = sys.modules['google'] = None\n"
        "from converter.__main__ import main\n"
        f"sys.exit(main(['convert', {str(TINY_ONE_DRUM)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install '.[converter]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@needs_tensorflow
def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_v2_checkpoint(tmp_path / "odd", {"some/kernel": np.ones((4, 2), np.float32)}, 1)
    assert "no RNN of Magenta's" in refused(capsys, "convert", tmp_path / "odd", "-o", tmp_path / "models")
    assert not (tmp_path / "models").exists()


@needs_tensorflow
@needs_shared
def test_magentas_own_figure_on_the_groove_validation_split_is_met(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with tarfile.open(SHARED / "data/groove/groove-train-validation.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    groove = next(tmp_path.rglob("info.csv")).parent
    bundle = SHARED / "checkpoints/magenta-trained/drum_kit_2x128.mag"
    assert main(["evaluate", str(bundle), str(groove), "--split", "validation", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["files"], found["steps"]) == (122, 34205)
    assert found["nats_per_step"] == pytest.approx(1.631, abs=0.0005)
