"""Keys, folders and release files for the tests, by the real ssh-keygen."""

import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest

from appliance.drivers.release_writer import Label, write_release
from appliance.drivers.signature import NAMESPACE, SIGNER, sign
from appliance.release.manifest import Kind

needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen on this computer")

LABEL = Label(Kind.APPLICATION, "1.5.0", "2026-11-01", "aarch64", "3.11")


def make_key(folder: Path, name: str = "key") -> Path:
    key = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key], check=True)
    return key


def allow(key: Path, signers: Path, options: str = "") -> Path:
    public = key.with_name(f"{key.name}.pub").read_text().split()
    words = f'namespaces="{NAMESPACE}"{"," if options else ""}{options}'
    signers.write_text(f"{SIGNER} {words} {public[0]} {public[1]}\n")
    return signers


def make_version(folder: Path, says: str = "plays") -> Path:
    """Fill a folder, which may be there already, with a version's files."""
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin/ghostnote"
    program.write_text(f"#!/bin/sh\necho {says}\n")
    program.chmod(0o755)
    (folder / "models").mkdir()
    (folder / "models/drum_kit_rnn.tflite").write_bytes(bytes(range(256)) * 40)
    return folder


def make_release(folder: Path, key: Path, label: Label = LABEL, says: str = "plays") -> Path:
    file = folder / f"ghostnote-{label.version}.release"
    write_release(make_version(folder / f"source-{label.version}-{says}", says), label, partial(sign, key=key), file)
    return file
