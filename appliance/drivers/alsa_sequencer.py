"""ALSA's sequencer, asked without a library in between: inputs that are opened, heard and closed in one thread.

RtMidi never says that a port is gone, hangs when a port is closed while it is played (python-rtmidi 1.5.8: its thread
waits for the interpreter, which waits for its thread), and gives the kernel 200 places for what it has not read yet:
where they are used up the kernel throws all of it away, a panic too.
"""

import contextlib
import fcntl
import math
import os
from collections.abc import Callable, Iterator
from ctypes import c_int
from pathlib import Path

import msgspec

from appliance.clock import Clock
from appliance.drivers import alsa_layouts as alsa
from appliance.drivers.alsa_events import SIZE, WANTED, events_of, message_of

_DEVICE = Path("/dev/snd/seq")
_CLIENT = b"Ghostnote"  # the name under which the system shows our ports
_PLACES = 2000  # SNDRV_SEQ_MAX_CLIENT_EVENTS: what the kernel holds for who reads late
_AT_ONCE = 512  # events in one read
_SET = 1.0  # seconds between two looks at how the queue's time and ours stand to each other
# A reading that took longer (s) was interrupted, and says little: the quickest of some is taken.
_AT_ONCE_READ = 0.0005
_READINGS = 3
_START = 30  # SNDRV_SEQ_EVENT_START
_LOST = 0  # SNDRV_SEQ_EVENT_SYSTEM: nobody sends it, so it stands for what was thrown away

Receive = Callable[[float, bytes], None]


class News(msgspec.Struct, frozen=True):
    """Whether any port came or went, and the (client, port) of those that went; port None: all of a client's."""

    changed: bool
    gone: frozenset[tuple[int, int | None]]


NO_NEWS = News(changed=False, gone=frozenset())


class AlsaSequencer:
    """A client of the sequencer: one file, readable when a message came or a port came or went.

    The kernel stamps each message when it arrives, so reading late makes no instant later. Raises: OSError where there
    is no sequencer.
    """

    def __init__(self, clock: Clock, device: Path = _DEVICE) -> None:
        self._clock = clock
        self._receivers: dict[int, Receive] = {}
        self._origin = 0.0  # the instant of the queue's second 0
        self._set = self._latest = float("-inf")
        self._file = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self._client = self._introduce()
            self._queue = self._start_queue()
            self._subscribe(alsa.Address(alsa.SYSTEM, alsa.ANNOUNCE), self._port(b"news", alsa.PRIVATE), stamped=False)
        except OSError:
            os.close(self._file)
            raise

    def fileno(self) -> int:
        """Readable when there is something to read."""
        return self._file

    def ports(self) -> list[str]:
        """The names of all inputs, as RtMidi gives them: "client:port 20:0"."""
        return [
            f"{client.name.decode(errors='replace')}:{port.name.decode(errors='replace')} "
            f"{port.address.client}:{port.address.port}"
            for client in self._clients()
            for port in self._ports_of(client.client)
        ]

    def open(self, port: str, name: str, receive: Receive) -> "AlsaInput | None":
        """Hear an input: `receive` is given the instant of arrival (s) and a whole message. None when it is gone."""
        sender = alsa.Address(*(int(number) for number in port.rpartition(" ")[2].split(":")))
        with contextlib.suppress(OSError):
            ours = self._port(name.encode()[:63])
            try:
                self._subscribe(sender, ours)
            except OSError:
                self._delete(ours)
                return None
            self._receivers[ours.address.port] = receive
            return AlsaInput(self, ours)
        return None

    def read(self) -> News:
        """Hand messages to who receives them, at most 512 at a time; it does not wait."""
        self._set_clock()
        changed, gone = False, set()
        for event in events_of(self._chunk()):
            changed |= event.announces or event.kind == _LOST
            if event.gone:
                gone.add(event.gone)
            message, receive = message_of(event), self._receivers.get(event.port)
            if message and receive:
                self._latest = max(self._latest, min(self._origin + event.time, self._clock.now()))
                receive(self._latest, message)
        return News(changed, frozenset(gone))

    def close(self) -> None:
        """Go; every port of ours goes with the file."""
        os.close(self._file)

    def let_go(self, port: alsa.PortInfo) -> None:
        """Delete a port of ours; nothing of it is heard any more."""
        self._receivers.pop(port.address.port, None)
        self._delete(port)

    def _introduce(self) -> int:
        number = c_int()
        fcntl.ioctl(self._file, alsa.CLIENT_ID, number)
        info = alsa.ClientInfo(client=number.value)
        fcntl.ioctl(self._file, alsa.GET_CLIENT_INFO, info)
        info.name, info.filter = _CLIENT, alsa.USE_FILTER
        for kind in WANTED:
            info.event_filter[kind // 8] |= 1 << kind % 8
        fcntl.ioctl(self._file, alsa.SET_CLIENT_INFO, info)
        fcntl.ioctl(self._file, alsa.SET_CLIENT_POOL, alsa.ClientPool(client=number.value, input_pool=_PLACES))
        return number.value

    def _start_queue(self) -> int:
        """A queue is the clock by which the kernel stamps."""
        info = alsa.QueueInfo(owner=self._client, locked=1, name=b"stamps")
        fcntl.ioctl(self._file, alsa.CREATE_QUEUE, info)
        start = bytearray(SIZE)
        start[0], start[3] = _START, alsa.DIRECT
        start[12] = self._client
        start[16] = info.queue  # to port 0 of the system, about this queue
        os.write(self._file, start)
        return int(info.queue)

    def _set_clock(self) -> None:
        now = self._clock.now()
        if now < self._set + _SET:
            return
        readings: list[tuple[float, float]] = []
        while len(readings) < _READINGS and min(readings, default=(math.inf,))[0] > _AT_ONCE_READ:
            readings.append(self._read_clock())
        self._set, self._origin = self._clock.now(), min(readings)[1]

    def _read_clock(self) -> tuple[float, float]:
        """How long (s) a reading took, and the instant of the queue's second 0 by it."""
        status = alsa.QueueStatus(queue=self._queue)
        before = self._clock.now()
        fcntl.ioctl(self._file, alsa.GET_QUEUE_STATUS, status)
        now = self._clock.now()
        return now - before, (before + now) / 2 - (status.seconds + 1e-9 * status.nanoseconds)

    def _port(self, name: bytes, more: int = 0) -> alsa.PortInfo:
        port = alsa.PortInfo(name=name, capability=alsa.CAN_WRITE | alsa.MAY_WRITE | more)
        port.address.client = self._client
        port.type = alsa.GENERIC_MIDI | alsa.APPLICATION
        fcntl.ioctl(self._file, alsa.CREATE_PORT, port)
        return port

    def _delete(self, port: alsa.PortInfo) -> None:
        fcntl.ioctl(self._file, alsa.DELETE_PORT, port)

    def _subscribe(self, sender: alsa.Address, port: alsa.PortInfo, *, stamped: bool = True) -> None:
        subscription = alsa.Subscription(sender=sender, dest=port.address)
        if stamped:
            subscription.flags, subscription.queue = alsa.STAMPED | alsa.REAL_STAMP, self._queue
        fcntl.ioctl(self._file, alsa.SUBSCRIBE_PORT, subscription)

    def _clients(self) -> Iterator[alsa.ClientInfo]:
        info = alsa.ClientInfo(client=-1)
        with contextlib.suppress(FileNotFoundError):
            while True:
                fcntl.ioctl(self._file, alsa.QUERY_NEXT_CLIENT, info)
                if info.client not in (alsa.SYSTEM, self._client):
                    yield info

    def _ports_of(self, client: int) -> Iterator[alsa.PortInfo]:
        info = alsa.PortInfo()
        info.address.client, info.address.port = client, 255
        with contextlib.suppress(OSError):  # the last one, or a client that went meanwhile
            while True:
                fcntl.ioctl(self._file, alsa.QUERY_NEXT_PORT, info)
                readable = alsa.CAN_READ | alsa.MAY_READ
                if info.capability & readable == readable and not info.capability & alsa.PRIVATE:
                    yield info

    def _chunk(self) -> bytes:
        try:
            return os.read(self._file, _AT_ONCE * SIZE)
        except BlockingIOError:
            return b""
        except OSError:  # ENOSPC: the kernel had no place left and threw all away
            return bytes((_LOST, *bytes(SIZE - 1)))


class AlsaInput:
    """An open input."""

    def __init__(self, sequencer: AlsaSequencer, port: alsa.PortInfo) -> None:
        self._sequencer = sequencer
        self._port = port

    def close(self) -> None:
        """Hear no more."""
        self._sequencer.let_go(self._port)
