"""The dice of an evening: each throw has a number of its own, so none depends on how many came before it."""

import hashlib
import struct

_DOUBLE_BITS = 53  # IEEE 754: as many as a float of 0 to 1 holds exactly


def chance(seed: int, answer: int, step: int, take: int) -> float:
    """From 0 up to, but not including, 1; the same for the same numbers, on every machine.

    BLAKE2b (RFC 7693) of the four, its first 53 bits: there is no state that a worker would have to hand on.
    """
    numbers = struct.pack("<QQQQ", *(number % 2**64 for number in (seed, answer, step, take)))
    digest = hashlib.blake2b(numbers, digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> (64 - _DOUBLE_BITS)) / (1 << _DOUBLE_BITS)
