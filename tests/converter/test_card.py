"""A model file is whole or refused; its card can be read without the converter."""

import json
import zipfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.card import Card, Model, model_bytes, parse_model, read_model
from converter.errors import SourceError
from tests.converter.material import HERE

TINY = HERE / "tiny_one_drum.tflite"
WHOLE = TINY.read_bytes()


def test_the_card_is_plain_json_in_a_zip_behind_the_flatbuffer() -> None:
    with zipfile.ZipFile(TINY) as archive:
        assert archive.testzip() is None
        card = json.loads(archive.read("card.json"))
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
    assert card["tflite"]["bytes"] == WHOLE.index(b"PK\3\4")
    assert WHOLE[4:8] == b"TFL3"  # the flatbuffer's own identifier stays at the front


def test_a_model_read_is_written_the_same() -> None:
    assert model_bytes(read_model(TINY)) == WHOLE


@given(st.integers(0, len(WHOLE) - 1))
def test_a_model_cut_anywhere_is_refused(end: int) -> None:
    torn = Path("torn.tflite")
    with pytest.raises(SourceError, match=r"torn\.tflite"):
        parse_model(WHOLE[:end], torn)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_model_with_a_flipped_byte_is_refused_or_the_flip_is_harmless(place: int, mask: int) -> None:
    content = bytearray(WHOLE)
    content[place] ^= mask
    try:
        model = parse_model(bytes(content), Path("rotten.tflite"))
    except SourceError:
        return
    assert model == read_model(TINY)


def test_a_card_of_another_format_is_refused(tmp_path: Path) -> None:
    model = read_model(TINY)
    later = Model(model.flatbuffer, msgspec.structs.replace(model.card, format=2))
    (tmp_path / "later.tflite").write_bytes(model_bytes(later))
    with pytest.raises(SourceError, match="format 2; this program reads format 1"):
        read_model(tmp_path / "later.tflite")


def test_another_flatbuffer_under_the_card_is_refused(tmp_path: Path) -> None:
    model = read_model(TINY)
    swapped = Model(model.flatbuffer[:-4] + b"swap", model.card)
    (tmp_path / "swapped.tflite").write_bytes(model_bytes(swapped))
    with pytest.raises(SourceError, match="sha256 differs"):
        read_model(tmp_path / "swapped.tflite")


def test_the_card_holds_every_field_the_appliance_is_promised() -> None:
    promised = """format name description family config encoding steps_per_quarter layer_sizes attention state
        quantization source licence credit parity likelihood tflite made_with"""
    assert set(Card.__struct_fields__) == set(promised.split())
