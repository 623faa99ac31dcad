"""Releases for the box: good ones, and bad ones of every kind, made from a version that is unpacked."""

import compileall
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path
from py_compile import PycInvalidationMode

import msgspec

from appliance.drivers.release_file import OwnRelease, head
from appliance.drivers.release_writer import Label, write_release
from appliance.drivers.signature import sign
from appliance.release.manifest import Kind

# A player that is fine when it is tried by hand, and bad when systemd starts it.
_AS_A_SERVICE = 'import os as _os\nif _os.environ.get("NOTIFY_SOCKET"):\n    {}\n'
CRASHES = _AS_A_SERVICE.format('raise RuntimeError("crash")')
HANGS = _AS_A_SERVICE.format("import time; time.sleep(3600)")
# One that starts, and never answers a call: its worker is silent.
MUTE = "import time\ntime.sleep(3600)\n"
RUN, WORKER = "lib/appliance/commands/run.py", "lib/appliance/commands/answerer.py"


class Releases:
    """Made of one version in a folder of its own; each takes some seconds."""

    def __init__(self, release: Path, folder: Path, key: Path) -> None:
        """`release`: a good one, for its files; `key`: who signs."""
        self._folder = folder
        self.key = key
        self._version = folder / "version"
        self._version.mkdir(parents=True)
        with release.open("rb") as stream:
            good = OwnRelease(stream)
            good.unpack(self._version)
        self.base = good.manifest

    def make(self, number: str, before: dict[str, str] | None = None, key: Path | None = None) -> Path:
        """A release; `before`: code that comes first in some of its files."""
        file = self._folder / f"{number}.release"
        with _Patched(self._version, before or {}):
            label = Label(Kind.APPLICATION, number, self.base.made, self.base.machine, self.base.python)
            write_release(self._version, label, partial(sign, key=key or self.key), file, preset=0)
        return file

    def unsigned(self, release: Path) -> Path:
        """Where the signature was is none."""
        return self._changed(release, "unsigned", lambda data: head(b"none") + data[_signed(data) :])

    def truncated(self, release: Path) -> Path:
        """Two thirds of it."""
        return self._changed(release, "truncated", lambda data: data[: len(data) * 2 // 3])

    def flipped(self, release: Path) -> Path:
        """One bit of one byte in its middle is another."""

        def flip(data: bytes) -> bytes:
            middle = len(data) // 2
            return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]

        return self._changed(release, "flipped", flip)

    def newer_format(self, release: Path) -> Path:
        """Signed, and of a format that nobody knows yet."""

        def renew(data: bytes) -> bytes:
            signed = data[_signed(data) :]
            (length,) = struct.unpack(">I", signed[:4])
            manifest = msgspec.json.decode(signed[4 : 4 + length])
            text = msgspec.json.encode({**manifest, "format": 2})
            payload = struct.pack(">I", len(text)) + text + signed[4 + length :]
            bare = self._folder / "payload"
            bare.write_bytes(payload)
            return head(sign(bare, self.key)) + payload

        return self._changed(release, "newer-format", renew)

    def _changed(self, release: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
        file = self._folder / f"{name}.release"
        file.write_bytes(change(release.read_bytes()))
        return file


def _signed(data: bytes) -> int:
    """Where the signed part begins."""
    from appliance.drivers.release_file import MAGIC

    (length,) = struct.unpack(">I", data[len(MAGIC) : len(MAGIC) + 4])
    return len(MAGIC) + 4 + int(length)


class _Patched:
    def __init__(self, version: Path, before: dict[str, str]) -> None:
        self._version, self._before = version, before
        self._kept: dict[Path, bytes] = {}

    def __enter__(self) -> None:
        for name, code in self._before.items():
            file = self._version / name
            self._kept[file] = file.read_bytes()
            future = "from __future__"
            assert future not in self._kept[file].decode()
            file.write_text(code + self._kept[file].decode())
        self._compile()

    def __exit__(self, *_: object) -> None:
        for file, content in self._kept.items():
            file.write_bytes(content)
        self._compile()

    def _compile(self) -> None:
        for file in self._kept:
            # The release's byte code is not looked at again: it must be the patched one.
            compileall.compile_file(file, quiet=2, force=True, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def make_key(folder: Path, name: str) -> Path:
    """A key, and the file of who may sign beside it."""
    import subprocess

    key = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key], check=True)
    public = key.with_name(f"{name}.pub").read_text().split()
    key.with_name(f"{name}.signers").write_text(
        f'ghostnote-release namespaces="release@ghostnote" {public[0]} {public[1]}\n'
    )
    return key
