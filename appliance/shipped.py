"""Where the files lie that come with the program: models, settings, stories."""

import sys
from pathlib import Path

_CHECKOUT = Path(__file__).parents[1]
_INSTALLED = Path(sys.prefix) / "share/ghostnote"

MODELS = ("models", "models")
SETTINGS = ("boot/ghostnote.toml", "ghostnote.toml")
STORIES = ("tests/stories", "stories")


def shipped(place: tuple[str, str]) -> Path:
    """One of the places above: beside the package in a checkout, else where the wheel put it."""
    in_checkout, installed = _CHECKOUT / place[0], _INSTALLED / place[1]
    return installed if installed.exists() and not in_checkout.exists() else in_checkout
