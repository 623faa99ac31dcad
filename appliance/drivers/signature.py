"""Signatures of release files by OpenSSH (`ssh-keygen -Y`), which every box has, and so has every workstation.

The keys that may sign are in an allowed-signers file (ssh-keygen(1), ALLOWED SIGNERS), where a key may also have a
first and a last day.
"""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import IO

from appliance.errors import SettingsError, UpdateRefused

# What the signature is for: a key's signature under a mail or a commit is none for a release.
NAMESPACE = "release@ghostnote"

# Who signs, in the allowed-signers file; whose key that is, is the owner's affair.
SIGNER = "ghostnote-release"

# Seconds for hashing 200 MB on a Pi 3 and one elliptic curve.
_PATIENCE = 60.0


def sign(payload: Path, key: Path) -> bytes:
    """The signature of a file by a private key, or by the agent that has it. Raises: SettingsError."""
    with payload.open("rb") as stream:
        done = _ssh_keygen(["-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(key)], stream)
    if done.returncode or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----"):
        raise SettingsError(f"cannot sign with {key}: {_said(done)}")
    return done.stdout


def verify(payload: IO[bytes], signature: bytes, signers: Path) -> None:
    """Read the payload from where it stands to its end. Raises: UpdateRefused, SettingsError (no signers)."""
    if not signers.is_file():
        raise SettingsError(f"no allowed-signers file {signers}: `ghostnote update` trusts the keys in it alone")
    # The stream may have read ahead of what it gave; ssh-keygen reads from where the file itself stands.
    stood = os.lseek(payload.fileno(), 0, os.SEEK_CUR)
    os.lseek(payload.fileno(), payload.tell(), os.SEEK_SET)
    with tempfile.NamedTemporaryFile(prefix="ghostnote-", suffix=".sig") as written:
        written.write(signature)
        written.flush()
        verifying = ["-Y", "verify", "-f", str(signers), "-I", SIGNER, "-n", NAMESPACE, "-s", written.name]
        done = _ssh_keygen(verifying, payload)
    # Where the stream believes the file to stand: it reads on from there when what it has is used up.
    os.lseek(payload.fileno(), stood, os.SEEK_SET)
    if done.returncode:
        raise UpdateRefused(f"the release's signature is not by a key that {signers} allows today: {_said(done)}")


def _ssh_keygen(arguments: list[str], stream: IO[bytes]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - no shell; the payload goes by standard input
            ["ssh-keygen", *arguments],  # noqa: S607 - the system's own, wherever it is
            stdin=stream.fileno(),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except FileNotFoundError:
        raise SettingsError("there is no ssh-keygen: sudo apt install openssh-client") from None
    except subprocess.TimeoutExpired:
        raise UpdateRefused(f"the signature was not verified within {_PATIENCE:.0f} s") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    said = (done.stderr + b" " + (b"" if b"BEGIN" in done.stdout else done.stdout)).decode("utf-8", "replace")
    return " ".join(said.split())[:300] or f"ssh-keygen ended with {done.returncode}"
