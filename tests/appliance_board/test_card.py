"""The emulated card keeps what was flushed, and of the rest loses sectors by chance."""

import random
import socket
import struct

from tests.appliance_board.card import Card

SECTOR = 512
READ, WRITE, FLUSH = 0, 1, 3


class Client:
    """As much of an NBD client as QEMU's driver is."""

    def __init__(self, card):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(card.socket))
        assert self._take(18)[:16] == b"NBDMAGICIHAVEOPT"
        self._socket.sendall(struct.pack(">I8sII", 3, b"IHAVEOPT", 1, 0))
        self.size, _ = struct.unpack(">QH", self._take(10))

    def _take(self, length):
        data = b""
        while len(data) < length:
            data += self._socket.recv(length - len(data))
        return data

    def _ask(self, command, offset, length, data=b"", flags=0):
        self._socket.sendall(struct.pack(">IHHQQI", 0x25609513, flags, command, 7, offset, length) + data)
        magic, error, handle = struct.unpack(">IIQ", self._take(16))
        assert (magic, error, handle) == (0x67446698, 0, 7)

    def read(self, sector, count=1):
        self._ask(READ, sector * SECTOR, count * SECTOR)
        return self._take(count * SECTOR)

    def write(self, sector, byte, *, through=False):
        self._ask(WRITE, sector * SECTOR, SECTOR, bytes([byte]) * SECTOR, int(through))

    def flush(self):
        self._ask(FLUSH, 0, 0)

    def close(self):
        self._socket.close()


def test_what_was_flushed_stays_and_of_the_rest_some_goes(tmp_path):
    file = tmp_path / "card"
    file.write_bytes(bytes(200 * SECTOR))
    card = Card(file, tmp_path / "socket")
    client = Client(card)
    assert client.size == 200 * SECTOR
    for sector in range(50):
        client.write(sector, 1)
    client.flush()
    client.write(50, 2, through=True)
    for sector in range(100, 200):
        client.write(sector, 3)
    assert client.read(199) == bytes([3]) * SECTOR  # before the cut everything is there
    assert client.read(49, 2) == bytes([1]) * SECTOR + bytes([2]) * SECTOR
    lost, stayed = card.pull(random.Random(1))
    client.close()
    card.close()
    kept = file.read_bytes()
    assert kept[: 50 * SECTOR] == bytes([1]) * 50 * SECTOR
    assert kept[50 * SECTOR : 51 * SECTOR] == bytes([2]) * SECTOR
    found = [kept[sector * SECTOR] for sector in range(100, 200)]
    assert (lost, stayed) == (100, found.count(3))
    assert 0 < stayed < 100
    assert set(found) == {0, 3}


def test_behind_the_cut_nothing_is_written(tmp_path):
    file = tmp_path / "card"
    file.write_bytes(bytes(10 * SECTOR))
    card = Card(file, tmp_path / "socket")
    client = Client(card)
    card.pull(random.Random(1))
    client.write(1, 9)
    client.flush()
    client.close()
    card.close()
    assert not any(file.read_bytes())
