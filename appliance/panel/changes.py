"""Which settings a page may change: those of music and of pads; no path, no pin, no motor's limit."""

import re
from collections.abc import Callable, Mapping
from typing import Any

# Tables of music. Motors, pins and what limits them are the crew's, on the box itself; so are folders and this panel.
TABLES = frozenset(
    {
        "pad",
        "pads",
        "ports",
        "controls",
        "tempo",
        "clock",
        "metronome",
        "out",
        "osc",
        "call",
        "answer",
        "sampling",
        "duets",
        "scenes",
    }
)
_MOST = 64  # changes at once
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){1,4}")
_MODEL = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEEPEST = 6


def checked_changes(changes: Mapping[str, Any], path_of: Callable[[str], str]) -> dict[str, Any]:
    """The changes as they are to be written; `path_of`: what the player calls a model.

    Raises: ValueError for a setting that a page may not change, or a value that no settings file can hold.
    """
    if not 1 <= len(changes) <= _MOST:
        raise ValueError(f"change 1 to {_MOST} settings at once, not {len(changes)}")
    meant: dict[str, Any] = {}
    for key, value in changes.items():
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key[:80]!r} is no setting: name one with its table, such as tempo.qpm")
        table, _, _ = key.partition(".")
        if table not in TABLES:
            raise ValueError(f"{key} cannot be changed from the page: edit the settings file on the box")
        meant[key] = _plain(key, key.rpartition(".")[2], value, path_of, _DEEPEST)
    return meant


def _plain(where: str, key: str, value: Any, path_of: Callable[[str], str], deep: int) -> Any:
    if deep == 0:
        raise ValueError(f"{where} is nested too deeply")
    if isinstance(value, dict):
        return {name: _plain(f"{where}.{name}", name, inner, path_of, deep - 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(where, key, inner, path_of, deep - 1) for inner in value]
    if isinstance(value, str) and key in ("model", "models"):
        if not _MODEL.fullmatch(value):
            raise ValueError(f"{where} is the name of a model, not {value[:80]!r}")
        return path_of(value)
    if value is None and deep != _DEEPEST:
        raise ValueError(f"{where} has no value")
    return value
