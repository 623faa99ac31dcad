from appliance.answer.dynamics import FORTE, Dynamics
from appliance.answer.encoding import Encoding
from appliance.notation.drum_track import Note
from tests.parrot import card

CLASS_OF = Encoding(card().encoding).class_of
CALL = [Note(0, 36, 110), Note(4, 38, 90), Note(16, 36, 100), Note(20, 40, 70), Note(20, 42, 30)]


def velocity(step, pitch, call=CALL):
    dynamics = Dynamics(16, CLASS_OF)
    for note in call:
        dynamics.hear(note)
    return dynamics.velocity(step, pitch)


def test_a_drum_on_a_step_of_the_bar_is_as_hard_as_it_was_there():
    assert velocity(32, 36) == 105


def test_keys_of_one_class_are_one_drum():
    assert velocity(36, 38) == 80


def test_elsewhere_in_the_bar_a_drum_has_its_mean():
    assert velocity(39, 36) == 105


def test_a_new_drum_has_the_mean_of_its_step():
    assert velocity(36, 49) == round((90 + 70 + 30) / 3)


def test_a_new_drum_on_a_new_step_has_the_mean_of_the_call():
    assert velocity(41, 49) == 80


def test_a_silent_call_is_answered_forte():
    assert velocity(0, 36, []) == FORTE
