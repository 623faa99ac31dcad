"""Which input is whose; pure logic, no port is opened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.pad.ports import PortsSettings, Search, Wanted, label, matches, wanted
from appliance.pad.presence import missing
from appliance.pad.settings import PadSettings
from appliance.settings import load_settings

SETTINGS = load_settings().room("ports", PortsSettings)
PAD = Wanted("pad", "")
GADGET = "f_midi:f_midi 24:0"
THROUGH = "Midi Through:Midi Through Port-0 14:0"
OURS = "Ghostnote:answers 128:0"
KEYS = "Keystation 49:Keystation 49 MIDI 1 20:0"
DRUM = "USB Drum Pad:USB Drum Pad MIDI 1 28:0"
SYSTEM = [THROUGH, GADGET, OURS]


def search(*inputs: Wanted) -> Search:
    return Search(inputs, SETTINGS)


def test_a_port_is_known_without_the_numbers_that_change():
    assert label(DRUM) == "USB Drum Pad:USB Drum Pad MIDI 1"
    assert label("a2j:out") == "a2j:out"


@pytest.mark.parametrize("pattern", ["drum", "USB Drum Pad", "usb*", "*MIDI 1", "*d?um*", "pad midi"])
def test_a_word_is_meant_anywhere_and_a_pattern_from_the_beginning(pattern):
    assert matches(pattern, DRUM)


@pytest.mark.parametrize("pattern", ["drums", "Drum*", "*[M]IDI*", "28:0"])
def test_what_is_not_in_the_name_does_not_match(pattern):
    assert not matches(pattern, DRUM)


def test_a_pad_is_looked_for_among_what_looks_like_one():
    assert search(PAD).assign([*SYSTEM, KEYS, DRUM], {}) == {"pad": DRUM}


def test_else_the_first_input_that_is_not_ours_is_the_pad():
    assert search(PAD).assign([*SYSTEM, KEYS], {}) == {"pad": KEYS}


def test_our_own_ports_and_the_gadgets_side_are_never_a_pad():
    assert search(PAD).assign(SYSTEM, {}) == {}


def test_a_name_is_served_before_who_takes_what_is_left():
    assert search(PAD, Wanted("knobs", "drum", pad=False)).assign([DRUM, KEYS], {}) == {"pad": KEYS, "knobs": DRUM}


def test_several_pads_of_one_kind_have_one_each():
    left, right = Wanted("left", "SPD"), Wanted("right", "SPD")
    first, second = "SPD:SPD MIDI 1 20:0", "SPD:SPD MIDI 1 24:0"
    assert search(left, right).assign([first, second], {}) == {"left": first, "right": second}
    assert search(left, right).assign([first, second], {"left": second}) == {"left": second, "right": first}


def test_a_pad_keeps_its_port_when_another_one_comes():
    other = "A:another drum 16:0"
    looking = search(PAD)
    held = looking.assign([DRUM], {})
    assert looking.assign([other, DRUM], held) == held


def test_a_pad_that_comes_back_gets_its_place_again():
    looking = search(PAD)
    first, second = "Nord:Nord 20:0", "Korg:Korg 24:0"
    held = looking.assign([first], {})
    held = looking.assign([second], held)
    assert held == {"pad": second}
    assert looking.assign([second, "Nord:Nord 32:0"], held) == {"pad": "Nord:Nord 32:0"}


def test_what_is_never_a_pad_can_be_asked_for():
    assert search(Wanted("pad", "Midi Through")).assign(SYSTEM, {}) == {"pad": THROUGH}


NAMES = st.lists(st.sampled_from([*SYSTEM, KEYS, DRUM, "SPD:a 16:0", "SPD:b 20:0", "x 1:1"]), unique=True)
INPUTS = st.lists(
    st.builds(Wanted, st.sampled_from("abcde"), st.sampled_from(["", "SPD", "*", "drum"])),
    unique_by=lambda one: one.name,
)


@given(INPUTS, st.lists(NAMES, min_size=1, max_size=6))
def test_nobody_shares_a_port_and_nothing_changes_without_need(inputs, evening):
    looking = Search(inputs, SETTINGS)
    held: dict[str, str] = {}
    for ports in evening:
        held = looking.assign(ports, held)
        assert set(held.values()) <= set(ports)
        assert len(set(held.values())) == len(held)
        assert looking.assign(ports, held) == held


def test_a_name_that_two_have_is_refused():
    ports = PortsSettings(prefer=(), never=(), inputs={"pad": "nano"})
    with pytest.raises(ValueError, match=r"ports\.inputs\.pad has the name of a pad"):
        wanted({"pad": PadSettings(channel=0, keys={})}, ports)


def test_an_input_without_a_pattern_is_refused():
    with pytest.raises(ValueError, match=r"ports\.inputs\.knobs is empty"):
        PortsSettings(prefer=(), never=(), inputs={"knobs": ""})


def test_who_is_missing_is_said_with_what_there_is():
    assert missing(Wanted("pad", "USB Drm Pad"), [DRUM]) == (
        "no MIDI input is called 'USB Drm Pad': did you mean 'USB Drum Pad:USB Drum Pad MIDI 1'?"
    )
    assert missing(PAD, [GADGET]) == "no MIDI input looks like a pad: there are: f_midi:f_midi"
    assert missing(Wanted("pad", "zzzz"), []) == "no MIDI input is called 'zzzz': there are: none"
