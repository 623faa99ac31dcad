"""Events as the kernel lays them out; pure logic. The sequencer itself is in tests/board."""

import ctypes
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.drivers import alsa_layouts as alsa
from appliance.drivers.alsa_events import SIZE, WANTED, Event, events_of, message_of


def note(kind: int, channel: int, key: int, velocity: int) -> bytes:
    return event(kind, struct.pack("<BBBBI", channel, key, velocity, 0, 0))


def control(kind: int, channel: int, number: int, value: int) -> bytes:
    return event(kind, struct.pack("<B3xIi", channel, number, value))


def event(kind: int, data: bytes = b"", flags: int = 0, seconds: int = 0, nanoseconds: int = 0, port: int = 3) -> bytes:
    head = struct.pack("<BBBBIIBBBB", kind, flags, 0, 0, seconds, nanoseconds, 20, 0, 128, port)
    return head + data.ljust(12, b"\0")


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (note(6, 9, 38, 100), b"\x99\x26\x64"),
        (note(7, 9, 38, 64), b"\x89\x26\x40"),
        (note(8, 9, 38, 5), b"\xa9\x26\x05"),
        (control(10, 0, 74, 127), b"\xb0\x4a\x7f"),
        (control(14, 0, 7, 0x3FFF), b"\xb0\x07\x7f"),
        (control(11, 2, 0, 5), b"\xc2\x05"),
        (control(12, 2, 0, 5), b"\xd2\x05"),
        (control(13, 2, 0, 0), b"\xe2\x00\x40"),
        (control(13, 2, 0, -8192), b"\xe2\x00\x00"),
        (control(20, 0, 0, 0x3FFF), b"\xf2\x7f\x7f"),
        (control(21, 0, 0, 9), b"\xf3\x09"),
        (event(36), b"\xf8"),
        (event(30), b"\xfa"),
        (event(31), b"\xfb"),
        (event(32), b"\xfc"),
        (event(41), b"\xff"),
        (event(42), None),  # active sensing
        (control(10, 16, 74, 127), None),
        (control(10, 0, 740, 127), None),
        (control(10, 0, 74, -1), None),
        (control(21, 0, 0, 200), None),
    ],
)
def test_an_event_is_the_message_that_it_stands_for(sent, message):
    assert [message_of(event) for event in events_of(sent)] == [message]


def test_an_event_has_its_port_and_its_time():
    assert list(events_of(event(36, seconds=3, nanoseconds=500_000_000, port=7))) == [Event(36, 3.5, 7, bytes(12))]


def test_what_is_of_any_length_is_passed_over_whole():
    exclusive = event(130, struct.pack("<I", 40), flags=0x04) + bytes([6]) * (2 * SIZE)
    assert [e.kind for e in events_of(exclusive + event(36))] == [36]


def test_announcements_say_who_went():
    gone = [e.gone for e in events_of(event(64, b"\x14\x01") + event(61, b"\x80\x00") + event(63, b"\x14\x01"))]
    assert gone == [(20, 1), (128, None), None]
    assert all(e.announces for e in events_of(event(60) + event(67)))


def test_neither_exclusive_messages_nor_active_sensing_are_asked_for():
    assert not WANTED & {130, 42}


@given(st.binary(max_size=400))
def test_garbage_gives_whole_messages_or_none(buffer):
    for one in events_of(buffer):
        message = message_of(one)
        assert message is None or (message[0] >= 0x80 and all(byte < 0x80 for byte in message[1:]))


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the figures are those of a 64-bit kernel")
@pytest.mark.parametrize(
    ("request_number", "figure"),
    [
        # As a C compiler has them from sound/asequencer.h.
        (alsa.CLIENT_ID, 0x80045301),
        (alsa.GET_CLIENT_INFO, 0xC0BC5310),
        (alsa.SET_CLIENT_INFO, 0x40BC5311),
        (alsa.CREATE_PORT, 0xC0A85320),
        (alsa.DELETE_PORT, 0x40A85321),
        (alsa.SUBSCRIBE_PORT, 0x40505330),
        (alsa.CREATE_QUEUE, 0xC08C5332),
        (alsa.GET_QUEUE_STATUS, 0xC05C5340),
        (alsa.SET_CLIENT_POOL, 0x4058534C),
        (alsa.QUERY_NEXT_CLIENT, 0xC0BC5351),
        (alsa.QUERY_NEXT_PORT, 0xC0A85352),
    ],
)
def test_the_records_are_as_long_as_the_kernels(request_number, figure):
    assert request_number == figure
