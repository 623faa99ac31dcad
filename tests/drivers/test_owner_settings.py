"""The owner's file is the owner's: calibration changes the motors that it measured, and nothing else."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from appliance.errors import SettingsError
from appliance.settings import load_settings
from appliance.strike.kit import Knot, Motor, StrikeSettings

pytest.importorskip("tomlkit", reason="tomlkit comes with the calibrate extra")
from appliance.drivers.owner_settings import write_motors

KIT = load_settings().room("strike", StrikeSettings).motors
KNOTS = (Knot(1, 0.018, 0.5, 0.05), Knot(60, 0.018, 0.7, 0.035), Knot(127, 0.018, 1.0, 0.024))


def measured(motor: Motor) -> Motor:
    back = msgspec.structs.replace(motor.back, settle=0.01)
    return msgspec.structs.replace(motor, soft=KNOTS[0].push, hard=KNOTS[-1].push, touch=KNOTS, back=back, curve=1.0)


def motors_in(file: Path) -> tuple[Motor, ...]:
    return load_settings(file).room("strike", StrikeSettings).motors


def test_a_new_file_has_the_whole_kit_and_the_measured_motor(tmp_path: Path) -> None:
    file = tmp_path / "owner.toml"
    write_motors(file, [measured(KIT[1])], KIT)
    assert motors_in(file) == (KIT[0], measured(KIT[1]), *KIT[2:])


def test_comments_and_other_keys_stay(tmp_path: Path) -> None:
    file = tmp_path / "owner.toml"
    write_motors(file, [], KIT)
    text = "# my box\n[tempo]\nqpm = 97.0  # slow\n\n" + file.read_text().replace(
        'name = "snare"', '# the loud one\nname = "snare"'
    )
    file.write_text(text)
    write_motors(file, [measured(KIT[1])], KIT)
    written = file.read_text()
    for kept in ("# my box\n", "qpm = 97.0  # slow\n", "# the loud one\n"):
        assert kept in written
    assert tomllib.loads(written)["tempo"] == {"qpm": 97.0}
    assert motors_in(file) == (KIT[0], measured(KIT[1]), *KIT[2:])


def test_writing_twice_changes_nothing_more(tmp_path: Path) -> None:
    file = tmp_path / "owner.toml"
    write_motors(file, [measured(KIT[1])], KIT)
    once = file.read_bytes()
    write_motors(file, [measured(KIT[1])], KIT)
    assert file.read_bytes() == once


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("[strike", "is no TOML file"), ('[[strike.motors]]\nname = "gong"\n', "there is no motor 'snare'")],
)
def test_a_file_that_cannot_be_changed_stays(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "owner.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=sentence):
        write_motors(file, [measured(KIT[1])], KIT)
    assert file.read_text() == text
    assert list(tmp_path.iterdir()) == [file]
