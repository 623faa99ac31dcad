import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.notation.hit import Hit
from appliance.pad.midi import Pad, PadSettings, Panic

ALL = Pad(PadSettings(channel=0, keys={}))


def test_a_note_on_is_a_hit():
    assert ALL.receive(1.5, bytes((0x99, 38, 77))) == Hit(1.5, 38, 77)


def test_a_note_on_of_velocity_0_is_a_note_off():
    assert ALL.receive(0.0, bytes((0x99, 38, 0))) is None


def test_a_note_off_is_no_hit():
    assert ALL.receive(0.0, bytes((0x89, 38, 64))) is None


@pytest.mark.parametrize("control", [120, 123])
def test_all_sound_off_and_all_notes_off_are_a_panic_on_any_channel(control):
    assert Pad(PadSettings(channel=10, keys={})).receive(2.0, bytes((0xB3, control, 0))) == Panic(2.0)


def test_other_controls_are_no_panic():
    assert ALL.receive(0.0, bytes((0xB9, 4, 127))) is None


def test_only_the_chosen_channel_is_heard():
    tenth = Pad(PadSettings(channel=10, keys={}))
    assert tenth.receive(0.0, bytes((0x99, 38, 77))) is not None
    assert tenth.receive(0.0, bytes((0x90, 38, 77))) is None


def test_a_pad_key_is_translated():
    assert Pad(PadSettings(channel=0, keys={60: 36})).receive(0.0, bytes((0x90, 60, 5))) == Hit(0.0, 36, 5)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_garbage_is_a_hit_or_a_panic_or_nothing(message):
    heard = ALL.receive(0.0, message)
    assert heard is None or isinstance(heard, Panic) or 1 <= heard.velocity <= 127


@pytest.mark.parametrize(("channel", "keys"), [(17, {}), (-1, {}), (0, {128: 36}), (0, {60: -1})])
def test_settings_that_midi_does_not_have_are_refused(channel, keys):
    with pytest.raises(ValueError, match=r"pad\."):
        PadSettings(channel=channel, keys=keys)
