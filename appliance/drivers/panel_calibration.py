"""A motor's calibration from the page: `ghostnote calibrate` in a process of its own, with a pad of the box as its ear.

The player hears the pads; what it writes down of the one under the stick is handed on. So nothing else opens a port.
"""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from appliance.calibration.told import FindingsTold, PanicTold, SeriesTold, read_line
from appliance.clock import Clock
from appliance.controls.control import Control
from appliance.controls.wire import Request as Asked
from appliance.controls.wire import Turn
from appliance.drivers.panel_errand import errand_environment, sentence
from appliance.drivers.panel_http import Request
from appliance.drivers.panel_sticks import Sticks
from appliance.errors import SettingsError
from appliance.panel.api import Calibrate, Refusal
from appliance.panel.calibrating import LASTS, Calibrating, State
from appliance.panel.stage import Stage
from appliance.routes import PANEL
from appliance.strike.kit import Motor

# The ear of a demo, whose motors are dry: simulated sticks meet a simulated drum.
IMAGINED = "imagined"

_LONGEST_LINE = 1 << 20
_SPARE = 15.0  # s beyond what a motor may take: to start, and on a machine that is busy
_LEAVES = 30.0  # s that a duet may take to end an answer that nobody hears
_LOOK = 0.2

_NOTE_ON = 0x90  # MIDI 1.0


class Calibration:
    """One at a time. Each public coroutine is an Act."""

    def __init__(
        self,
        words: Callable[[], Sequence[str]],
        sticks: Sticks,
        stage: Stage,
        clock: Clock,
        ask: Callable[[Asked], object],
        keep: Callable[[Motor], Awaitable[bool]],
        *,
        imagined: bool,
    ) -> None:
        """`words`: the options of the command; `ask`: the player; `keep`: whether a motor was written down."""
        self._words = words
        self._sticks = sticks
        self._stage = stage
        self._clock = clock
        self._ask = ask
        self._keep = keep
        self._imagined = imagined
        self._now: Calibrating | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._quieted: list[Turn] = []  # how to take back what was turned for it

    @property
    def ears(self) -> list[str]:
        """What can hear a drum: the pads that are there, or in a demo the imagination."""
        if self._imagined:
            return [IMAGINED]
        return [name for name, pad in self._stage.tree["pads"].items() if pad["port"] and name != PANEL]

    async def begin(self, request: Request) -> dict[str, Any]:
        """Raises: Refusal while it plays, or for a motor or an ear that there is not."""
        asked: Calibrate = request.body
        if asked.motor not in self._stage.tree["motors"]:
            there = ", ".join(self._stage.tree["motors"])
            raise Refusal(404, "not_found", f"there is no motor {asked.motor[:64]!r}: there are {there}")
        if asked.ear not in self.ears:
            there = ", ".join(self.ears) or "none: plug in the pad that lies under the stick"
            raise Refusal(404, "no_ear", f"there is no ear {asked.ear[:64]!r}: there are {there}")
        if not self._stage.tree["striker"]["here"]:
            raise Refusal(503, "striker_away", "the striker is away")
        if self._task is not None and not self._task.done():
            raise Refusal(409, "busy", "the band still ends what it heard of the one before: try again in a moment")
        self._sticks.claim()
        self._now = Calibrating(asked.motor, asked.ear, self._clock.now())
        self._task = asyncio.create_task(self._run(asked, self._now))
        return {"motor": asked.motor, "ear": asked.ear, "lasts": LASTS}

    async def stop(self, _: Request) -> None:
        """Leave it; it is nothing where none runs."""
        self.end(State.STOPPED)

    def end(self, state: State) -> None:
        """It is over, at once."""
        if self._now is not None and self._now.state is State.RUNS:
            self._now.end(state)
            self._kill()  # who sees it end, finds the sticks free

    def leave(self) -> None:
        """The panel ends: the band is left as it was."""
        self.end(State.STOPPED)
        self._let_sound()

    def receive(self, port: str, time: float, message: bytes) -> None:
        """A message of a pad: the ear's, or of somebody who plays."""
        if self._now is None or self._now.state is not State.RUNS:
            return
        if len(message) < 3 or message[0] & 0xF0 != _NOTE_ON or not message[2]:
            return
        if port != self._now.tree["ear"]:
            self.end(State.PLAYED)
        elif self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(f"{time:.6f} {message[2]}\n".encode())

    async def _run(self, asked: Calibrate, now: Calibrating) -> None:
        try:
            if asked.ear != IMAGINED:
                self._quiet()
            self._show(now)
            async with asyncio.timeout(LASTS + _SPARE):
                await self._measure(asked, now)
        except TimeoutError:
            now.end(State.FAILED, ["it took too long: is the machine busy?"])
        except (OSError, SettingsError, msgspec.MsgspecError, ValueError) as error:
            now.end(State.FAILED, [str(error)])
        finally:
            self._kill()
            self._process = None
            self._sticks.release()
            self._show(now)
            await self._let_end()

    async def _measure(self, asked: Calibrate, now: Calibrating) -> None:
        ear = "simulated" if asked.ear == IMAGINED else "-"
        words = ["calibrate", "--json", "--ear", ear, "--ear-delay", f"{asked.delay * 1e3:.3f}"]
        process = self._process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-P", "-m", "appliance", *words, *self._words(), "--", asked.motor],
            env=errand_environment(None),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd="/",
            limit=_LONGEST_LINE,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        if now.state is not State.RUNS:
            return  # a panic came before it was there
        async for text in process.stdout:
            await self._take(read_line(text), now)
            if now.state is not State.RUNS:
                return
        said = await process.stderr.read()
        now.end(State.FAILED, [sentence(said, await process.wait())])

    async def _take(self, told: SeriesTold | FindingsTold | PanicTold, now: Calibrating) -> None:
        match told:
            case SeriesTold(dots=dots):
                now.hear(dots)
                self._show(now)
            case PanicTold():
                now.end(State.PANIC)
            case FindingsTold(found=None, doubts=doubts):
                now.end(State.DOUBTFUL, doubts)
            case FindingsTold(found=Motor() as found):
                kept = now.state is State.RUNS and now.tree["ear"] != IMAGINED and await self._keep(found)
                now.end(State.STEADY, (), found, kept=kept)

    def _show(self, now: Calibrating) -> None:
        if now is self._now:
            self._stage.put(calibration=now.tree)
            self._sticks.changed()

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def _quiet(self) -> None:
        """The band hears the pad under the stick as well: what it would answer is not beaten."""
        for name, duet in self._stage.tree["duets"].items():
            for control, quiet in ((Control.MUTE, True), (Control.THRU, False)):
                value = duet["values"].get(control.value)
                if value is not quiet:
                    self._ask(Turn(control, quiet, name))
                    self._quieted.append(Turn(control, value, name))

    async def _let_end(self) -> None:
        """What the band heard, it answers: unheard, as far as that has an end."""
        end = self._clock.now() + _LEAVES
        try:
            while self._quieted and self._sticks.playing and self._clock.now() < end:
                await asyncio.sleep(_LOOK)
        finally:
            self._let_sound()

    def _let_sound(self) -> None:
        quieted, self._quieted = self._quieted, []
        for turn in quieted:
            self._ask(turn)
