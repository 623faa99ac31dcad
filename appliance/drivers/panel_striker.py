"""The panel's way to the striker: what its board says, and a panic that does not go by the player."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from appliance.drivers.status_link import StatusLink, status_socket
from appliance.drivers.striker_link import StrikerLink
from appliance.errors import StrikerLost
from appliance.status.wire import Report, See

# Seconds between two questions; the striker answers within 0.05 s.
_ASK = 0.25
_SILENT = 4  # questions without an answer: nobody is there


class StrikerSide:
    """Asks for the board again and again; `report` is given what hangs there, None when nobody answers."""

    def __init__(self, path: Path, report: Callable[[Report | None], None]) -> None:
        """`path`: of the striker's socket."""
        self._path = path
        self._report = report
        self._link = StatusLink(status_socket(path))
        self._unanswered = _SILENT

    @property
    def here(self) -> bool:
        """Whether there is a striker."""
        return self._unanswered < _SILENT

    async def keep(self) -> None:
        """Ask until it is cancelled."""
        loop = asyncio.get_running_loop()
        listening = False
        try:
            while True:
                self._link.ask()
                if not listening and self._link.listens:
                    loop.add_reader(self._link.fileno(), self._read)
                    listening = True
                self._unanswered += 1
                if self._unanswered == _SILENT:
                    self._report(None)
                await asyncio.sleep(_ASK)
        finally:
            if listening:
                loop.remove_reader(self._link.fileno())
            self._link.close()

    def see(self) -> bool:
        """The crew has seen what is shown."""
        return self._link.tell(See())

    async def panic(self) -> bool:
        """Every motor rests now; whether a striker was told."""
        return await asyncio.get_running_loop().run_in_executor(None, self._panic)

    def _read(self) -> None:
        with contextlib.suppress(msgspec.MsgspecError, OSError):
            for report in self._link.reports():
                self._unanswered = 0
                self._report(report)

    def _panic(self) -> bool:
        try:
            with StrikerLink.connect(self._path, 0.0) as link:
                link.panic()
        except StrikerLost:
            return False
        return True
