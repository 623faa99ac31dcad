"""All pages at once: one state, one difference for all of them, and what each of them asks."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from appliance.clock import Clock
from appliance.panel.stage import Stage
from appliance.panel.telling import Telling

# Pages that are open at once.
MOST = 32

# Seconds between two looks at what has no event of its own: figures, heat, the board's temperature.
_LOOK = 0.5


class Page(Protocol):
    """A page's connection."""

    def show(self, difference: bytes) -> None:
        """Send a difference, unless the page is behind."""
        ...

    def close_for(self, code: int, reason: str) -> None:
        """Let it go."""
        ...


class Hub:
    """Tells every page what has changed, as soon as it may."""

    def __init__(self, stage: Stage, clock: Clock, measure: Callable[[], dict[str, object]]) -> None:
        """`measure`: what is to be known of the board."""
        self.stage = stage
        self.clock = clock
        self._telling = Telling(stage)
        self._measure = measure
        self._pages: set[Page] = set()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def pages(self) -> int:
        """How many are open."""
        return len(self._pages)

    def enter(self, page: Page) -> bytes:
        """Another page, and the snapshot that it is to be sent first."""
        self._tell(ahead=True)
        self._pages.add(page)
        return self._telling.snapshot(self.clock.now())

    def snapshot(self) -> bytes:
        """For a page that was behind; what is told from now on fits behind it."""
        self._tell(ahead=True)
        return self._telling.snapshot(self.clock.now())

    def leave(self, page: Page) -> None:
        """A page is closed."""
        self._pages.discard(page)

    def changed(self) -> None:
        """Something is to be told, when it may."""
        if self._timer is None:
            now = self.clock.now()
            wait = self._telling.next_deadline(now) - now
            self._timer = asyncio.get_running_loop().call_later(wait, self._tell)

    async def keep(self) -> None:
        """Look at the figures until it is cancelled."""
        while True:
            self.stage.measure(self.clock.now(), **self._measure())
            self.changed()
            await asyncio.sleep(_LOOK)

    def close(self) -> None:
        """The server goes."""
        if self._timer is not None:
            self._timer.cancel()
        for page in tuple(self._pages):
            page.close_for(1001, "the panel goes")

    def _tell(self, *, ahead: bool = False) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        difference = self._telling.difference(self.clock.now(), ahead=ahead)
        if difference is None:
            return
        for page in tuple(self._pages):
            page.show(difference)
