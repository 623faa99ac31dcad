"""The operations of a session: in, out, and another password."""

import math
from collections.abc import Callable

from appliance import __version__
from appliance.drivers.panel_gate import Gate
from appliance.drivers.panel_http import Request
from appliance.errors import SettingsError
from appliance.panel.api import Refusal, openapi
from appliance.panel.sessions import csrf_of


class Entrance:
    """Each method is an Act."""

    def __init__(self, gate: Gate, *, demo: bool, tls: bool, restarts: Callable[[], bool]) -> None:
        """`restarts`: whether the box's services can be started again, or updated, from here."""
        self._restarts = restarts
        self._gate = gate
        self._demo = demo
        self._tls = tls

    async def login(self, request: Request) -> None:
        """Raises: Refusal when it is not the password, or was tried too often."""
        await self._check(request.body.password, request.address)

    async def logout(self, request: Request) -> None:
        """The session is over."""
        self._gate.end(request.token)

    async def session(self, request: Request) -> dict[str, object]:
        """What a page must know first."""
        return {
            "csrf": csrf_of(request.token),
            "version": __version__,
            "initial_password": self._gate.initial,
            "demo": self._demo,
            "tls": self._tls,
            "restarts": self._restarts(),
        }

    async def password(self, request: Request) -> None:
        """Raises: Refusal."""
        await self._check(request.body.old, request.address)
        try:
            await self._gate.change(request.body.new, request.token)
        except ValueError as error:
            raise Refusal(400, "weak_password", str(error)) from None
        except SettingsError as error:
            raise Refusal(503, "unavailable", str(error)) from None

    async def openapi(self, _: Request) -> dict[str, object]:
        """The description of all routes."""
        return openapi()

    async def _check(self, password: str, address: str) -> None:
        wait = self._gate.wait(address)
        if wait > 0:
            seconds = math.ceil(wait)
            raise Refusal(429, "too_many_tries", f"too many tries: wait {seconds} s", seconds)
        try:
            right = await self._gate.is_it(password, address)
        except SettingsError as error:
            raise Refusal(503, "unavailable", str(error)) from None
        if not right:
            raise Refusal(401, "wrong_password", "not the password: `ghostnote panel password` helps, on the box")
