"""What a board says is heard, whatever noise is around it."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.arduino.incoming import Incoming
from appliance.arduino.messages import ClockRead, Words, nearest
from appliance.arduino.seven_bits import crc7, number

BODY = bytes((0x42, 5)) + number(123456, 5)
CLOCK = bytes((0xF0, 0x7D, 0x47, *BODY, crc7(BODY), 0xF7))
DEBUG = bytes((0xFF, 0, 0, 5)) + b"hello"


def heard(data: bytes) -> list[object]:
    return list(Incoming().receive(data))


def test_a_message_and_words_are_heard() -> None:
    assert heard(CLOCK + DEBUG + CLOCK) == [ClockRead(5, 123456), Words("hello"), ClockRead(5, 123456)]


def test_real_time_bytes_within_a_message_are_passed_over() -> None:
    assert heard(CLOCK[:4] + b"\xfe" + CLOCK[4:]) == [ClockRead(5, 123456)]


def test_a_system_reset_is_no_debug_frame() -> None:
    assert heard(b"\xff" + CLOCK) == [ClockRead(5, 123456)]


def test_a_garbled_message_is_noise() -> None:
    incoming = Incoming()
    assert not list(incoming.receive(CLOCK[:5] + bytes((CLOCK[5] ^ 1,)) + CLOCK[6:]))
    assert incoming.noise == 1


@given(st.binary(max_size=300))
def test_noise_never_hurts_and_what_comes_behind_it_is_heard(noise: bytes) -> None:
    # At most a debug frame of 255 letters is taken for words before it ends.
    incoming = Incoming()
    list(incoming.receive(noise + b"\xf7" + bytes(300)))
    assert list(incoming.receive(CLOCK)) == [ClockRead(5, 123456)]


@given(st.integers(0, 1 << 40), st.integers(-(1 << 26), 1 << 26))
def test_an_instant_is_found_from_its_low_bits(now: int, away: int) -> None:
    assert nearest((now + away) % (1 << 28), now) == now + away
