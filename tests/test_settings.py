import tomllib

import pytest

from appliance.answer.groove_settings import GrooveSettings
from appliance.answer.sampling import SamplingSettings
from appliance.answer.settings import AnswerSettings
from appliance.arduino.wiring import ArduinoSettings
from appliance.call.settings import ListenerSettings
from appliance.controls.binding import ControlsSettings
from appliance.drivers.favourites_folder import FavouritesSettings
from appliance.drivers.journal_file import JournalSettings
from appliance.drivers.wiring import PinSettings
from appliance.drivers.worker import WorkerSettings
from appliance.errors import SettingsError
from appliance.out.settings import ClockSettings, MetronomeSettings, OscSettings, OutSettings
from appliance.pad.midi import PadSettings
from appliance.pad.ports import PortsSettings
from appliance.panel.settings import PanelSettings
from appliance.release.settings import UpdateSettings
from appliance.settings import load_settings
from appliance.shipped import SETTINGS, shipped
from appliance.status.wiring import StatusSettings
from appliance.strike.kit import StrikeSettings
from appliance.tempo.settings import TempoSettings

ROOMS = {
    "pad": PadSettings,
    "ports": PortsSettings,
    "controls": ControlsSettings,
    "tempo": TempoSettings,
    "clock": ClockSettings,
    "metronome": MetronomeSettings,
    "out": OutSettings,
    "osc": OscSettings,
    "call": ListenerSettings,
    "answer": AnswerSettings,
    "sampling": SamplingSettings,
    "groove": GrooveSettings,
    "strike": StrikeSettings,
    "pins": PinSettings,
    "status": StatusSettings,
    "worker": WorkerSettings,
    "update": UpdateSettings,
    "journal": JournalSettings,
    "favourites": FavouritesSettings,
    "arduino": ArduinoSettings,
    "panel": PanelSettings,
}

# A table for each pad, duet and scene, by names that the owner chooses.
OWNERS = {"pads", "duets", "scenes"}


def owner(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


def read_all(path):
    settings = load_settings(path)
    return [settings.room(table, kind) for table, kind in ROOMS.items()]


@pytest.mark.parametrize(("table", "kind"), ROOMS.items())
def test_the_shipped_settings_are_whole(table, kind):
    assert load_settings().room(table, kind)


def test_every_shipped_table_is_read_by_a_room_or_holds_names_of_the_owners():
    shipped_ones = tomllib.loads(shipped(SETTINGS).read_text("utf-8"))
    assert set(shipped_ones) == set(ROOMS) | OWNERS
    assert all(shipped_ones[table] == {} for table in OWNERS)


def test_the_owners_key_changes_one_setting(tmp_path):
    settings = load_settings(owner(tmp_path, "[sampling]\ntemperature = 0.5\n"))
    assert settings.room("sampling", SamplingSettings) == SamplingSettings(temperature=0.5, top_k=0)


def test_the_pads_keys_are_the_owners_own(tmp_path):
    settings = load_settings(owner(tmp_path, "[pad]\nkeys = { 60 = 36 }\n"))
    assert settings.room("pad", PadSettings).keys == {60: 36}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[samplin]\ntop_k = 1\n", "samplin: did you mean sampling"),
        ("[sampling]\ntemprature = 1.0\n", r"sampling\.temprature: did you mean temperature"),
        ("[sampling]\nzzz = 1\n", "there are allowed_drums, beam, .*top_k, top_p"),
        ("[sampling]\ntemperature = 'hot'\n", r"\[sampling\].*temperature"),
        ("[sampling]\ntemperature = 99.0\n", r"\[sampling\].*0 to 10"),
        ("[tempo]\nmeter = 'waltz'\n", r"\[tempo\].*waltz"),
        ("[call]\nbars = -1\n", r"\[call\]"),
        ("[pins]\nenable = 4\n", r"\[pins\].*GPIO 4, pulled up"),
        ("[pins.guard]\nbeta = 0.01\n", r"pins\.guard\.beta: did you mean beat"),
        ("[status]\npanic = 40\n", r"\[status\].*GPIO 40"),
        ("[status]\nled = 'green'\n", r"\[status\].*green"),
        ("sampling = 3\n", r"\[sampling\]"),
        ("<html>", "no TOML file"),
    ],
)
def test_a_wrong_setting_is_said_with_its_file_and_key(tmp_path, text, words):
    path = owner(tmp_path, text)
    with pytest.raises(SettingsError, match=words) as caught:
        read_all(path)
    assert str(path) in str(caught.value)


def test_settings_that_are_not_there_are_said(tmp_path):
    with pytest.raises(SettingsError, match=r"none\.toml"):
        load_settings(tmp_path / "none.toml")
