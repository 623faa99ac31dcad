"""Where the files lie that come with the program: models, settings, stories."""

import os
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[1]

# Each place in a checkout, and in the share/ghostnote of an installation.
MODELS = ("models", "models")
SETTINGS = ("boot/ghostnote.toml", "ghostnote.toml")
STORIES = ("tests/stories", "stories")
FIRMWARE = ("hw/firmware", "firmware")

# Where a release of models lies on a box, before the shipped ones; the variable names another folder, for a trial.
_DELIVERED = Path("/opt/ghostnote/models/current")
DELIVERED_VARIABLE = "GHOSTNOTE_MODELS"


def model_folders() -> tuple[Path, ...]:
    """Where models are looked for by name: what was delivered to this box, and what came with the program."""
    delivered = Path(os.environ.get(DELIVERED_VARIABLE) or _DELIVERED)
    return (delivered, shipped(MODELS)) if delivered.is_dir() else (shipped(MODELS),)


def shipped(place: tuple[str, str]) -> Path:
    """One of the places above: beside the package in a checkout, else where the wheel put it."""
    if (_ROOT / "pyproject.toml").is_file():
        return _ROOT / place[0]
    # pip puts a wheel's data into the environment, with --user into the user's base (four folders up from its
    # lib/pythonX.Y/site-packages), and with --target beside the packages: there first, since it is nobody else's.
    bases = [_ROOT, Path(sys.prefix), *_ROOT.parents[:3]]
    shared = [base / "share/ghostnote" / place[1] for base in bases]
    return next((path for path in shared if path.exists()), shared[0])
