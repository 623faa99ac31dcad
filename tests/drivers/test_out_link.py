"""The player's end of the sender's socket, before a sender that reads nothing."""

import socket
from contextlib import closing

import msgspec
import pytest

from appliance.clock import VirtualClock
from appliance.drivers.out_link import OutLink
from appliance.out.wire import Cut, Hush, Message, Messages, Request


@pytest.fixture
def stuck(tmp_path):
    """A link, its clock, and the sender's end, which nobody reads."""
    clock = VirtualClock()
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)) as listener:
        listener.bind(str(tmp_path / "out.sock"))
        listener.listen(1)
        link = OutLink(tmp_path / "out.sock", clock)
        sender, _ = listener.accept()
        sender.setblocking(False)
        with closing(sender), closing(link):
            yield link, clock, sender


def read_all(sender):
    decoder, read = msgspec.msgpack.Decoder(Request), []
    try:
        while packet := sender.recv(65536):
            read.append(decoder.decode(packet))
    except BlockingIOError:
        return read
    return read


NOTES = Messages((Message(1.0, "synth", bytes((0x99, 38, 90))),), "left")


def fill(link):
    while not link.left_out:
        link.send([NOTES])


def test_a_panic_is_not_lost_by_a_sender_that_is_behind(stuck):
    link, clock, sender = stuck
    fill(link)
    link.send([Hush()])
    assert link.next_deadline() is not None
    link.send([NOTES, Cut(0.0, "left")])  # what a panic takes back anyhow goes not before it
    assert set(map(type, read_all(sender))) == {Messages}
    clock.set(link.next_deadline())
    link.receive()
    assert read_all(sender) == [Hush()]
    assert link.next_deadline() is None
    link.send([NOTES])
    assert read_all(sender) == [NOTES]


def test_a_panic_is_tried_until_the_sender_reads(stuck):
    link, clock, sender = stuck
    fill(link)
    link.send([Hush()])
    for _ in range(10):
        clock.set(link.next_deadline())
        link.receive()
    read_all(sender)
    clock.set(link.next_deadline())
    link.send([])
    assert read_all(sender) == [Hush()]


def test_nothing_is_owed_to_a_sender_that_went_away(stuck):
    link, _, sender = stuck
    fill(link)
    link.send([Hush()])
    sender.close()
    link.receive()
    assert link.next_deadline() is None
