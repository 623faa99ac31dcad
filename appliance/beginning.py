"""How an evening began, and where its journal has a gap."""

from typing import Any

import msgspec

from appliance.notation.timeline import Grid


class Began(msgspec.Struct, frozen=True, tag=True):
    """The player begins: which model answers, and the seed from which all its chance comes."""

    model: str
    seed: int


class EveningBegan(msgspec.Struct, frozen=True, tag=True):
    """The first line of a journal that is kept: all that the rooms were made of.

    `settings`: every table in force; `arguments`: what was said on the command line, with the seed; `models`: the
    SHA-256 of each that was loaded, by its name. `wall` is the date by a clock that may be wrong.
    """

    format: int
    program: str
    wall: str
    settings: dict[str, Any]
    arguments: dict[str, Any]
    models: dict[str, str]


class Missed(msgspec.Struct, frozen=True, tag=True):
    """So many lines found no place in this journal."""

    lines: int


class Tuned(msgspec.Struct, frozen=True, tag=True):
    """The rooms now listen on this grid; `name` says for what."""

    name: str
    grid: Grid
