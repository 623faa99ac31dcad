"""The page's WebSocket: what it is told and what it asks, in frames that nobody can flood the box with."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from appliance.drivers.panel_http import Guarded, House, host_is_ours, same_origin
from appliance.drivers.panel_hub import MOST, Hub
from appliance.panel.allowance import Allowance
from appliance.panel.api import Refusal
from appliance.panel.asking import Said, Time, read

# Frames a second of one page, and of bursts; who passes that is not heard, and who goes on for long is closed.
_RATE, _BURST = 200.0, 400.0
_DEAF = 2000

# Differences that may be on their way to a page; one that has not taken so many is behind.
_AHEAD = 8

# Answers that a page may leave unread.
_UNREAD = 256

_GARBAGE = (msgspec.MsgspecError, ValueError, RecursionError)

# Does what was asked. Raises: Refusal.
Do = Callable[[Said, float], Awaitable[None]]

_encode = msgspec.json.Encoder().encode


class Live(WebSocketHandler, Guarded):
    """One page that is open."""

    def initialize(self, house: House, **more: object) -> None:
        """`hub`: tells it; `do`: does what it asks."""
        Guarded.initialize(self, house)
        self._hub: Hub = more["hub"]  # type: ignore[assignment]
        self._do: Do = more["do"]  # type: ignore[assignment]
        self._allowance = Allowance(_BURST, _RATE)
        self._ignored = 0
        self._unsent = 0
        self._behind = False
        self._showing = 0  # frames that are on their way
        self._tasks: set[asyncio.Task[None]] = set()

    def prepare(self) -> None:
        """Raises: Refusal without a session."""
        if not host_is_ours(self.request.host, self.house.names):
            raise Refusal(400, "bad_request", "this box is not called so: add the name to panel.names")
        if not self.let_in:
            raise Refusal(401, "no_session", "log in first")

    def check_origin(self, origin: str) -> bool:
        """Only our own page may ask; what sends no origin is no browser, and still needs the session's cookie."""
        return same_origin(origin, self.request)

    def open(self, *_: str, **__: str) -> None:
        """It is there."""
        if self._hub.pages >= MOST:
            self.close(4503, f"{MOST} pages are open, there is no place for another")
            return
        self.set_nodelay(True)
        self._show(self._hub.enter(self))

    def on_close(self) -> None:
        """It is gone."""
        self._hub.leave(self)

    def show(self, difference: bytes) -> None:
        """A difference; a page that has not read the one before gets everything when it has."""
        if self._behind or self._showing >= _AHEAD:
            self._behind = True
            return
        self._show(difference)

    def close_for(self, code: int, reason: str) -> None:
        """Let it go."""
        self.close(code, reason)

    async def on_message(self, message: str | bytes) -> None:
        """A frame."""
        arrived = self._hub.clock.now()
        if not self._allowance.take(arrived):
            self._ignored += 1
            if self._ignored == _DEAF:
                self.close(4429, "that was a flood")
            return
        if not self.let_in:
            self.close(4401, "the session is over")
            return
        try:
            said = read(message)
        except _GARBAGE as error:
            self._answer({"t": "refused", "id": _id_of(message), "error": "bad_request", "text": str(error)})
            return
        if isinstance(said, Time):
            self._answer({"t": "time", "client": said.client, "server": arrived})
            return
        try:
            await self._do(said, arrived)
        except Refusal as refusal:
            self._answer({"t": "refused", "id": said.id, "error": refusal.error, "text": refusal.text})
        else:
            if said.id is not None:
                self._answer({"t": "ok", "id": said.id})

    def _show(self, frame: bytes) -> None:
        self._showing += 1
        self._start(frame).add_done_callback(self._sent)

    def _sent(self, _: object) -> None:
        self._showing -= 1
        if self._behind and not self._showing:
            self._behind = False
            if self.ws_connection is not None:
                # With it, whatever waits goes to all others, and not to this one: the snapshot has it.
                self._hub.leave(self)
                self._show(self._hub.enter(self))

    def _answer(self, answer: dict[str, object]) -> None:
        if self._unsent >= _UNREAD:
            self.close(4429, "answers are not read")
            return
        self._unsent += 1
        self._start(_encode(answer)).add_done_callback(self._answered)

    def _answered(self, _: object) -> None:
        self._unsent -= 1

    def _start(self, frame: bytes) -> asyncio.Task[None]:
        task = asyncio.create_task(self._send(frame))
        self._tasks.add(task)  # the loop alone would let it be collected
        task.add_done_callback(self._tasks.discard)
        return task

    async def _send(self, frame: bytes) -> None:
        try:
            await self.write_message(frame.decode())
        except (WebSocketClosedError, OSError):
            return


def _id_of(message: str | bytes) -> int | None:
    """Of a frame that is none of ours, but perhaps has a number."""
    try:
        numbered = msgspec.json.decode(message, type=_Numbered)
    except _GARBAGE:
        return None
    return numbered.id


class _Numbered(msgspec.Struct, frozen=True):
    id: int | None = None
