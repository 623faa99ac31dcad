"""What a panel says to the player and hears from it: one JSON object a packet, so that a person can say it too.

{"type":"turn","control":"temperature","value":1.2}
"""

from typing import Annotated

import msgspec

from appliance.controls.control import Control, Value

VERSION = 1


class Turn(msgspec.Struct, frozen=True, tag="turn", tag_field="type", forbid_unknown_fields=True):
    """Turn a control; `duet` is the name of the one that is meant, empty for all."""

    control: Control
    value: Value = None
    duet: str = ""


class Learn(msgspec.Struct, frozen=True, tag="learn", tag_field="type", forbid_unknown_fields=True):
    """The next knob that is turned is to be this control's; None: no longer."""

    control: Control | None
    duet: str = ""


class Watch(msgspec.Struct, frozen=True, tag="watch", tag_field="type", forbid_unknown_fields=True):
    """From now on, send every line of the journal as it is written; the first say how things stand."""


class Play(msgspec.Struct, frozen=True, tag="play", tag_field="type", forbid_unknown_fields=True):
    """A MIDI message as if it came from a pad of the panel's own; `time` (s): when it was played, at most 0.1 s ago."""

    message: Annotated[tuple[Annotated[int, msgspec.Meta(ge=0, le=255)], ...], msgspec.Meta(min_length=1, max_length=3)]
    time: float | None = None


class Route(msgspec.Struct, frozen=True, tag="route", tag_field="type", forbid_unknown_fields=True):
    """From now on a duet hears these pads and duets, and plays on these outputs."""

    duet: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class Join(msgspec.Struct, frozen=True, tag="join", tag_field="type", forbid_unknown_fields=True):
    """One more duet, with these lines; it plays from the next hit that it hears."""

    duet: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class Part(msgspec.Struct, frozen=True, tag="part", tag_field="type", forbid_unknown_fields=True):
    """A duet goes, and what it plays stops."""

    duet: str


class Offer(msgspec.Struct, frozen=True, tag="offer", tag_field="type", forbid_unknown_fields=True):
    """From now on this model can be chosen as well: a shipped one's name, or a file."""

    model: str


class Welcome(msgspec.Struct, frozen=True, tag="welcome", tag_field="type"):
    """The first packet: which version of these words the player speaks, and its process."""

    version: int
    pid: int


class Refusal(msgspec.Struct, frozen=True, tag="refusal", tag_field="type"):
    """What was asked is not done; `text` says why. The connection stays."""

    text: str


Lines = Route | Join | Part  # who hears whom
Request = Turn | Learn | Watch | Play | Route | Join | Part | Offer
Answer = Welcome | Refusal
