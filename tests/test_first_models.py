"""A box whose duet has no model does not begin an evening: it says so before anybody plays."""

import argparse
from types import SimpleNamespace

import pytest

from appliance.commands.rooms import Rooms
from appliance.commands.run import _Player
from appliance.errors import ModelError
from appliance.settings import load_settings

ARGUMENTS = argparse.Namespace(settings=None, seed=1, model=None, bars=None, temperature=None, top_k=None)


def player(tmp_path, text, refusals):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    rooms = Rooms(load_settings(path), ARGUMENTS)
    answerers = SimpleNamespace(knows=lambda models: True, refusals=refusals)
    return _Player(rooms, answerers, wait=None, clock=None, journals=None, lamp=None, asides=None)


DUETS = '[duets.left]\n[duets.right]\ncontrols = { model = "drum_kid" }\n'


def test_a_misspelt_model_of_any_duet_is_said_at_the_start(tmp_path):
    refused = {"drum_kid": "there is no model 'drum_kid': did you mean drum_kit_rnn?"}
    with pytest.raises(ModelError, match=r"duet right: .* did you mean drum_kit_rnn"):
        player(tmp_path, DUETS, refused).await_models()


def test_a_model_that_only_a_scene_asks_for_keeps_nobody_from_playing(tmp_path):
    refused = {"drum_kid": "there is no model"}
    assert player(tmp_path, '[scenes.ballad]\nmodel = "drum_kid"\n', refused).await_models()
