"""How a bridge may be wired, to a board's GPIO lines or to an Arduino's pins: the numbers are theirs."""

import msgspec


class InInEnable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="in_in_enable"):
    """Two direction inputs and, unless jumpered high, a PWM input: L298N, TB6612, L293D."""

    in1: int
    in2: int
    enable: int | None = None


class InIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="in_in"):
    """A PWM input for each direction: DRV8871, BTS7960."""

    in1: int
    in2: int


class PhaseEnable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="phase_enable"):
    """A direction input and a PWM input: DRV8835 in its PH/EN mode, MAX14870."""

    phase: int
    enable: int


class Solenoid(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="solenoid"):
    """A MOSFET that pulls a solenoid; its spring is the way back."""

    line: int
