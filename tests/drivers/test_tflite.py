"""The shipped models, in whichever interpreter this environment has."""

import json
import os
import zipfile
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from appliance.answer.card import Card
from appliance.answer.encoding import Encoding
from appliance.answer.model import State
from appliance.drivers.model_file import find_model
from appliance.drivers.tflite import TfliteModel
from appliance.errors import ModelError
from appliance.shipped import MODELS, shipped

AUTOENCODERS = {"cat-drums_2bar_small", "groovae_2bar_humanize", "groovae_2bar_tap_fixed_velocity"}
SHIPPED = sorted(shipped(MODELS).glob("*.tflite"))
FILES = [path for path in SHIPPED if path.stem not in AUTOENCODERS]
# Rock, two bars: what the original graph says of it is in the golden file (make_golden_likelihood.py beside it).
ROCK = {"drum_kit_rnn": [5, 0, 4, 0, 6, 0, 4, 0] * 4, "one_drum_rnn": [1, 0] * 16}
PITCHED = "soprano_rnn"
GOLDEN = Path(__file__).with_name("golden_likelihood.json")


@pytest.fixture(params=[path for path in FILES if path.stem != PITCHED], ids=lambda path: path.stem)
def model(request):
    return TfliteModel(request.param)


def test_models_are_shipped():
    assert {path.stem for path in SHIPPED} == {*ROCK, PITCHED, *AUTOENCODERS}


def test_a_model_of_pitches_takes_its_first_step():
    model = TfliteModel(find_model(PITCHED))
    logits, state = model.step(np.zeros(model.card.encoding.input_size, np.float32), model.initial_state())
    assert logits.shape == (model.card.encoding.classes,)
    assert len(state) == len(model.card.state)


@pytest.mark.parametrize("name", sorted(AUTOENCODERS))
def test_an_autoencoder_answers_nobody_and_says_where_it_belongs(name):
    with pytest.raises(ModelError, match=r"name it in \[groove\]"):
        TfliteModel(find_model(name))


def test_one_interpreter_and_only_one_is_installed():
    installed = []
    for package in ("ai-edge-litert", "tflite-runtime"):
        try:
            installed.append((package, version(package)))
        except PackageNotFoundError:
            continue
    assert len(installed) == 1


def test_a_step_says_what_the_card_promises(model):
    encoding = model.card.encoding
    logits, state = model.step(np.zeros(encoding.input_size, np.float32), model.initial_state())
    assert logits.shape == (encoding.classes,)
    assert [tensor.shape for tensor in state] == [(1, tensor.size) for tensor in model.card.state]


def test_a_kept_state_stays_what_it_was(model):
    encoding = Encoding(model.card.encoding)
    _, first = model.step(encoding.inputs(1, 0), model.initial_state())
    copy: State = tuple(tensor.copy() for tensor in first)
    once, _ = model.step(encoding.inputs(0, 1), first)
    model.step(encoding.inputs(1, 1), first)
    again, _ = model.step(encoding.inputs(0, 1), first)
    assert all((kept == was).all() for kept, was in zip(first, copy, strict=True))
    assert (once == again).all()


def test_an_initial_state_is_silence(model):
    assert all((tensor == 0).all() for tensor in model.initial_state())


def test_either_interpreter_foretells_what_the_original_network_did(model):
    golden = json.loads(GOLDEN.read_text())[model.card.name]
    encoding = Encoding(model.card.encoding)
    state, nats = model.initial_state(), 0.0
    for position, (label, after) in enumerate(pairwise(ROCK[model.card.name])):
        logits, state = model.step(encoding.inputs(label, position), state)
        wide = logits.astype(np.float64)
        nats -= wide[after] - np.log(np.exp(wide - wide.max()).sum()) - wide.max()
    # The float32 network's figure; int8 may lose 0.02 nats a step.
    assert nats / (len(ROCK[model.card.name]) - 1) == pytest.approx(golden["nats_per_step"], abs=0.02)


def test_every_card_names_licence_and_credit():
    for path in FILES:
        with zipfile.ZipFile(path) as archive:
            card = msgspec.json.decode(archive.read("card.json"), type=Card)
        assert card.licence
        assert card.credit
        assert path.stem == card.name
        assert path.stat().st_size < 20e6


def test_a_model_opens_without_a_word_on_stderr(capfd):
    TfliteModel(find_model("drum_kit_rnn"))
    assert capfd.readouterr().err == ""


def test_what_others_write_to_stderr_meanwhile_is_passed_on(capfd):
    from appliance.drivers.quiet_libraries import quiet_libraries

    with quiet_libraries(b"INFO:"):
        os.write(2, b"INFO: hello\nthe fuse blew\n")
    assert capfd.readouterr().err == "the fuse blew\n"
    with quiet_libraries():
        os.write(2, b"Cannot connect to server socket\n")
    assert capfd.readouterr().err == ""
