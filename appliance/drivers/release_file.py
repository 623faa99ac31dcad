r"""A release in one file: a signature, and behind it, signed, the manifest and the files themselves.

    "ghostnote release 1\n"
    4 bytes   length of the signature, big-endian
    signature (ssh-keygen's, armoured)
    4 bytes   length of the manifest                      } signed
    manifest  JSON                                        }
    files     a tar, compressed by xz, in the manifest's order, of regular files alone }

Nothing behind the signature is looked at before it is verified, and a file's length never comes from the tar.
"""

import hashlib
import os
import struct
import tarfile
from collections.abc import Iterator
from lzma import LZMAError
from pathlib import Path
from typing import IO

from appliance.drivers.atomic_file import sync_folder
from appliance.drivers.signature import verify
from appliance.errors import UpdateRefused
from appliance.release.manifest import Entry, Manifest, manifest

MAGIC = b"ghostnote release 1\n"
_LENGTH = struct.Struct(">I")
_LONGEST_SIGNATURE = 16 * 1024  # an RSA key of 16,384 bits makes 6 kB
_LONGEST_MANIFEST = 8 * 1024 * 1024
_PIECE = 1 << 20


def head(signature: bytes) -> bytes:
    """What stands before the signed part."""
    return MAGIC + _LENGTH.pack(len(signature)) + signature


def signed_head(manifest_text: bytes) -> bytes:
    """What stands before the files."""
    return _LENGTH.pack(len(manifest_text)) + manifest_text


class OwnRelease:
    """A release that was made on this computer: nobody else's, so its signature is passed over."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Read the manifest. Raises: UpdateRefused."""
        self._stream = stream
        self._look(_signature(stream))
        self.manifest: Manifest = manifest(_block(stream, _LONGEST_MANIFEST, "manifest"))

    def _look(self, signature: bytes) -> None:
        """At what stands before the signed part."""

    def unpack(self, folder: Path) -> None:
        """Every file of the manifest, in a folder that is there and empty; on disk when it returns.

        Raises: UpdateRefused when the files are not the manifest's; OSError, when the disk is full, too.
        """
        try:
            with tarfile.open(fileobj=self._stream, mode="r|xz") as archive:
                for entry, (member, content) in zip(self.manifest.entries, _members(archive), strict=True):
                    _check(entry, member)
                    _write(entry, content, folder)
        except (tarfile.TarError, LZMAError, EOFError) as error:
            raise UpdateRefused(f"the release's files cannot be unpacked: {error}") from None
        except ValueError:
            raise UpdateRefused("the release does not hold the files of its manifest") from None
        _sync(folder)


class ReleaseFile(OwnRelease):
    """A release that was verified; nobody else may write to the file while it is read."""

    def __init__(self, stream: IO[bytes], signers: Path) -> None:
        """Verify, and read the manifest. Raises: UpdateRefused, SettingsError."""
        self._signers = signers
        super().__init__(stream)

    def _look(self, signature: bytes) -> None:
        signed = self._stream.tell()
        verify(self._stream, signature, self._signers)
        self._stream.seek(signed)


def _signature(stream: IO[bytes]) -> bytes:
    if stream.read(len(MAGIC)) != MAGIC:
        raise UpdateRefused("this is no release of Ghostnote: it does not begin as one")
    return _block(stream, _LONGEST_SIGNATURE, "signature")


def _block(stream: IO[bytes], longest: int, name: str) -> bytes:
    length = _LENGTH.unpack(_exactly(stream, _LENGTH.size, name))[0]
    if not 0 < length <= longest:
        raise UpdateRefused(f"the release's {name} has {length} bytes: 1 to {longest} may be")
    return _exactly(stream, length, name)


def _exactly(stream: IO[bytes], length: int, name: str) -> bytes:
    read = stream.read(length)
    if len(read) != length:
        raise UpdateRefused(f"the release ends in the middle of its {name}: copy it again")
    return read


def _members(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    for member in archive:
        content = archive.extractfile(member) if member.isreg() else None
        if content is None:
            raise UpdateRefused(f"{member.name[:200]!r} in the release is no regular file")
        yield member, content


def _check(entry: Entry, member: tarfile.TarInfo) -> None:
    if (member.name, member.size) != (entry.path, entry.size):
        raise UpdateRefused(f"the release holds {member.name[:200]!r} where its manifest has {entry.path!r}")


def _write(entry: Entry, content: IO[bytes], folder: Path) -> None:
    path = folder / entry.path
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o755 if entry.executable else 0o644)
    with os.fdopen(handle, "wb") as stream:
        while piece := content.read(_PIECE):
            digest.update(piece)
            stream.write(piece)
        stream.flush()
        os.fsync(handle)
    if digest.hexdigest() != entry.sha256:
        raise UpdateRefused(f"{entry.path} in the release is not the file that its manifest names")


def _sync(folder: Path) -> None:
    for place in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        sync_folder(place)
