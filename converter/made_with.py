"""The programs a model was made with, for its card."""

import platform
import re
from importlib import metadata
from pathlib import Path

_PACKAGES = ("tensorflow", "ai-edge-litert", "numpy")
# The one place that has the version of the project, as pyproject.toml says too; read as text, never imported.
_VERSION_FILE = Path(__file__).parents[1] / "appliance" / "__init__.py"


def made_with() -> dict[str, str]:
    """Program to version: this project, Python, and the libraries that shape a model."""
    versions = {package: _installed(package) for package in _PACKAGES}
    return {"ghostnote": _own_version(), "python": platform.python_version(), **versions}


def _installed(package: str) -> str:
    for name in (package, f"{package}-cpu"):  # on x86 TensorFlow's distribution is tensorflow-cpu
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return "unknown"


def _own_version() -> str:
    match = re.search(r'^__version__ = "(.+)"', _VERSION_FILE.read_text("utf-8"), re.MULTILINE)
    return match[1] if match else "unknown"
