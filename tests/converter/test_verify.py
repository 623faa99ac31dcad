"""`verify` finds a model as near to its source as it was written, and `inspect` says what any file is."""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from converter.__main__ import main
from converter.bundle import write_bundle
from converter.card import model_bytes, read_model
from converter.rnn_config import RNN_CONFIGS
from tests.converter.every_rnn import EVERY_RNN, bundle_of, random_weights, shapes_of
from tests.converter.material import SHARED, TINY_DRUM_KIT, TINY_ONE_DRUM, needs_shared, needs_tensorflow
from tests.converter.test_readers import write_js
from tests.converter.test_source import save_v2

pytest.importorskip("note_seq", reason="note-seq encodes the real music; it comes with the converter extra")
BY_NAME = {rnn.name: rnn for rnn in EVERY_RNN}
FAMILIES = ["lookback_rnn", "attention_improv", "polyphony", "rnn-nade"]


def converted(folder: Path, source: Path, *more: str) -> Path:
    about = ("--licence", "none", "--credit", "nobody", "--name", "some", *more)
    assert main(["convert", str(source), "-o", str(folder), *about]) == 0
    return folder / "some.tflite"


@needs_tensorflow
@pytest.mark.parametrize("name", FAMILIES)
def test_a_model_of_every_family_verifies_beside_its_bundle(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_bundle(tmp_path / "some.mag", bundle_of(BY_NAME[name], (8, 7))[0])
    model = converted(tmp_path, tmp_path / "some.mag")
    capsys.readouterr()
    assert main(["verify", str(model), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["differences"]) == {"chance", "real music"}
    for difference in found["differences"].values():
        assert difference["softmax"] < 1e-5
        assert difference["top1_agreement"] == 1
        assert difference["states"].keys() == {tensor.name for tensor in read_model(model).card.state}
    assert found["foretold"]["nats"] == pytest.approx(found["foretold"]["source_nats"], abs=1e-4)
    assert found["bytes"] < model.stat().st_size
    assert found["seconds"] > 0


@needs_tensorflow
def test_what_is_lost_by_eight_bits_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = converted(tmp_path, TINY_DRUM_KIT, "--quantize", "int8")
    assert main(["verify", str(model), "--against", str(TINY_DRUM_KIT)]) == 0
    said = capsys.readouterr().out
    assert "nats per event" in said
    assert "by int8" in said
    assert "FULLY_CONNECTED" in said


@needs_tensorflow
def test_a_model_beside_another_source_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bundle(tmp_path / "some.mag", bundle_of(BY_NAME["basic_rnn"], (8, 7), seed=1)[0])
    write_bundle(tmp_path / "twin.mag", bundle_of(BY_NAME["basic_rnn"], (8, 7), seed=2)[0])
    write_bundle(tmp_path / "large.mag", bundle_of(BY_NAME["basic_rnn"], (9, 7), seed=1)[0])
    model = converted(tmp_path, tmp_path / "some.mag")
    capsys.readouterr()
    assert main(["verify", str(model), "--against", str(tmp_path / "twin.mag")]) == 1
    assert "does not answer as its source does" in capsys.readouterr().err
    assert main(["verify", str(model), "--against", str(tmp_path / "large.mag")]) == 2
    assert "other layers" in capsys.readouterr().err
    (tmp_path / "some.mag").unlink()
    assert main(["verify", str(model)]) == 2
    assert "--against" in capsys.readouterr().err


@needs_tensorflow
def test_a_folder_of_midi_is_heard_and_what_cannot_be_is_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import mido

    music = tmp_path / "music"
    music.mkdir()
    (music / "page.mid").write_text("<html>")
    write_bundle(tmp_path / "some.mag", bundle_of(BY_NAME["basic_rnn"], (8,))[0])
    model = converted(tmp_path, tmp_path / "some.mag")
    capsys.readouterr()
    assert main(["verify", str(model), "--data", str(music)]) == 2
    assert "holds no MIDI that basic_rnn could hear" in capsys.readouterr().err
    track = mido.MidiTrack()
    for pitch in (60, 62, 64, 65):
        track.append(mido.Message("note_on", note=pitch, velocity=80, time=0))
        track.append(mido.Message("note_off", note=pitch, time=480))
    mido.MidiFile(tracks=[track]).save(music / "scale.mid")
    assert main(["verify", str(model), "--data", str(music), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["foretold"]["events"] == 15


@needs_tensorflow
@pytest.mark.parametrize("name", [rnn.name for rnn in EVERY_RNN if rnn.name in RNN_CONFIGS])
def test_real_music_is_what_the_configuration_says_that_its_input_is(name: str) -> None:
    from converter.drum_kit import DRUM_KIT, ONE_DRUM
    from converter.patterns import patterns
    from converter.real_input import real_input
    from converter.tune import tune

    config = RNN_CONFIGS[name]
    drums = {"drum_kit": DRUM_KIT, "one_drum": ONE_DRUM}.get(name)
    rows = patterns(config, drums)[1] if drums else real_input(config, tune()).rows
    start = 0
    for part in config.parts:
        numbers = rows[:, start : start + part.width]
        start += part.width
        if part.kind == "one_hot":
            assert (np.sort(numbers, axis=1)[:, :-1] == 0).all()
            assert (numbers.max(axis=1) == 1).all()
        elif part.kind == "choice":
            assert set(numbers.sum(axis=1)) <= {0, 1}
        elif part.kind == "signs":
            assert (np.abs(numbers) == 1).all()
        elif part.kind == "shares":
            np.testing.assert_allclose(numbers.sum(axis=1), 1, atol=1e-6)
        else:
            assert np.abs(numbers).max() <= 1
    assert start == config.input_size == rows.shape[1]


@needs_tensorflow
def test_inspect_says_what_each_kind_of_source_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = random_weights(shapes_of(BY_NAME["attention_rnn"], (8, 7)), 1)
    (tmp_path / "v2").mkdir()
    save_v2(tmp_path / "v2" / "model.ckpt-1", dict(weights))
    write_js(tmp_path / "js", weights)
    for path, kind in ((tmp_path / "v2", "checkpoint"), (tmp_path / "js", "magenta-js")):
        assert main(["inspect", str(path), "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["kind"], found["config"], found["layer_sizes"]) == (kind, "attention_rnn", [8, 7])
        assert found["parameters"] == sum(array.size for array in weights.values())
        assert "length by the default" in found["attention"]
    assert main(["inspect", str(TINY_ONE_DRUM)]) == 0
    said = capsys.readouterr().out
    assert "one_drum" in said
    assert "fully_connected/weights" in said


@needs_tensorflow
def test_inspect_shows_what_does_not_convert_and_refuses_what_is_no_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_v2(tmp_path / "vae", {"encoder/mu/kernel": np.ones((4, 2), np.float32)})
    assert main(["inspect", str(tmp_path / "vae")]) == 0
    assert "an autoencoder, but of none of Magenta's configurations" in capsys.readouterr().out
    save_v2(tmp_path / "odd", {"some/kernel": np.ones((4, 2), np.float32)})
    assert main(["inspect", str(tmp_path / "odd")]) == 0
    assert "holds no RNN of Magenta's" in capsys.readouterr().out
    (tmp_path / "page.mag").write_text("<!doctype html>404")
    assert main(["inspect", str(tmp_path / "page.mag")]) == 2
    assert "web page" in capsys.readouterr().err


def test_inspect_shows_the_card_of_a_converted_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(TINY_ONE_DRUM.with_suffix(".tflite")), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["config"] == "one_drum"


@needs_tensorflow
def test_arrays_lie_beside_the_card_and_come_back(tmp_path: Path) -> None:
    bundle, weights = bundle_of(BY_NAME["rnn-nade"], (8,))
    write_bundle(tmp_path / "some.mag", bundle)
    path = converted(tmp_path, tmp_path / "some.mag")
    model = read_model(path)
    np.testing.assert_array_equal(model.arrays["nade_encode"], weights["nade/w_enc"][:, 0, :])
    np.testing.assert_array_equal(model.arrays["nade_decode"], weights["nade/w_dec_t"][:, :, 0])
    assert model_bytes(model) == path.read_bytes()


MODELS = (
    "magenta-trained/drum_kit_2x128.mag",
    "magenta-trained/one_drum_2x128.mag",
    "magenta/attention_rnn/attention_rnn_test.mag",
    "magenta/attention_rnn/v2",
    "magenta/note_rnn/note_rnn.ckpt",
    "magenta/polyphony_rnn/1000_steps_polyphony.mag",
    "magenta/polyphony_rnn/2098_polyphony_rnn.mag",
    "magenta/polyphony_rnn/4000_polyphony_rnn.mag",
    "magenta/polyphony_rnn/18000_polyphony_rnn.mag",
    "magenta/polyphony_rnn/polyphony_rnn_128.mag",
    "magenta/polyphony_rnn/v2",
    "magenta-js/piano_genie",
)


# Converting verifies as well; these, one of each kind, are held against real music too.
HEARD = (
    "magenta-trained/one_drum_2x128.mag",
    "magenta/attention_rnn/v2",
    "magenta/note_rnn/note_rnn.ckpt",
    "magenta/polyphony_rnn/18000_polyphony_rnn.mag",
    "magenta-js/piano_genie",
)


@needs_tensorflow
@needs_shared
@pytest.mark.parametrize("name", MODELS)
def test_every_model_of_the_wild_converts_and_verifies(name: str, tmp_path: Path) -> None:
    source = SHARED / "checkpoints" / name
    model = converted(tmp_path, source)
    assert read_model(model).card.parity.softmax_max_difference < 1e-5
    if name in HEARD:
        assert main(["verify", str(model), "--against", str(source)]) == 0


@needs_tensorflow
@needs_shared
def test_a_bundle_and_the_checkpoint_it_was_packed_from_give_identical_files(tmp_path: Path) -> None:
    folder = SHARED / "checkpoints/magenta/polyphony_rnn"
    packed = read_model(converted(tmp_path / "a", folder / "polyphony_rnn_128.mag"))
    trained = read_model(converted(tmp_path / "b", folder / "v2"))
    assert packed.flatbuffer == trained.flatbuffer
    cards = [msgspec.to_builtins(model.card) for model in (packed, trained)]
    # The cards differ in where the weights were read, and in which graph they were held against.
    for card in cards:
        del card["source"], card["parity"]["reference"]
    assert cards[0] == cards[1]
