"""Errands of the panel in processes of their own: what reads files, or takes its time, is done elsewhere."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from appliance.panel.api import Refusal

_PATIENCE = 180.0  # s
_LONGEST = 32 << 20  # bytes of an answer
_AT_ONCE = 2
_QUEUE = 8  # errands that are under way or wait


class Errands:
    """Runs `ghostnote COMMAND` below everybody else: a concert beside it goes first."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def json(self, *words: str | Path, status: Sequence[int] = (0,), folder: Path | None = None) -> Any:
        """What it prints, decoded. Raises: Refusal when it fails."""
        _, printed = await self.run(*words, status=status, folder=folder)
        try:
            return msgspec.json.decode(printed)
        except msgspec.MsgspecError as error:
            raise Refusal(503, "unavailable", f"{words[0]} said what nobody can read: {error}") from None

    async def run(
        self, *words: str | Path, status: Sequence[int] = (0,), folder: Path | None = None
    ) -> tuple[int, bytes]:
        """How it ended and what it prints; `status`: with which it may end, `folder`: where it may write.

        Raises: Refusal.
        """
        if self._waiting >= _QUEUE:
            raise Refusal(409, "busy", "the panel is at work on something else: try again in a moment")
        self._waiting += 1
        try:
            async with self._places:
                return await self._run(words, status, folder)
        finally:
            self._waiting -= 1

    async def _run(self, words: Sequence[str | Path], status: Sequence[int], folder: Path | None) -> tuple[int, bytes]:
        plain = [shutil.which("nice") or "nice", "-n", "10"]
        process = await asyncio.create_subprocess_exec(
            *plain,
            sys.executable,
            "-P",
            "-m",
            "appliance",
            *map(str, words),
            env=errand_environment(folder),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd="/",
            limit=_LONGEST,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(_PATIENCE):
                printed, said = await process.communicate()
        except TimeoutError:
            raise Refusal(503, "unavailable", f"that took longer than {_PATIENCE:.0f} s and was stopped") from None
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.returncode is None or process.returncode not in status or len(printed) > _LONGEST:
            raise Refusal(400, "bad_request", sentence(said, process.returncode))
        return process.returncode, printed


@contextmanager
def errand_folder() -> Iterator[Path]:
    """A folder of an errand's own."""
    with tempfile.TemporaryDirectory(prefix="ghostnote-") as folder:
        yield Path(folder)


def errand_environment(folder: Path | None) -> dict[str, str]:
    """As little as it needs: our own package first, and where it may write."""
    home = str(Path(__file__).parents[2])
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return {**kept, "PYTHONPATH": path, **({} if folder is None else {"TMPDIR": str(folder)})}


def sentence(said: bytes, status: int | None) -> str:
    """What an errand said last, to be shown; how it ended where it said nothing of ours."""
    lines = said.decode(errors="replace").strip().splitlines()
    if lines and lines[-1].startswith("ghostnote: "):
        return lines[-1].removeprefix("ghostnote: ")[:1000]
    return f"it cannot be read: whoever tried ended with status {status}"
