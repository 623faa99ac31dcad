"""Bytes in, messages out; pure logic."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.pad.stream import LONGEST, MidiStream

VOICE = st.one_of(
    st.tuples(st.sampled_from([0x80, 0x90, 0xA0, 0xB0, 0xE0]), st.integers(0, 15)).flatmap(
        lambda status: st.binary(min_size=2, max_size=2).map(lambda data: bytes((status[0] | status[1], *seven(data))))
    ),
    st.tuples(st.sampled_from([0xC0, 0xD0]), st.integers(0, 15), st.integers(0, 127)).map(
        lambda parts: bytes((parts[0] | parts[1], parts[2]))
    ),
)
COMMON = st.one_of(
    st.integers(0, 127).map(lambda data: bytes((0xF1, data))),
    st.binary(min_size=2, max_size=2).map(lambda data: bytes((0xF2, *seven(data)))),
    st.integers(0, 127).map(lambda data: bytes((0xF3, data))),
    st.just(b"\xf6"),
    st.binary(max_size=20).map(lambda data: b"\xf0" + seven(data) + b"\xf7"),
)
REAL_TIME = st.sampled_from([0xF8, 0xFA, 0xFB, 0xFC, 0xFE, 0xFF])


def seven(data: bytes) -> bytes:
    return bytes(byte & 0x7F for byte in data)


def all_of(data: bytes) -> list[bytes]:
    return MidiStream().feed(data)


@given(st.lists(st.one_of(VOICE, COMMON)), st.lists(st.integers(0, 3), max_size=40))
def test_messages_come_out_as_they_went_in_however_they_are_cut(messages, cuts):
    stream, wire, came = MidiStream(), b"".join(messages), []
    while wire:
        length = cuts.pop() if cuts else len(wire)
        came += stream.feed(wire[:length])
        wire = wire[length:]
    assert came == messages


@given(st.lists(VOICE, min_size=1))
def test_running_status_stands_for_the_same_status(messages):
    wire, status = bytearray(), -1
    for message in messages:
        wire += message if message[0] != status else message[1:]
        status = message[0]
    assert all_of(bytes(wire)) == messages


@given(st.one_of(VOICE, COMMON), REAL_TIME)
def test_a_real_time_byte_may_stand_between_any_two_others(message, byte):
    for place in range(1, len(message)):
        came = all_of(message[:place] + bytes((byte,)) + message[place:])
        assert came == [bytes((byte,)), message]


def test_a_system_common_message_ends_running_status():
    assert all_of(b"\x99\x26\x40\xf3\x01\x26\x41\x99\x26\x42") == [b"\x99\x26\x40", b"\xf3\x01", b"\x99\x26\x42"]


def test_a_broken_exclusive_is_dropped_and_what_breaks_it_is_heard():
    assert all_of(b"\xf0\x7e\x00\x99\x26\x40\x27\x41") == [b"\x99\x26\x40", b"\x99\x27\x41"]


def test_data_of_nobody_is_passed_over():
    assert all_of(b"\x26\x40\xf7\x01\xf4\x01\xf9\x99\x26\x40") == [b"\x99\x26\x40"]


def test_a_message_that_another_breaks_off_is_dropped():
    assert all_of(b"\x99\x26\xb9\x7b\x00") == [b"\xb9\x7b\x00"]


@given(st.integers(0, 20_000))
def test_an_endless_exclusive_takes_no_memory_and_harms_nothing(length):
    stream = MidiStream()
    assert stream.feed(b"\xf0" + b"\x01" * (LONGEST + length)) == []
    assert stream.feed(b"\xf7\x99\x26\x40") == [b"\x99\x26\x40"]
    assert len(stream._data) + len(stream._exclusive or b"") <= LONGEST + 1


@given(st.binary(max_size=500))
def test_garbage_gives_whole_messages_or_nothing(data):
    for message in all_of(data):
        assert message[0] >= 0x80
        assert all(byte < 0x80 for byte in message[1:] if byte != 0xF7)
