"""What stands apart from the log: personal facts, masked facts and the words of people; and digests that need a secret.

The log holds a *commitment* in place of each such value: a hash of the value and 128 random bits that belong to this record and
this value alone. Value and random bits are kept in a table of their own. With them anybody can check that the value is the one
that was recorded; once they are erased, the commitment tells nothing, not even to somebody who guesses the value right.

Caps must go on counting for a guest who comes back after an erasure, so the series of a cap is named by a keyed digest (HMAC)
of the key facts. Who has the ledger's secret can compute it for a guest who stands before them, or test a guess; who has only
the log, a backup of it or an export can do neither. That is why the secret is kept apart from all of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from remit.language.identities import identity
from remit.ledger.log.canonical import encode

if TYPE_CHECKING:
    from hashlib import _Hash

__all__ = ["SECRET_BYTES", "SERIES_BYTES", "commit", "commitment", "customer_series", "fingerprint", "keyed", "series_of"]

SECRET_BYTES: Final = 32
SERIES_BYTES: Final = 16
_SALT_BYTES: Final = 16
_BLOCK_BYTES: Final = 64  # of SHA-256


def commitment(name: str, value: Any, salt: str) -> str:
    """The commitment to one value; ``salt`` is hexadecimal."""
    return "sha256:" + sha256(b"\x10" + bytes.fromhex(salt) + encode([name, value]).encode()).hexdigest()


def commit(values: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, list[Any]]]:
    """The commitments to values, for the log, and what opens them, ``{name: [salt, value]}``, to be kept apart."""
    salts = os.urandom(_SALT_BYTES * len(values)).hex()
    width = 2 * _SALT_BYTES
    opened = {name: [salts[i * width : (i + 1) * width], value] for i, (name, value) in enumerate(values.items())}
    return {name: commitment(name, value, salt) for name, (salt, value) in opened.items()}, opened


def series_of(secret: bytes, base: str, key: Mapping[str, Any]) -> bytes:
    """The name of a series of charges: a keyed digest of what it counts (``base``) and for whom (facts and their plain values,
    which hold no null character)."""
    text = f"remit series\x00{base}"
    for name, value in key.items():
        text = f"{text}\x00{name}\x00{value if type(value) is str else encode(value)}"
    return _hmac(secret, text.encode())[:SERIES_BYTES]


def customer_series(secret: bytes, fact: str, value: str, of: str = "customer") -> bytes:
    """The series of a customer's cases (:mod:`remit.ledger.caps.counting`), or of the notes about them (``of`` is ``note``)."""
    return series_of(secret, f"{of}\x00{fact}", {fact: identity(value)})


def keyed(secret: bytes, purpose: str, text: str) -> str:
    """A keyed digest of a text, in hexadecimal."""
    return _hmac(secret, f"remit {purpose}\x00{text}".encode()).hex()


def fingerprint(secret: bytes) -> str:
    """What a ledger notes of its secret, to know it again."""
    return _hmac(secret, b"remit fingerprint")[:8].hex()


def _hmac(secret: bytes, text: bytes) -> bytes:
    """HMAC with SHA-256 (RFC 2104). A grant takes half a dozen under one secret, so each goes on from the same beginnings: in
    half the time that the standard library takes for an equal one (tests/ledger/test_apart.py)."""
    begun, ended = _begun(secret)
    inner, outer = begun.copy(), ended.copy()
    inner.update(text)
    outer.update(inner.digest())
    return outer.digest()


@lru_cache(maxsize=16)
def _begun(secret: bytes) -> tuple[_Hash, _Hash]:
    key = (sha256(secret).digest() if len(secret) > _BLOCK_BYTES else secret).ljust(_BLOCK_BYTES, b"\x00")
    return sha256(bytes(each ^ 0x36 for each in key)), sha256(bytes(each ^ 0x5C for each in key))
