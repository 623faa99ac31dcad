"""What the converter writes on a card, the appliance understands; the two share no code."""

import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest

from appliance.answer.card import Card
from appliance.answer.conditions import conditions_width
from appliance.answer.event_encoding import encoding_of
from appliance.answer.piano_genie_encoding import PianoGenieEncoding
from appliance.drivers.model_arrays import read_arrays, read_nade
from appliance.errors import ModelError
from converter.architecture import recognise
from converter.card import model_bytes
from converter.conversion import Label, convert
from converter.encoding_card import encoding_card
from converter.source import Origin, Source
from tests.converter.every_rnn import EVERY_RNN, Written, random_weights, shapes_of
from tests.converter.material import TINY_ONE_DRUM, needs_tensorflow

PITCHED = [rnn for rnn in EVERY_RNN if "drum" not in rnn.name]


def source_of(rnn: Written) -> Source:
    return Source(
        Origin(Path("some"), "0", "checkpoint"), random_weights(shapes_of(rnn, (8,), nade=9 * bool(rnn.nade)), 1), None
    )


@pytest.mark.parametrize("rnn", PITCHED, ids=lambda rnn: rnn.name)
def test_the_encoding_on_every_card_is_one_that_the_appliance_has(rnn: Written) -> None:
    written = msgspec.json.encode(encoding_card(recognise(source_of(rnn), 3), None))
    settings = msgspec.json.decode(written, type=Card.__annotations__["encoding"])
    encoding = encoding_of(settings)
    assert encoding.input_size + conditions_width(settings.conditions) == rnn.inputs


@needs_tensorflow
def test_a_nade_is_read_beside_its_card(tmp_path: Path) -> None:
    rnn = next(rnn for rnn in EVERY_RNN if rnn.nade)
    source = source_of(rnn)
    model = convert(source, recognise(source, 3), None, "int8", Label("some", "", ""), steps=4).model
    path = tmp_path / "some.tflite"
    path.write_bytes(model_bytes(model))
    with zipfile.ZipFile(path) as archive:
        card = msgspec.json.decode(archive.read("card.json"), type=Card)
    nade = read_nade(path)
    assert (nade.notes, nade.hidden) == (88, card.encoding.nade_hidden)
    np.testing.assert_array_equal(read_arrays(path)["nade_encode"], source.variables["nade/w_enc"][:, 0])


def test_a_model_without_arrays_has_none(tmp_path: Path) -> None:
    path = TINY_ONE_DRUM.with_suffix(".tflite")
    assert read_arrays(path) == {}
    with pytest.raises(ModelError, match="holds no NADE"):
        read_nade(path)
    (tmp_path / "torn.tflite").write_bytes(b"torn")
    with pytest.raises(ModelError, match="do not read"):
        read_arrays(tmp_path / "torn.tflite")


def test_the_genies_card_is_understood() -> None:
    from converter.rnn_config import RNN_CONFIGS

    config = RNN_CONFIGS["piano_genie"]
    shapes = {
        "decoder/rnn_input/dense/kernel": (123, 8),
        "decoder/rnn_input/dense/bias": (8,),
        "rnn/multi_rnn_cell/cell_0/lstm_cell/kernel": (16, 32),
        "rnn/multi_rnn_cell/cell_0/lstm_cell/bias": (32,),
        "decoder/pitches/dense/kernel": (8, 88),
        "decoder/pitches/dense/bias": (88,),
    }
    source = Source(Origin(Path("genie"), "0", "magenta-js"), random_weights(shapes, 1), None)
    architecture = recognise(source)
    assert architecture.config is config
    written = msgspec.json.encode(encoding_card(architecture, None))
    PianoGenieEncoding(msgspec.json.decode(written, type=Card.__annotations__["encoding"]))
