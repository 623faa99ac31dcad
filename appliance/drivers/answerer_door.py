"""The worker's end of its socket: orders in, pieces of work, reports out, until the player is gone."""

import os
import select
import socket

import msgspec

from appliance.answer.wire import VERSION, Died, Order, Ready, Report
from appliance.answer.workbench import Workbench

_PACKET = 1 << 20  # bytes; the longest message is a Question with a call of 1024 bars


class AnswererDoor:
    """Serves one player, and ends with it."""

    def __init__(self, connection: socket.socket) -> None:
        """`connection`: whole packets in both directions."""
        self._socket = connection
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Order)

    def serve(self, workbench: Workbench) -> None:
        """Work until the player hangs up. Raises: what an order or a model raises beside ModelError."""
        self._put(Ready(VERSION, os.getpid()))
        try:
            while self._listen(workbench):
                for report in workbench.work():
                    self._put(report)
        except (BrokenPipeError, ConnectionResetError):
            return
        except Exception as error:
            self._put(Died(f"{type(error).__name__}: {error}"))
            raise

    def _listen(self, workbench: Workbench) -> bool:
        """Take in every order that is there; with nothing to do, wait for one. False: there is no player any more."""
        while select.select([self._socket], (), (), 0.0 if workbench.busy() else None)[0]:
            packet = self._socket.recv(_PACKET)
            if not packet:
                return False
            workbench.receive(self._decoder.decode(packet))
        return True

    def _put(self, report: Report) -> None:
        self._socket.sendall(self._encoder.encode(report))
