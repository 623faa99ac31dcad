#!/usr/bin/python3 -I
"""Unpacks a release on a system that has no Ghostnote yet, behind its signature, and prints its version.

    first_version.py FILE.release ALLOWED_SIGNERS FOLDER

What it reads is described in appliance/drivers/release_file.py, which does this on a box that has a version; it needs
packages that only a version brings, so this is one file and needs Python itself and ssh-keygen alone.
"""

import hashlib
import json
import os
import platform
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import IO, Any

MAGIC = b"ghostnote release 1\n"
SIGNER, NAMESPACE = "ghostnote-release", "release@ghostnote"
LONGEST = 8 * 1024 * 1024


def main() -> int:
    """Verify, look whether it fits, unpack."""
    file, signers, folder = map(Path, sys.argv[1:])
    try:
        # Where nobody else can change it between its verification and its unpacking.
        with tempfile.TemporaryFile(dir=folder) as copy:
            with file.open("rb") as stream:
                shutil.copyfileobj(stream, copy)
            copy.seek(0)
            print(install(copy, signers, folder))
    except (OSError, ValueError, tarfile.TarError) as error:
        print(f"install: {file}: {error}", file=sys.stderr)
        return 1
    return 0


def install(stream: IO[bytes], signers: Path, folder: Path) -> str:
    """The version, which lies whole in FOLDER/version. Raises: ValueError for a release that cannot be taken."""
    if stream.read(len(MAGIC)) != MAGIC:
        raise ValueError("this is no release of Ghostnote")
    signature = block(stream)
    signed = stream.tell()
    verify(stream, signature, signers)
    stream.seek(signed)
    manifest = json.loads(block(stream))
    fits(manifest)
    unpack(stream, manifest, folder / "version")
    return str(manifest["version"])


def block(stream: IO[bytes]) -> bytes:
    """What has its length before it."""
    length = struct.unpack(">I", stream.read(4).ljust(4, b"\0"))[0]
    if not 0 < length <= LONGEST:
        raise ValueError("the release is cut off or damaged: copy it again")
    return stream.read(length)


def verify(stream: IO[bytes], signature: bytes, signers: Path) -> None:
    """By the keys of the allowed-signers file alone."""
    stood = os.lseek(stream.fileno(), 0, os.SEEK_CUR)
    os.lseek(stream.fileno(), stream.tell(), os.SEEK_SET)
    with tempfile.NamedTemporaryFile() as written:
        written.write(signature)
        written.flush()
        words = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", SIGNER, "-n", NAMESPACE, "-s", written.name]
        done = subprocess.run(words, stdin=stream.fileno(), capture_output=True, text=True, check=False)  # noqa: S603
    # Where the stream believes the file to stand.
    os.lseek(stream.fileno(), stood, os.SEEK_SET)
    if done.returncode:
        said = " ".join((done.stderr + done.stdout).split())
        raise ValueError(f"its signature is not by a key that {signers} allows: {said}")


def fits(manifest: dict[str, Any]) -> None:
    """Whether this board and its Python can run it."""
    # A 32-bit Raspberry Pi OS on a Pi 4 has a 64-bit kernel (appliance/drivers/machine.py).
    narrow = platform.machine() == "aarch64" and sys.maxsize < 1 << 32
    here = ("armv7l" if narrow else platform.machine(), f"{sys.version_info.major}.{sys.version_info.minor}")
    meant = (manifest["machine"], manifest["python"])
    if (manifest["format"], manifest["kind"]) != (1, "application") or meant != here:
        raise ValueError(
            f"it is a release of {manifest['kind']} for {meant[0]} and Python {meant[1]}; "
            f"this is {here[0]} with Python {here[1]}"
        )


def unpack(stream: IO[bytes], manifest: dict[str, Any], folder: Path) -> None:
    """Every file of the manifest, and no other."""
    with tarfile.open(fileobj=stream, mode="r|xz") as archive:
        for entry, member in zip(manifest["entries"], archive, strict=True):
            content = archive.extractfile(member) if member.isreg() else None
            path = folder / entry["path"]
            if content is None or member.name != entry["path"] or ".." in path.parts or not path.is_relative_to(folder):
                raise ValueError(f"it holds {member.name!r}, which its manifest does not name")
            data = content.read()
            if hashlib.sha256(data).hexdigest() != entry["sha256"]:
                raise ValueError(f"{member.name} in it is damaged: copy it again")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o755 if entry.get("executable") else 0o644)


if __name__ == "__main__":
    sys.exit(main())
