"""Where the box is heard and seen besides its drums: ports, a clock, a metronome, OSC."""

from typing import Annotated

import msgspec

# A duet's or the metronome's output that is no port: the box's own motors.
MOTORS = "motors"
OFF = "off"
VIRTUAL = "virtual"

Key = Annotated[int, msgspec.Meta(ge=0, le=127)]
Velocity = Annotated[int, msgspec.Meta(ge=1, le=127)]
Channel = Annotated[int, msgspec.Meta(ge=1, le=16)]

_FURTHEST = 0.5  # s: no instrument needs longer to sound
_PORTS = 16  # UDP and MIDI destinations that one box may have of a kind


class OutSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`ports`: names of ours, each with a MIDI output's name or pattern, or "virtual": a port that others connect to.

    `channel`: on which drums are sent, `length` s from a note-on to its note-off; `tones`: on which pitches that last;
    `offset`: s by which notes and clicks are sent later than their instant, below 0 earlier, for an instrument that
    takes its time; `state`: the controller that says whose turn it is, 0: none.
    Raises: ValueError for a name, a length or an offset that there cannot be.
    """

    ports: dict[str, str]
    channel: Channel
    length: float
    offset: float = 0.0
    state: Annotated[int, msgspec.Meta(ge=0, le=119)] = 0
    tones: Channel = 1

    def __post_init__(self) -> None:
        if not -_FURTHEST <= self.offset <= _FURTHEST:
            raise ValueError(f"out.offset is {-_FURTHEST:g} to {_FURTHEST:g} s, not {self.offset}")
        if len(self.ports) > _PORTS:
            raise ValueError(f"out.ports has at most {_PORTS} ports, not {len(self.ports)}")
        for name, port in self.ports.items():
            if name in (MOTORS, OFF):
                raise ValueError(f"out.ports.{name} cannot be called so: {name!r} is no port")
            if not port:
                raise ValueError(f'out.ports.{name} is empty: give a part of a MIDI output\'s name, or "{VIRTUAL}"')
        if not 0.001 <= self.length <= 2.0:
            raise ValueError(f"out.length is 0.001 to 2 s, not {self.length}")


class ClockSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`input`: the port that is followed, where tempo.source is "clock"; empty: every one.

    `outputs`: ports of [out.ports] that get the box's own clock; `always`: also while no song plays.
    """

    input: str
    outputs: tuple[str, ...]
    always: bool


class MetronomeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`output`: "off", "motors", or a port of [out.ports]. A click is a key and a velocity; `first` is a bar's first.

    On motors a key is the General MIDI key of the drum that clicks. `on`: from the start on; `count_in`: bars.
    `counted`: key and velocity on the motors by which a count-in is heard where `output` is "off"; velocity 0: not.
    """

    output: str
    on: bool
    count_in: Annotated[int, msgspec.Meta(ge=1, le=8)]
    channel: Channel
    first: tuple[Key, Velocity]
    other: tuple[Key, Velocity]
    counted: tuple[Key, Key] = (42, 0)


class OscSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`to`: such as "192.168.1.20:9000"; `ahead`: s before its instant that a message is sent.

    Raises: ValueError for what is no address.
    """

    to: tuple[str, ...]
    ahead: float

    def __post_init__(self) -> None:
        for address in self.to:
            read_address(address)
        if len(self.to) > _PORTS:
            raise ValueError(f"osc.to has at most {_PORTS} addresses, not {len(self.to)}")
        if not 0.0 <= self.ahead <= 5.0:
            raise ValueError(f"osc.ahead is 0 to 5 s, not {self.ahead}")


def read_address(text: str) -> tuple[str, int]:
    """Host and port of such as "192.168.1.20:9000". Raises: ValueError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"an OSC address is such as 192.168.1.20:9000, not {text!r}")
    return host.strip("[]"), int(port)


def check_outputs(out: OutSettings, **named: str) -> None:
    """Raises: ValueError unless each output is off, the motors or one of the ports; keys are where it is named."""
    there = ", ".join(out.ports) or "none"
    for where, name in named.items():
        if name not in (MOTORS, OFF, *out.ports):
            raise ValueError(f"{where.replace('__', '.')}: there is no {name!r} in [out.ports], but {there}")
