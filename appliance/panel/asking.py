"""What a page says: one JSON object a frame."""

from typing import Annotated

import msgspec

from appliance.controls.control import Control, Value

LONGEST = 4096  # bytes of a frame

Number = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Key = Annotated[int, msgspec.Meta(ge=0, le=127)]
Velocity = Annotated[int, msgspec.Meta(ge=1, le=127)]
Byte = Annotated[int, msgspec.Meta(ge=0, le=255)]
Name = Annotated[str, msgspec.Meta(max_length=64)]
Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=32)]


class _Said(msgspec.Struct, frozen=True, tag_field="t", forbid_unknown_fields=True):
    """Answered with `ok` or `refused` where it has an `id`."""

    id: Number | None = None


class Time(_Said, frozen=True, tag="time", kw_only=True):
    """What time is it? `client` comes back."""

    client: float


class Hit(_Said, frozen=True, tag="hit", kw_only=True):
    """A pad of the page was struck: a General MIDI key."""

    key: Key
    velocity: Velocity


class Midi(_Said, frozen=True, tag="midi", kw_only=True):
    """A whole MIDI message of an instrument that the browser hears."""

    message: Annotated[tuple[Byte, ...], msgspec.Meta(min_length=1, max_length=3)]


class TurnTo(_Said, frozen=True, tag="turn", kw_only=True):
    """Turn a control, of one duet or of all."""

    control: Control
    value: Value = None
    duet: Name = ""


class Panic(_Said, frozen=True, tag="panic", kw_only=True):
    """Silence, at once."""


class Draw(_Said, frozen=True, tag="route", kw_only=True):
    """Who the duet hears, and where it plays."""

    duet: Name
    inputs: Names
    outputs: Names


class JoinDuet(_Said, frozen=True, tag="join", kw_only=True):
    """One more duet."""

    duet: Name
    inputs: Names
    outputs: Names


class PartDuet(_Said, frozen=True, tag="part", kw_only=True):
    """One less."""

    duet: Name


class LearnControl(_Said, frozen=True, tag="learn", kw_only=True):
    """The next knob is to be this control's; None: no longer."""

    control: Control | None
    duet: Name = ""


class LearnPads(_Said, frozen=True, tag="learn_pads", kw_only=True):
    """The drums of a pad are to be hit in turn; no drums: all of the kit; no pad: no longer."""

    pad: Name | None
    drums: Names = ()


class SkipDrum(_Said, frozen=True, tag="skip_drum", kw_only=True):
    """The pad that is learnt does not have the drum that is asked for."""


class KeepBindings(_Said, frozen=True, tag="keep_bindings", kw_only=True):
    """Write what was learnt to the owner's settings."""


class KeepRoutes(_Said, frozen=True, tag="keep_routes", kw_only=True):
    """Write what was drawn to the owner's settings."""


class Seen(_Said, frozen=True, tag="seen", kw_only=True):
    """The crew has seen what the lamp shows."""


Drawing = Draw | JoinDuet | PartDuet
Learning = LearnControl | LearnPads | SkipDrum
Said = Time | Hit | Midi | TurnTo | Panic | Drawing | Learning | KeepBindings | KeepRoutes | Seen

_decoder = msgspec.json.Decoder(Said)


def read(text: str | bytes) -> Said:
    """What was said. Raises: msgspec.MsgspecError, ValueError or RecursionError when it is nothing."""
    said: Said = _decoder.decode(text)
    return said
