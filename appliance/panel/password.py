"""The box's one password, and what is kept of it."""

import base64
import hashlib
import hmac

import msgspec

# RFC 7914: 128 * n * r bytes, here 16 MB, and some 60 ms on a Pi 4.
_N, _R, _P = 1 << 14, 8, 1
_MEMORY = 64 << 20

SHORTEST, LONGEST = 8, 256  # characters

# Of the first password: no letter that looks like another. 12 of them are 59 bits.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _LETTERS = 3, 4


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A password's hash and salt (base64, scrypt). `first`: the one that the box made itself, until it is changed."""

    salt: str
    hash: str
    first: str = ""


def first_password(chance: bytes) -> str:
    """A password made of at least 12 random bytes, such as `k7mf-x2pq-9hde`."""
    # 256 is not a multiple of 31: the first 8 letters come 9 times in 256 instead of 8.25, which costs 0.01 bits.
    letters = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in chance[: _GROUPS * _LETTERS])
    return "-".join(letters[at : at + _LETTERS] for at in range(0, len(letters), _LETTERS))


def kept(password: str, salt: bytes, *, first: bool = False) -> Kept:
    """What is kept of a password. Raises: ValueError for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"a password has {SHORTEST} to {LONGEST} characters, not {len(password)}")
    return Kept(_text(salt), _text(_scrypt(password, salt)), password if first else "")


def is_it(password: str, known: Kept) -> bool:
    """Whether it is the password; it takes as long for any."""
    found = _scrypt(password[: LONGEST + 1], base64.b64decode(known.salt))
    return hmac.compare_digest(found, base64.b64decode(known.hash))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
