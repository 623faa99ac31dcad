"""Events such as nobody sends: floods, garbage, every legal message, every control, ports that go, all by a seed."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from appliance.controls.control import PUSHES, Control, Turned, Value
from appliance.controls.limits import CHOICES, NAMED, SPANS, SWITCHES

PORTS = ("pad", "knobs", "elsewhere")


def events_of(chance: random.Random, count: int) -> Iterator[tuple[float, Turned | bytes | str]]:
    """Waits (s) and what then comes: bytes of a wire, a control, or a port that is lost (empty: a foot on the switch).

    It comes in spells: floods, a player who plays, silence.
    """
    told = 0
    while told < count:
        spell = chance.choice(_SPELLS)
        for _ in range(min(spell.events, count - told)):
            told += 1
            yield chance.expovariate(1.0) * spell.wait, _event(chance, spell)


class _Spell(NamedTuple):
    events: int
    wait: float  # s between two events, on average
    legal: float  # share of events that are whole messages
    hits: float  # share of those that are hits


_SPELLS = (
    _Spell(1000, 0.0001, 1.0, 0.8),  # a flood of hits, 10,000 a second
    _Spell(1000, 0.0001, 1.0, 0.1),  # of everything
    _Spell(1000, 0.0001, 0.0, 0.0),  # of garbage
    _Spell(40, 0.15, 1.0, 0.95),  # somebody plays
    _Spell(40, 0.25, 1.0, 0.6),
    _Spell(96, 0.0208, 1.0, 0.0),  # a clock of 120 quarters a minute, and what comes between
    _Spell(2, 10.0, 1.0, 0.5),
)


def _event(chance: random.Random, spell: _Spell) -> Turned | bytes | str:
    if chance.random() >= spell.legal:
        return chance.randbytes(chance.randint(1, 6))
    if chance.random() < spell.hits:
        return bytes((0x90 | chance.choice((0, 9)), chance.choice((36, 38, 42, 46, 45, 49, 3)), chance.randint(0, 127)))
    kind = chance.random()
    if kind < 0.15:
        return _turned(chance)
    if kind < 0.18:
        return chance.choice(("", *PORTS))
    if kind < 0.6:
        return bytes((chance.choice((0xF8, 0xF8, 0xF8, 0xF8, 0xFA, 0xFB, 0xFC, 0xFE)),))
    return _legal(chance)


def _legal(chance: random.Random) -> bytes:
    """Any message of MIDI 1.0; a panic is rare, or nothing else would ever last."""
    status = chance.choice((0x80, 0x90, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0, 0xF1, 0xF2, 0xF3, 0xF6))
    first, second = chance.randint(0, 127), chance.randint(0, 127)
    if status >= 0xF0:
        data = {0xF0: (first, second, 0xF7), 0xF1: (first,), 0xF2: (first, second), 0xF3: (first,), 0xF6: ()}[status]
        return bytes((status, *data))
    if status == 0xB0 and first > 119 and chance.random() < 0.9:
        first -= 40
    return bytes((status | chance.randint(0, 15), first, *(() if status in (0xC0, 0xD0) else (second,))))


def _turned(chance: random.Random) -> Turned:
    control = chance.choice([one for one in Control if one is not Control.PANIC])
    return Turned(0.0, control, _value(chance, control), chance.choice(("", "", "a", "b", "c", "nobody")))


def _value(chance: random.Random, control: Control) -> Value:
    if chance.random() < 0.1:
        wild: tuple[Value, ...] = (None, True, -1, 10**9, float("nan"), float("inf"), "", "dance")
        return chance.choice(wild)
    if control in PUSHES:
        return None
    if control in SWITCHES:
        return chance.random() < 0.5
    if control in CHOICES:
        return chance.choice(CHOICES[control])
    if control in NAMED:
        return chance.choice(("dice", "triplets", "broken", 0, 1, 2, "plain", "wild"))
    span = SPANS[control]
    value = chance.uniform(span.left, span.right)
    return round(value) if span.whole else value
