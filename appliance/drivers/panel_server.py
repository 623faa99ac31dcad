"""The panel's process: one loop that hears the player and the striker, and serves all pages."""

import asyncio
import contextlib
import os
import signal
import ssl
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from appliance.drivers.panel_http import BODY, House, application
from appliance.drivers.panel_hub import Hub
from appliance.drivers.panel_live import Live
from appliance.drivers.panel_upload import Upload, UploadPlace
from appliance.drivers.supervisor import Supervisor
from appliance.errors import SettingsError
from appliance.panel.api import OPERATIONS
from appliance.panel.asking import LONGEST

# Connections that have said nothing for so long (s) are closed; a page's WebSocket is asked for a sign of life.
_IDLE = 60.0
_PING = 20.0
_BACKLOG = 64
# Bytes of a request's head.
_HEAD = 16 << 10


class PanelServer:
    """Serves until it is told to stop. Raises: SettingsError when it cannot listen."""

    def __init__(
        self,
        house: House,
        hub: Hub,
        acts: Mapping[str, Any],
        do: Callable[..., Any],
        tls: ssl.SSLContext | None,
        places: Mapping[str, UploadPlace],
    ) -> None:
        """`acts`: by method and path, as in `GET /api/models`; `do`: what a page asks while it plays.

        `places`: of uploads, by their paths.
        """
        self._house = house
        self._hub = hub
        by_operation = {operation: acts[f"{operation.method} {operation.path}"] for operation in OPERATIONS}
        app = application(house, by_operation, Live, Upload, {"hub": hub, "do": do}, places)
        app.settings.update(
            websocket_ping_interval=_PING,
            websocket_ping_timeout=_PING,
            websocket_max_message_size=LONGEST,
        )
        self._server = HTTPServer(
            app,
            ssl_options=tls,
            max_body_size=BODY,
            max_header_size=_HEAD,
            max_buffer_size=max(BODY, 1 << 18) + _HEAD,
            idle_connection_timeout=_IDLE,
            body_timeout=_IDLE,
        )

    def listen(self, host: str, port: int) -> int:
        """The port that is listened at. Raises: SettingsError."""
        try:
            sockets = bind_sockets(port, host, backlog=_BACKLOG)
        except OSError as error:
            raise SettingsError(
                f"the panel cannot listen at {host}:{port}: {error.strerror}; see panel.host and panel.port"
            ) from None
        self._server.add_sockets(sockets)
        return int(sockets[0].getsockname()[1])

    async def serve(
        self,
        *works: Coroutine[Any, Any, None],
        until_eof: bool,
        ready: Callable[[], None],
        leaving: Callable[[], None],
    ) -> None:
        """Until a signal comes, or standard input ends; `leaving` is called while player and striker can still hear."""
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, stop.set)
        if until_eof:
            loop.add_reader(sys.stdin.fileno(), _until_eof, stop)
        supervisor = Supervisor.of_environment()
        tasks = [asyncio.create_task(work) for work in (*works, self._hub.keep(), _feed(supervisor))]
        for task in tasks:
            task.add_done_callback(lambda done: stop.set() if not done.cancelled() else None)
        supervisor.ready("serves")
        ready()
        await stop.wait()
        supervisor.stopping()
        leaving()
        self._server.stop()
        self._hub.close()
        for task in tasks:
            task.cancel()
        await self._server.close_all_connections()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """For a server. Raises: SettingsError when they do not fit."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"{certificate} cannot be used: delete it, and the panel makes a new one ({error})"
        ) from None
    return context


def _until_eof(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        stop.set()


async def _feed(supervisor: Supervisor) -> None:
    loop = asyncio.get_running_loop()
    while True:
        deadline = supervisor.next_deadline()
        await asyncio.sleep(60.0 if deadline is None else max(0.0, deadline - loop.time()))
        supervisor.advance(loop.time())
