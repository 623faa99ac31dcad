"""What the pads are: the table [pad], and in [pads] what differs for each of several."""

import difflib
from collections.abc import Mapping
from typing import Any

import msgspec

from appliance.notation.drums import Drum
from appliance.notation.hit import LOUDEST
from appliance.pad.touch import DrumTouch, Touch

# The name of the only pad, where [pads] has none.
ONLY = "pad"

_LABELS = {drum.label: drum for drum in Drum}


class PadSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a pad sends, and where it is.

    `port`: a part of its MIDI input's name or a pattern with * and ?; empty: it is looked for. `channel`: 1 to 16, or 0
    for all. `keys`: pad key to General MIDI key, for pads that send others. The others are a `Touch`, for all drums and
    in `drums` for one by its label. Raises: ValueError for what MIDI or a pad does not have.
    """

    channel: int
    keys: dict[int, int]
    port: str = ""
    threshold: int = 1
    hardest: int = LOUDEST
    curve: float = 1.0
    debounce: float = 0.0
    crosstalk: float = 0.0
    crosstalk_share: float = 0.0
    drums: dict[str, DrumTouch] = {}

    def __post_init__(self) -> None:
        if not 0 <= self.channel <= 16:
            raise ValueError(f"pad.channel is 1 to 16, or 0 for all channels, not {self.channel}")
        for key in (*self.keys, *self.keys.values()):
            if not 0 <= key <= LOUDEST:
                raise ValueError(f"pad.keys holds MIDI keys, 0 to 127, not {key}")
        for label in self.drums:
            if label not in _LABELS:
                raise ValueError(f"pad.drums: there is no drum {label}{meant(label, _LABELS)}")
        _ = self.touch, self.touches

    @property
    def touch(self) -> Touch:
        """The touch of every drum that has none of its own. Raises: ValueError."""
        own = DrumTouch(self.threshold, self.hardest, self.curve, self.debounce, self.crosstalk, self.crosstalk_share)
        return Touch().changed(own)

    @property
    def touches(self) -> dict[Drum, Touch]:
        """The drums that have a touch of their own. Raises: ValueError."""
        return {_LABELS[label]: self.touch.changed(drum) for label, drum in self.drums.items()}


def pads_of(default: PadSettings, named: Mapping[str, Any]) -> dict[str, PadSettings]:
    """The pads by name: those of [pads], each with what it says of its own; where there are none, [pad] alone.

    Raises: ValueError with the pad, the key and what is wrong.
    """
    if not named:
        return {ONLY: default}
    return {name: _changed(default, table, name) for name, table in named.items()}


def meant(word: str, known: Mapping[str, object]) -> str:
    """How a sentence about an unknown word ends: with the one that is perhaps meant, or with all there are."""
    close = difflib.get_close_matches(word, known, n=1)
    return f": did you mean {close[0]}?" if close else f": there are {', '.join(sorted(known))}"


def _changed(default: PadSettings, table: object, name: str) -> PadSettings:
    if not isinstance(table, dict):
        raise ValueError(f'pads.{name} is a table, such as pads.{name} = {{ port = "SPD" }}, not {table!r}')  # noqa: TRY004
    known = msgspec.to_builtins(default, str_keys=True)
    for key in table:
        if key not in known:
            raise ValueError(f"pads.{name}: there is no setting {key}{meant(key, known)}")
    try:
        return msgspec.convert(known | table, PadSettings, str_keys=True)
    except msgspec.ValidationError as error:
        raise ValueError(f"pads.{name}: {error}") from None
