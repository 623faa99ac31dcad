"""The operations of updates and restarts: the panel asks, and whoever has the right to do it looks first."""

from pathlib import Path
from typing import Any

import msgspec

from appliance.drivers.panel_http import Request
from appliance.drivers.spool import RELEASE, RESTART, Spool
from appliance.drivers.version_store import VersionStore
from appliance.panel.api import Refusal
from appliance.release.manifest import Kind

_TOLD = 10  # updates of each kind that a page is shown, the latest first


class UpdateActs:
    """Each public method is an Act."""

    def __init__(self, spool: Spool | None, root: Path) -> None:
        """`spool`: where root is asked, None where nobody listens; `root`: where versions are."""
        self._spool = spool
        self._root = root

    @property
    def able(self) -> bool:
        """Whether there is a service that does what is asked."""
        return self._spool is not None and self._spool.folder.is_dir()

    async def stand(self, _: Request) -> dict[str, Any]:
        """What runs, what it can go back to, what became of each update, and what is asked and not done yet."""
        waiting = [] if self._spool is None else self._spool.waiting()
        working = self._spool is not None and self._spool.working()
        kinds = {kind.value: self._kind(kind) for kind in Kind}
        return {"able": self.able, "waiting": waiting, "working": working, "kinds": kinds}

    async def install(self, request: Request) -> dict[str, Any]:
        """A release was brought: it is installed between two songs, if its signature is good. Raises: Refusal."""
        spool = self._asked(RELEASE)
        try:
            spool.lay(request.body)
        except OSError as error:
            raise _unasked(error) from None
        return {"waiting": spool.waiting()}

    async def roll_back(self, request: Request) -> dict[str, Any]:
        """Raises: Refusal where there is nothing to go back to."""
        kind: Kind = request.body.kind
        if not self._kind(kind)["others"]:
            raise Refusal(409, "no_other_version", f"of {kind} there is no other version on this box to go back to")
        return self._ask(f"rollback.{kind}")

    async def restart(self, _: Request) -> dict[str, Any]:
        """All services start again between two songs. Raises: Refusal."""
        return self._ask(RESTART)

    def _ask(self, name: str) -> dict[str, Any]:
        spool = self._asked(name)
        try:
            spool.ask(name)
        except OSError as error:
            raise _unasked(error) from None
        return {"waiting": spool.waiting()}

    def _asked(self, name: str) -> Spool:
        if self._spool is None or not self.able:
            raise Refusal(503, "no_spool", "no service of this box does that: see docs/update.md")
        if name in self._spool.waiting():
            raise Refusal(409, "busy", "that is asked already: it is done between two songs")
        return self._spool

    def _kind(self, kind: Kind) -> dict[str, Any]:
        store = VersionStore(self._root if kind is Kind.APPLICATION else self._root / kind)
        running = store.running()
        updates = [msgspec.to_builtins(one) for one in reversed(store.chronicle().updates)][:_TOLD]
        others = [str(number) for number in store.installed() if number != running]
        return {"running": str(running or ""), "others": others, "updates": updates}


def _unasked(error: OSError) -> Refusal:
    return Refusal(503, "unavailable", f"it cannot be asked: {error.strerror}")
