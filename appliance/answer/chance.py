"""The dice of an evening: each throw has a number of its own, so none depends on how many came before it."""

import hashlib
import struct
from collections.abc import Callable
from itertools import count

_DOUBLE_BITS = 53  # IEEE 754: as many as a float of 0 to 1 holds exactly


def chance(seed: int, answer: int, step: int, take: int) -> float:
    """From 0 up to, but not including, 1; the same for the same numbers, on every machine.

    BLAKE2b (RFC 7693) of the four, its first 53 bits: there is no state that a worker would have to hand on.
    """
    return _thrown(seed, answer, step, take)


def dice(seed: int, answer: int, step: int, take: int) -> Callable[[], float]:
    """Throws for a step that needs several; the first is that of `chance`."""
    numbers = count()

    def throw() -> float:
        number = next(numbers)
        return _thrown(seed, answer, step, take, *((number,) if number else ()))

    return throw


def _thrown(*given: int) -> float:
    numbers = struct.pack(f"<{len(given)}Q", *(number % 2**64 for number in given))
    digest = hashlib.blake2b(numbers, digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> (64 - _DOUBLE_BITS)) / (1 << _DOUBLE_BITS)
