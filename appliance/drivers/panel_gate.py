"""Who may see the page: the password's file, the sessions' file, and who tries too often.

The password is kept as its scrypt hash. The first one, which the box makes itself, is kept in plain beside it until it
is changed, in a file that its owner alone can read: so `ghostnote panel password` can show it to a crew that missed the
first start. A password of the crew's own is kept nowhere.
"""

import asyncio
import contextlib
import secrets
import time
from pathlib import Path

import msgspec

from appliance.clock import Clock
from appliance.drivers.atomic_file import write_atomically
from appliance.errors import SettingsError
from appliance.panel.allowance import Tries
from appliance.panel.password import Kept, first_password, is_it, kept
from appliance.panel.sessions import Sessions

_PASSWORD = "password.json"  # noqa: S105 - a file's name
_SESSIONS = "sessions.json"
_TOKEN = 32  # bytes
_SALT = 16


class Gate:
    """The one password and all sessions. Raises: SettingsError when the folder cannot be used."""

    def __init__(self, folder: Path, hours: float, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._kept = read_password(folder)
        self._sessions = Sessions(hours * 3600, _read_sessions(folder))
        self._tries = Tries()
        self._work = asyncio.Lock()  # a hash takes 16 MB and a processor: one after the other

    @property
    def initial(self) -> bool:
        """Whether the password is still the one that the box made."""
        return bool(self._kept.first)

    def wait(self, address: str) -> float:
        """0 when this address may try now, and that was a try; else the seconds to wait."""
        return self._tries.take(address, self._clock.now())

    async def is_it(self, password: str, address: str) -> bool:
        """Whether it is the password."""
        # Somebody may have changed it on the console.
        self._kept = read_password(self._folder)
        async with self._work:
            right = await asyncio.get_running_loop().run_in_executor(None, is_it, password, self._kept)
        if right:
            self._tries.forget(address)
        return right

    async def change(self, password: str, token: str) -> None:
        """Another password; every session but this one ends. Raises: ValueError, SettingsError."""
        async with self._work:
            new = await asyncio.get_running_loop().run_in_executor(None, kept, password, secrets.token_bytes(_SALT))
        _write(self._folder / _PASSWORD, new)
        self._kept = new
        self._sessions.end_others(token)
        self._keep()

    def begin(self) -> str:
        """A new session; its token is for the cookie alone."""
        token = secrets.token_urlsafe(_TOKEN)
        self._sessions.begin(token, time.time())
        self._keep()
        return token

    def lets_in(self, token: str) -> bool:
        """Whether there is a session of this token."""
        return bool(token) and self._sessions.lets_in(token, time.time())

    def end(self, token: str) -> None:
        """No more of it."""
        self._sessions.end(token)
        self._keep()

    def invite(self, token: str) -> None:
        """Who shows it first is let in."""
        self._sessions.invite(token)

    def accept(self, token: str) -> bool:
        """Whether it was an invitation, which it is no more."""
        return self._sessions.accept(token)

    def _keep(self) -> None:
        # On a full disk people are let in all the same; they log in again when the panel is started again.
        with contextlib.suppress(SettingsError):
            _write(self._folder / _SESSIONS, self._sessions.ends)


def open_folder(folder: Path) -> None:
    """The folder, readable by its owner alone. Raises: SettingsError when it cannot be had."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"the panel cannot use {folder}: {error.strerror}; see panel.folder") from None


def make_password(folder: Path) -> str:
    """The first password where there is none yet, and what it is; empty when there was one. Raises: SettingsError."""
    if (folder / _PASSWORD).exists():
        return ""
    password = first_password(secrets.token_bytes(_SALT))
    _write(folder / _PASSWORD, kept(password, secrets.token_bytes(_SALT), first=True))
    return password


def set_password(folder: Path, password: str) -> None:
    """Another password; all sessions end. Raises: ValueError, SettingsError."""
    _write(folder / _PASSWORD, kept(password, secrets.token_bytes(_SALT)))
    _write(folder / _SESSIONS, {})


def read_password(folder: Path) -> Kept:
    """What is kept of it. Raises: SettingsError when it is not there, or cannot be read."""
    path = folder / _PASSWORD
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except OSError as error:
        raise SettingsError(f"cannot read the panel's password {path}: {error.strerror}") from None
    except msgspec.MsgspecError as error:
        raise SettingsError(f"{path} holds no password ({error}): delete it, and the panel makes a new one") from None


def _read_sessions(folder: Path) -> dict[str, float]:
    try:
        return msgspec.json.decode((folder / _SESSIONS).read_bytes(), type=dict[str, float])
    except (OSError, msgspec.MsgspecError):
        return {}  # everybody logs in again


def _write(path: Path, content: object) -> None:
    try:
        write_atomically(path, lambda stream: stream.write(msgspec.json.encode(content)), 0o600)
    except OSError as error:
        raise SettingsError(f"cannot write {path}: {error.strerror}") from None
