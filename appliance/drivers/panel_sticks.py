"""Sticks that the panel moves of its own accord: ten soft strokes, or a calibration. One at a time; a panic ends it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from appliance.clock import Clock
from appliance.drivers.striker_link import StrikerLink
from appliance.errors import GhostnoteError, PanicPressed, StrikerLost
from appliance.notation.drums import KEYS, Drum
from appliance.notation.hit import Stroke
from appliance.panel.api import Refusal
from appliance.strike.outcome import LeftOut, Struck
from appliance.strike.wire import Panicked, Reply

_PATIENCE = 0.5  # s that the striker may take to greet

# Ten soft strokes, as `ghostnote buzz` has them.
BUZZ = 10
_VELOCITY = 24
_LEAD = 0.3  # s until the first: longer than any lead time
_EVERY = 0.3
_LATE = 1.0  # s behind the last by which every outcome is known


class Line:
    """A link to the striker that the panel's loop waits on."""

    def __init__(self, link: StrikerLink, clock: Clock, panicked: Callable[[], bool]) -> None:
        """`panicked`: whether the page has pressed panic since the line was asked for."""
        self.link = link
        self._clock = clock
        self._panicked = panicked
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(link.fileno(), self.wake)

    def wake(self) -> None:
        """Something else has come to look at."""
        self._news.set()

    async def wait(self, until: float) -> list[Reply]:
        """What the striker says, as soon as something comes; at the latest at `until`.

        Raises: StrikerLost, PanicPressed.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, until - self._clock.now())):
                await self._news.wait()
        return self.look()

    def look(self) -> list[Reply]:
        """What is there by now; it does not wait. Raises: StrikerLost, PanicPressed."""
        self._news.clear()
        replies = self.link.receive()
        if self._panicked() or any(isinstance(reply, Panicked) for reply in replies):
            self.link.cancel(self._clock.now())  # what was on its way behind the panic is not struck
            raise PanicPressed("panic was pressed: it is over")
        return replies

    def close(self) -> None:
        """Let go of it."""
        asyncio.get_running_loop().remove_reader(self.link.fileno())
        self.link.close()


class Sticks:
    """Whose turn it is to move them, and the ten soft strokes."""

    def __init__(self, path: Path, clock: Clock, playing: Callable[[], bool], changed: Callable[[], object]) -> None:
        """`path`: of the striker's socket; `playing`: whether the band does; `changed`: there is news for the pages."""
        self._path = path
        self._clock = clock
        self._playing = playing
        self.changed = changed
        self._panics = 0
        self._line: Line | None = None
        self._claimed = False
        self._task: asyncio.Task[None] | None = None

    @property
    def playing(self) -> bool:
        """Whether the band plays."""
        return self._playing()

    def claim(self) -> None:
        """Move them from now on, until `release`. Raises: Refusal."""
        if self._claimed:
            raise Refusal(409, "busy", "a stick is being moved already: wait for it, or press panic")
        if self.playing:
            raise Refusal(409, "busy", "the box plays: try a drum in a pause")
        self._claimed = True

    def release(self) -> None:
        """They rest."""
        self._claimed = False

    def panic(self) -> None:
        """The page has pressed it: nothing is sent behind it."""
        self._panics += 1
        if self._line is not None:
            self._line.wake()

    async def buzz(self, drum: Drum) -> None:
        """Ten soft strokes; it returns when they are asked for. Raises: Refusal, StrikerLost, PanicPressed."""
        self.claim()
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._move(drum, begun, self._panics))
        await begun

    async def _move(self, drum: Drum, begun: "asyncio.Future[None]", panics: int) -> None:
        try:
            async with self._opened(panics) as line:
                await self._buzz(line, drum, begun)
        except GhostnoteError as error:
            if not begun.done():
                begun.set_exception(error)
        finally:
            self.release()
            if not begun.done():
                begun.set_exception(StrikerLost("the strokes could not be asked for: see the panel's log"))

    @asynccontextmanager
    async def _opened(self, panics: int) -> AsyncIterator[Line]:
        """`panics`: how many there had been when it was asked for."""
        loop = asyncio.get_running_loop()
        link = await loop.run_in_executor(None, StrikerLink.connect, self._path, _PATIENCE)
        line = self._line = Line(link, self._clock, lambda: self._panics != panics)
        try:
            line.look()
            yield line
        finally:
            self._line = None
            line.close()

    async def _buzz(self, line: Line, drum: Drum, begun: "asyncio.Future[None]") -> None:
        first = self._clock.now() + _LEAD
        mine = {Stroke(first + number * _EVERY, KEYS[drum][0], _VELOCITY) for number in range(BUZZ)}
        line.link.send(mine)
        begun.set_result(None)
        end = first + BUZZ * _EVERY + _LATE
        while mine and self._clock.now() < end:
            mine.difference_update(_known(await line.wait(end)))


def _known(replies: Sequence[Reply]) -> list[Stroke]:
    return [reply.stroke for reply in replies if isinstance(reply, Struck | LeftOut)]
