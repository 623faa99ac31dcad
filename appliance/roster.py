"""The band's duets and the lines between them, as they are now: duets come and go while the others play."""

import re
from collections.abc import Callable, Mapping, Sequence

from appliance.casting import Casting
from appliance.controls.wire import Join, Route
from appliance.duet import Duet
from appliance.routes import DuetSettings, Routes

# At once: each costs time of the worker with the models. And in all: who has gone keeps its seat there.
_MOST, _EVER = 8, 32

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")


class Roster:
    """Who plays, who hears whom, who is heard where."""

    def __init__(
        self,
        duets: Mapping[str, Duet],
        routes: Routes,
        casting: Casting | None = None,
        found: Callable[[str], Duet] | None = None,
    ) -> None:
        """Without a `casting` any model plays anywhere; `found` makes another duet, where more can come."""
        self.duets = dict(duets)
        self.routes = routes
        self._casting = casting
        self._found = found
        self._came = len(duets)

    def redraw(self, route: Route) -> bool:
        """Other lines at a duet; whether it is heard elsewhere now. Raises: ValueError for lines that cannot be."""
        redrawn = self.routes.redrawn(route.duet, route.inputs, route.outputs)
        self._cast(route.duet, self.duets[route.duet], route.outputs)
        before, self.routes = self.routes, redrawn
        return before.duets[route.duet].outputs != redrawn.duets[route.duet].outputs

    def lines(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What a duet hears, and where it is heard; nothing of one that is gone."""
        if name not in self.duets:
            return (), ()
        return self.routes.inputs(name), self.routes.duets[name].outputs

    def join(self, route: Join) -> Duet:
        """One more duet. Raises: ValueError for a name or lines that cannot be."""
        if self._found is None:
            raise ValueError("no duet can come here: this is a file that is answered")
        if not _NAME.fullmatch(route.duet):
            raise ValueError(f"a duet is called by letters, digits and _, 32 at most, not {route.duet[:40]!r}")
        if route.duet in self.duets:
            raise ValueError(f"there is a duet {route.duet} already")
        if len(self.duets) >= _MOST:
            raise ValueError(f"{_MOST} duets play already: take one away first")
        if self._came >= _EVER:
            raise ValueError(f"{_EVER} duets have come and gone: restart the player for more")
        routes = self.routes.joined(route.duet, DuetSettings()).redrawn(route.duet, route.inputs, route.outputs)
        duet = self._found(route.duet)
        self._came += 1  # also where it cannot be heard there after all
        for model in next(iter(self.duets.values())).dials.models:
            duet.dials = duet.dials.with_model(model)
        self._cast(duet.name, duet, route.outputs)
        self.duets[duet.name], self.routes = duet, routes
        return duet

    def part(self, name: str) -> None:
        """One less. Raises: ValueError for the last one, or the only one that another hears."""
        self.check_part(name)
        del self.duets[name]
        self.routes = self.routes.parted(name)

    def check_part(self, name: str) -> None:
        """Raises: ValueError where it cannot go."""
        if name not in self.duets:
            raise ValueError(f"there is no duet {name[:40]!r}: there are {', '.join(self.duets)}")
        if len(self.duets) == 1:
            raise ValueError(f"{name} is the only duet: it stays")
        self.routes.parted(name)

    def _cast(self, name: str, duet: Duet, outputs: Sequence[str]) -> None:
        """Raises: ValueError when the duet's model cannot be heard where it is to be."""
        if self._casting is None:
            return
        if reason := self._casting.refusal(name, duet.dials.answer.model, outputs):
            raise ValueError(reason)
        self._casting.redraw(name, outputs)
