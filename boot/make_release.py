"""Builds and signs a release: Ghostnote with its Python environment, in one file for one kind of board.

    python boot/make_release.py --machine aarch64 --key ~/.ssh/ghostnote_release -o dist/
    python boot/make_release.py --kind models --number 1.2.0 --key ... -o dist/ ballad.tflite fast.tflite
    python boot/make_release.py --kind settings --number 1.2.0 --key ... -o dist/ ghostnote.toml

It runs on any workstation: the board's packages are wheels, so nothing is compiled. It must run on the minor version of
Python that the board has (`--python` says which that is), since byte code is made here: a board with a read-only root
could not keep what it compiles, and would compile it at every start. The same commit gives the same bytes behind the
signature.
"""

import argparse
import compileall
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from py_compile import PycInvalidationMode

from appliance import __version__
from appliance.doctor.files import check_settings
from appliance.doctor.finding import Verdict
from appliance.drivers.model_file import read_card
from appliance.drivers.release_writer import Label, write_release
from appliance.drivers.settings_store import NAME as SETTINGS_NAME
from appliance.drivers.signature import sign
from appliance.errors import GhostnoteError, SettingsError
from appliance.release.manifest import Kind

_ROOT = Path(__file__).parents[1]

# What the box needs. Debian has systemd-python (python3-systemd), which has no wheel; and where lgpio and python-rtmidi
# have none (CPython 3.13) Debian or Raspberry Pi OS has them: python3-lgpio, python3-rtmidi. The launcher's Python sees
# its system's packages behind these.
_EXTRA = {"aarch64": "runtime", "armv7l": "tflite-runtime", "x86_64": "runtime"}
# With tomlkit `learn` and `calibrate` write into the owner's settings.
_PINS = ["gpiozero>=2.0.1", "pyserial>=3.5", "tomlkit>=0.13"]
_WHEELS_UNTIL_3_12 = ["lgpio>=0.2.2.0"]

# The newest C library that the oldest supported system has: Debian 12, glibc 2.36 (PEP 600).
_GLIBC = range(17, 37)

# 60 MB that no box uses: tests, headers, compilers for Fortran and C, a GPU's backend, type stubs, other installers.
_NOT_NEEDED = (
    "**/tests", "**/__pycache__", "**/*.pyi", "**/*.pxd", "bin", "numpy/f2py", "numpy/distutils",
    "numpy/_core/include", "numpy/_core/lib", "numpy/random/lib", "ai_edge_litert/libLiteRtWebGpuAccelerator.so",
    "ai_edge_litert/tools", "setuptools", "setuptools-*", "_distutils_hack", "distutils-precedence.pth",
)  # fmt: skip

_LAUNCHER = """\
#!/usr/bin/python3 -I
# Ghostnote: finds its packages beside itself, wherever the version lies.
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib"))

from appliance.__main__ import main

sys.exit(main())
"""


def main() -> int:
    """Build and sign; print the file's name."""
    args = _arguments()
    try:
        with tempfile.TemporaryDirectory(prefix="ghostnote-release-") as folder:
            version = Path(folder) / "version"
            if args.kind is Kind.APPLICATION:
                fill(version, args.machine, args.python)
                name = f"ghostnote-{args.number}-{args.machine}-python{args.python}.release"
                label = Label(args.kind, args.number, _day(), args.machine, args.python)
            else:
                gather(version, args.kind, args.files)
                name = f"ghostnote-{args.kind}-{args.number}.release"
                label = Label(args.kind, args.number, _day())
            args.output.mkdir(parents=True, exist_ok=True)
            made = write_release(version, label, partial(sign, key=args.key), args.output / name)
    except GhostnoteError as error:
        print(f"make_release: {error}", file=sys.stderr)
        return 2
    size = (args.output / name).stat().st_size
    print(f"{args.output / name}: {size >> 20} MB, {made.bytes >> 20} MB unpacked, {len(made.entries)} files")
    return 0


def _arguments() -> argparse.Namespace:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    parser = argparse.ArgumentParser(description="Build and sign a release.")
    parser.add_argument(
        "--machine", choices=sorted(_EXTRA), default="aarch64", help="the board's, as `uname -m` says it"
    )
    parser.add_argument(
        "--python", choices=[here], default=here, help=f"the board's; this one makes releases for {here}"
    )
    parser.add_argument("--kind", type=Kind, choices=list(Kind), default=Kind.APPLICATION, help="(application)")
    parser.add_argument("--number", default=__version__, help="its version, higher than that on the box; of models and "
                        "settings you count it yourself")  # fmt: skip
    parser.add_argument("--key", type=Path, required=True, help="the private key that signs (ssh-keygen -t ed25519)")
    parser.add_argument("-o", "--output", type=Path, default=Path("dist"), help="folder (dist)")
    parser.add_argument("files", type=Path, nargs="*", help="of models: .tflite files; of settings: one TOML file")
    args = parser.parse_args()
    if bool(args.files) == (args.kind is Kind.APPLICATION):
        parser.error("models and settings are made of files that you name, the application of this checkout")
    return args


def gather(version: Path, kind: Kind, files: Sequence[Path]) -> None:
    """Models or settings, each looked at as the box will. Raises: GhostnoteError for what no box could use."""
    version.mkdir()
    if kind is Kind.SETTINGS:
        if len(files) != 1:
            raise SettingsError(f"settings are one file, not {len(files)}")
        if (found := check_settings(files[0])).verdict is not Verdict.OK:
            raise SettingsError(found.found)
        shutil.copyfile(files[0], version / SETTINGS_NAME)
        return
    for file in files:
        if file.suffix != ".tflite":
            raise SettingsError(f"{file} is no .tflite file, as ghostnote-converter writes them")
        read_card(file)
        shutil.copyfile(file, version / file.name)


def fill(version: Path, machine: str, python: str) -> None:
    """Put everything into the version's folder. Raises: SettingsError when a package has no wheel for the board."""
    library = version / "lib"
    with tempfile.TemporaryDirectory(prefix="ghostnote-wheel-") as folder:
        _pip("wheel", "--no-deps", "--wheel-dir", folder, str(_ROOT))
        wheel = next(Path(folder).glob("ghostnote-*.whl"))
        # The panel's server has no wheel for 32-bit ARM: there is no page on those boards.
        extras = _EXTRA[machine] if machine == "armv7l" else f"{_EXTRA[machine]},panel"
        ghostnote = f"ghostnote[{extras}] @ {wheel.as_uri()}"
        wheels = _WHEELS_UNTIL_3_12 if python in ("3.11", "3.12") and machine != "armv7l" else []
        _pip("install", "--target", str(library), *_board(machine, python), ghostnote, *_PINS, *wheels)
    _trim(library)
    _compile(library)
    _launcher(version / "bin/ghostnote")
    shutil.copy2(_ROOT / "boot/settle.py", version / "bin/settle")
    shutil.copytree(_ROOT / "boot/units", version / "units")
    shutil.copy2(_ROOT / "LICENSE", version / "LICENSE")


def _board(machine: str, python: str) -> list[str]:
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in reversed(_GLIBC)]
    platforms += [f"manylinux2014_{machine}", f"linux_{machine}"]
    words = [word for platform in platforms for word in ("--platform", platform)]
    return [*words, "--python-version", python, "--implementation", "cp", "--only-binary=:all:", "--no-compile"]


def _pip(*words: str) -> None:
    done = subprocess.run(  # noqa: S603 - pip, with words of our own and no shell
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        complaints = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise SettingsError(f"pip {words[0]} failed: {' '.join(complaints) or done.stderr.strip()[-500:]}")


def _trim(library: Path) -> None:
    for pattern in _NOT_NEEDED:
        for path in sorted(library.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    for record in library.glob("*.dist-info/*"):
        # They name pip's folders on this computer, and differ from one making to the next.
        if record.name in ("RECORD", "direct_url.json", "REQUESTED", "INSTALLER"):
            record.unlink()


def _compile(library: Path) -> None:
    # "Unchecked": no look at the source's time, which a read-only root need not keep, and one file opened less.
    compileall.compile_dir(
        library,
        quiet=2,
        stripdir=str(library),
        prependdir="/opt/ghostnote/current/lib",
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        workers=0,
    )


def _launcher(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(_LAUNCHER)
    path.chmod(0o755)


def _day() -> str:
    """The day of the commit, so that the same commit gives the same file."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    words = ["git", "-C", str(_ROOT), "log", "-1", "--format=%cs"]
    if epoch:
        words = ["date", "--utc", f"--date=@{epoch}", "+%F"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
