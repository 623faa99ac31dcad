"""Words of OSC as UDP packets, by python-osc."""

import contextlib
import socket
import time
from collections.abc import Iterable

from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from appliance.errors import SettingsError
from appliance.out.settings import read_address
from appliance.out.wire import Say


class OscSocket:
    """Sends to every address, waits for nobody, and does not mind that nobody listens.

    Each word is a bundle of one message. Its time tag (OSC 1.0: NTP's format, UTC) is the instant at which what it
    speaks of sounds; the message's last argument is how many seconds that is ahead, for receivers that read no time
    tags, or have a clock that is not ours.
    """

    def __init__(self, addresses: Iterable[str]) -> None:
        """Raises: SettingsError for a host that nobody knows."""
        self._to: list[tuple[socket.socket, tuple[str, int]]] = []
        for text in addresses:
            host, port = read_address(text)
            try:
                family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            except OSError as error:
                raise SettingsError(f"osc.to: nobody knows {host!r}: {error.strerror or error}") from None
            sending = socket.socket(family, socket.SOCK_DGRAM)
            sending.setblocking(False)
            # A show's network may have one address for all receivers.
            sending.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            self._to.append((sending, (str(place[0]), port)))

    def send(self, say: Say, now: float) -> None:
        """Send a word at `now` (s, monotonic)."""
        if not self._to:
            return
        packet = encode(say, now, time.time())
        for sending, place in self._to:
            # A cable that is out, or a receiver that is not there, is no concern of the music.
            with contextlib.suppress(OSError):
                sending.sendto(packet, place)

    def close(self) -> None:
        """Let the sockets go."""
        for sending, _ in self._to:
            sending.close()


def encode(say: Say, now: float, wall: float) -> bytes:
    """The packet of a word that is sent at `now` (s, monotonic), which the wall clock calls `wall` (s since 1970)."""
    ahead = say.time - now
    message = OscMessageBuilder(say.address)
    for argument in (*say.arguments, ahead):
        message.add_arg(argument)
    bundle = OscBundleBuilder(wall + ahead)  # type: ignore[arg-type]  # it takes parts of a second, and says int
    bundle.add_content(message.build())
    packet: bytes = bundle.build().dgram
    return packet
