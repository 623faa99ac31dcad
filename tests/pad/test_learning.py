"""Hit the pads in turn; virtual time."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.notation.drums import Drum
from appliance.pad.learning import KeyLearnt, KeyRefused, PadLearning, PadPupil

KICK, SNARE, HAT = Drum.KICK, Drum.SNARE, Drum.CLOSED_HI_HAT


def hit(key: int, velocity: int = 100, channel: int = 10) -> bytes:
    return bytes((0x90 | channel - 1, key, velocity))


def learn(learning: PadLearning, time: float, *messages: bytes):
    for message in messages:
        learning.receive(time, message)
    deadline = learning.next_deadline()
    return [] if deadline is None else learning.advance(deadline)


def test_each_pad_is_the_drum_that_was_asked_for():
    learning = PadLearning([KICK, SNARE])
    assert learning.asked is KICK
    assert learn(learning, 1.0, hit(60)) == [KeyLearnt(KICK, 60)]
    assert learn(learning, 2.0, hit(62)) == [KeyLearnt(SNARE, 62)]
    assert learning.asked is None
    assert learning.keys == {60: 36, 62: 38}


def test_a_key_that_is_its_drum_already_needs_no_row():
    learning = PadLearning([SNARE])
    learn(learning, 1.0, hit(40))
    assert learning.keys == {}


def test_the_hardest_of_what_shakes_together_was_hit():
    assert learn(PadLearning([KICK]), 1.0, hit(61, 20), hit(60, 110), hit(62, 30)) == [KeyLearnt(KICK, 60)]


def test_a_stick_that_comes_to_rest_is_not_the_next_drum():
    learning = PadLearning([KICK, SNARE])
    learn(learning, 1.0, hit(60))
    learning.receive(1.2, hit(60, 20))
    assert learning.next_deadline() is None


def test_a_key_that_is_another_drum_already_is_refused_with_words():
    learning = PadLearning([KICK, SNARE])
    learn(learning, 1.0, hit(60))
    assert learn(learning, 2.0, hit(60)) == [KeyRefused(SNARE, "key 60 is the kick already: hit another pad")]
    assert learning.asked is SNARE
    assert learn(learning, 3.0, hit(62)) == [KeyLearnt(SNARE, 62)]


def test_a_drum_that_the_pad_does_not_have_is_skipped():
    learning = PadLearning([KICK, SNARE])
    learning.skip()
    assert learning.asked is SNARE


def test_another_channel_is_not_heard():
    learning = PadLearning([KICK], channel=10)
    assert learn(learning, 1.0, hit(60, channel=1)) == []
    assert learn(learning, 1.0, hit(60)) == [KeyLearnt(KICK, 60)]


def test_only_the_pad_that_learns_is_heard():
    pupil = PadPupil(PadLearning([KICK]), "left")
    pupil.receive("right", 1.0, hit(60))
    assert pupil.next_deadline() is None
    pupil.receive("left", 1.0, hit(61))
    assert pupil.advance(pupil.next_deadline()) == ["  key 61"]
    assert pupil.question() is None


@given(st.lists(st.tuples(st.floats(0.0, 0.5), st.binary(max_size=3))))
def test_no_key_is_two_drums_whatever_comes(messages):
    learning, now = PadLearning(list(Drum)), 0.0
    learnt = []
    for pause, message in messages:
        now += pause
        learning.receive(now, message)
        learnt += [one.key for one in learning.advance(now) if isinstance(one, KeyLearnt)]
    assert len(learnt) == len(set(learnt))
