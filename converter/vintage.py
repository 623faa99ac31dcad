"""Which of Magenta's two drum maps a model was trained with."""

import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from converter.architecture import Architecture
from converter.drum_kit import DRUM_KIT, DRUM_MAP_2016, DRUM_MAP_2019, ONE_DRUM, Encoding
from converter.errors import SourceError
from converter.source import Source

DrumMapVintage = Literal["2019", "2016", "one_drum"]
_MAPS = MappingProxyType({"2019": DRUM_MAP_2019, "2016": DRUM_MAP_2016})


@dataclass(frozen=True)
class DatedEncoding:
    """An encoding, its drum map's vintage, and what the vintage was told by."""

    encoding: Encoding
    vintage: DrumMapVintage
    told_by: str


def date_encoding(source: Source, architecture: Architecture, chosen: Literal["2019", "2016"] | None) -> DatedEncoding:
    """The encoding of a drum_kit model, by the user's choice or by its age; a one_drum model knows one drum only.

    Magenta changed the map on 2019-04-24 (commit a33262f5), between TensorFlow 1.13.1 and 1.14.

    Raises:
        SourceError: it is no drum model.

    """
    config = architecture.config
    if config.family != "drums_rnn":
        raise SourceError(f"{source.origin.path} is a {config.family} model ({config.name}); it plays no drums.")
    if config.name == "one_drum":
        return DatedEncoding(ONE_DRUM, "one_drum", "the configuration")
    vintage, told_by = (chosen, "--drum-map") if chosen else _guess(source, architecture)
    return DatedEncoding(replace(DRUM_KIT, drum_map=_MAPS[vintage]), vintage, told_by)


def _guess(source: Source, architecture: Architecture) -> tuple[Literal["2019", "2016"], str]:
    if architecture.attention and architecture.attention.scope == "stack":
        return "2016", "attention over the whole stack, which Magenta gave up in 2017"
    version = source.graph.tensorflow_version if source.graph else ""
    if match := re.match(r"(\d+)\.(\d+)", version):
        if (int(match[1]), int(match[2])) < (1, 13):
            return "2016", f"TensorFlow {version} in its graph"
        return "2019", f"TensorFlow {version} in its graph"
    return "2019", "default"
