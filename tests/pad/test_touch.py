"""What of a pad's note-ons is a stick; virtual time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.notation.hit import Hit
from appliance.pad.midi import Pad, Panic
from appliance.pad.settings import PadSettings, pads_of
from appliance.pad.touch import DrumTouch, Touch
from appliance.settings import load_settings

KICK, SNARE, RIM, HAT, COWBELL = 36, 38, 40, 42, 99


def pad(**settings) -> Pad:
    return Pad(PadSettings(**{"channel": 0, "keys": {}, **settings}))


def hit(pad: Pad, time: float, key: int, velocity: int = 100) -> Hit | Panic | None:
    return pad.receive(time, bytes((0x99, key, velocity)))


def test_a_bounce_is_no_hit_and_the_next_stick_is():
    bouncing = pad(debounce=0.008)
    assert hit(bouncing, 1.0, SNARE)
    assert hit(bouncing, 1.007, SNARE, 40) is None
    assert hit(bouncing, 1.009, SNARE, 40) == Hit(1.009, SNARE, 40)


def test_a_rim_bounces_with_its_snare_and_a_hat_with_nobody():
    bouncing = pad(debounce=0.008)
    assert hit(bouncing, 1.0, SNARE)
    assert hit(bouncing, 1.001, RIM) is None
    assert hit(bouncing, 1.001, HAT)


def test_a_key_that_is_no_drum_bounces_by_itself():
    bouncing = pad(debounce=0.008)
    assert hit(bouncing, 1.0, COWBELL)
    assert hit(bouncing, 1.001, COWBELL) is None


def test_a_soft_neighbour_of_a_hard_hit_shakes_with_it():
    shaking = pad(crosstalk=0.010, crosstalk_share=0.2)
    assert hit(shaking, 1.0, KICK, 120)
    assert hit(shaking, 1.005, SNARE, 20) is None
    assert hit(shaking, 1.005, HAT, 60)
    assert hit(shaking, 1.011, SNARE, 20)


def test_a_drum_has_windows_and_a_curve_of_its_own():
    own = pad(debounce=0.008, drums={"kick": DrumTouch(debounce=0.05, hardest=100)})
    assert hit(own, 1.0, KICK, 100) == Hit(1.0, KICK, 127)
    assert hit(own, 1.04, KICK) is None
    assert hit(own, 1.0, SNARE, 100) == Hit(1.0, SNARE, 100)
    assert hit(own, 1.04, SNARE)


def test_what_is_below_the_threshold_is_no_hit_and_bounces_nothing():
    deaf = pad(threshold=10, debounce=0.008)
    assert hit(deaf, 1.0, SNARE, 9) is None
    assert hit(deaf, 1.001, SNARE, 10) == Hit(1.001, SNARE, 1)


def test_the_shipped_pad_hands_a_straight_hit_through():
    straight = Pad(load_settings().room("pad", PadSettings))
    assert hit(straight, 1.0, SNARE, 77) == Hit(1.0, SNARE, 77)


@given(st.integers(1, 126), st.integers(1, 127), st.floats(0.1, 10.0), st.integers(1, 127), st.integers(1, 127))
def test_a_harder_hit_is_never_heard_softer(threshold, hardest, curve, first, second):
    touch = Touch(threshold, max(hardest, threshold + 1), curve)
    soft, hard = sorted((first, second))
    assert 0 <= touch.velocity(soft) <= touch.velocity(hard) <= 127
    assert touch.velocity(127) == 127


HITS = st.lists(st.tuples(st.floats(0, 0.1), st.sampled_from([KICK, SNARE, RIM, HAT, COWBELL]), st.integers(1, 127)))


@given(HITS, st.floats(0, 0.05), st.floats(0, 0.05), st.floats(0, 1))
def test_hits_of_a_drum_are_never_closer_than_its_window(hits, debounce, crosstalk, share):
    sieve = pad(debounce=debounce, crosstalk=crosstalk, crosstalk_share=share)
    latest: dict[int, float] = {}
    for time, key, velocity in sorted(hits):
        if hit(sieve, time, key, velocity):
            place = SNARE if key == RIM else key
            assert time >= latest.get(place, -1.0) + debounce
            latest[place] = time


@pytest.mark.parametrize("message", [(0xB3, 120, 0), (0xB0, 123, 0), (0xBF, 124, 0), (0xB0, 127, 0), (0xFF,)])
def test_every_message_that_means_silence_is_a_panic(message):
    assert pad(channel=10, debounce=1.0).receive(2.0, bytes(message)) == Panic(2.0)


def test_several_pads_differ_by_what_they_say():
    default = PadSettings(channel=10, keys={}, debounce=0.008)
    left, right = pads_of(default, {"left": {"port": "SPD", "keys": {60: 36}}, "right": {"channel": 1}}).values()
    assert (left.port, left.channel, left.keys, left.debounce) == ("SPD", 10, {60: 36}, 0.008)
    assert (right.port, right.channel, right.keys) == ("", 1, {})


def test_without_others_there_is_one_pad():
    default = PadSettings(channel=10, keys={})
    assert pads_of(default, {}) == {"pad": default}


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"left": {"chanel": 3}}, "pads.left: there is no setting chanel: did you mean channel"),
        ({"left": {"channel": 17}}, "pads.left: pad.channel is 1 to 16"),
        ({"left": "SPD"}, "pads.left is a table"),
        ({"left": {"drums": {"snar": {}}}}, "there is no drum snar: did you mean snare"),
        ({"left": {"threshold": 127}}, "threshold must be below hardest"),
        ({"left": {"curve": 0.0}}, "curve is an exponent"),
        ({"left": {"debounce": 2.0}}, "debounce is 0 to 1 s"),
        ({"left": {"crosstalk_share": 2.0}}, "crosstalk_share is 0 to 1"),
        ({"left": {"hardest": 200}}, "hardest is a velocity"),
    ],
)
def test_a_wrong_pad_is_said_with_its_name_and_key(named, words):
    with pytest.raises(ValueError, match=words):
        pads_of(PadSettings(channel=0, keys={}), named)
