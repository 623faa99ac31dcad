"""Magenta's MIDI interface, defect 9: what was learnt for the choice of the model was ignored.

The command line's number took its place. A control's number 0 counted as none, and words named what is not there.
"""

from appliance.controls.binding import Binding
from appliance.controls.control import Control, Turned
from appliance.controls.limits import control_named
from appliance.controls.surface import ControlSurface


def test_a_learnt_choice_of_the_model_takes_the_place_of_the_settings():
    surface = ControlSurface([Binding(Control.MODEL, "cc 8")], {Control.MODEL: "drum_kit_rnn"})
    surface.learn(Control.MODEL)
    surface.receive("pad", 0.0, bytes((0xB0, 20, 1)))
    surface.receive("pad", 0.1, bytes((0xB0, 20, 2)))
    assert surface.receive("pad", 0.2, bytes((0xB0, 20, 3))) == [Turned(0.2, Control.MODEL, 3)]
    assert surface.receive("pad", 0.3, bytes((0xB0, 8, 1))) is None


def test_controller_0_is_a_controller():
    surface = ControlSurface([Binding(Control.LOOP, "cc 0")], {})
    assert surface.receive("pad", 0.0, bytes((0xB0, 0, 127))) == [Turned(0.0, Control.LOOP, True)]


def test_every_control_that_words_name_exists():
    assert [control_named(str(control)) for control in Control] == list(Control)
