"""The panel's way to the player: its journal comes in as it is written, what was asked goes out; nobody waits."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec

from appliance.controls.wire import VERSION, Answer, Refusal, Request, Watch, Welcome

# Seconds between two tries while there is no player.
_AGAIN = 0.25

# Packets that are read before whoever else waits has a turn.
_AT_ONCE = 64

_PACKET = 1 << 20  # an evening's first line has all its settings

# What is not a line of the journal begins so.
_ANSWERS = (b'{"type":"welcome"', b'{"type":"refusal"')


class PlayerLink:
    """Watches the player at a control socket, and looks for it again when it is gone."""

    def __init__(
        self,
        path: Path,
        line: Callable[[bytes], None],
        refused: Callable[[str], None],
        here: Callable[[bool], None],
    ) -> None:
        """`line` is given each line of the journal, `refused` what the player says no to; `here`: it came or went."""
        self._path = path
        self._line = line
        self._refused = refused
        self._here = here
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(Answer).decode
        self._socket: socket.socket | None = None

    @property
    def here(self) -> bool:
        """Whether there is a player."""
        return self._socket is not None

    async def keep(self) -> None:
        """Look for a player whenever there is none, until it is cancelled."""
        try:
            while True:
                if self._socket is None:
                    self._connect()
                await asyncio.sleep(_AGAIN)
        finally:
            self._lose(tell=False)

    def ask(self, *requests: Request) -> bool:
        """Say it; False when nobody is there to hear, or does not listen."""
        if self._socket is None:
            return False
        try:
            for request in requests:
                self._socket.send(self._encode(request), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except BlockingIOError:
            return False
        except OSError:
            self._lose()
            return False
        return True

    def _connect(self) -> None:
        caller = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        caller.setblocking(False)
        try:
            caller.connect(str(self._path))
        except OSError:
            caller.close()
            return
        self._socket = caller
        asyncio.get_running_loop().add_reader(caller.fileno(), self._read)
        self.ask(Watch())
        if self.here:
            self._here(True)

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            caller = self._socket
            if caller is None:
                return
            try:
                packet = caller.recv(_PACKET)
            except BlockingIOError:
                return
            except OSError:
                packet = b""
            if not packet:
                self._lose()
                return
            if packet.startswith(_ANSWERS):
                self._hear(packet)
            else:
                self._line(packet)

    def _hear(self, packet: bytes) -> None:
        with contextlib.suppress(msgspec.MsgspecError):
            match self._decode(packet):
                case Refusal(text):
                    self._refused(text)
                case Welcome(version) if version != VERSION:
                    self._refused(f"the player speaks version {version}, this panel {VERSION}: restart both")

    def _lose(self, *, tell: bool = True) -> None:
        caller, self._socket = self._socket, None
        if caller is None:
            return
        asyncio.get_running_loop().remove_reader(caller.fileno())
        caller.close()
        if tell:
            self._here(False)
