"""Ids of records: UUIDs of version 7 (RFC 9562) that sort in the order of the log and tell where in it they stand."""

from __future__ import annotations

import os
import re
from typing import Final

from remit.errors import LedgerCorrupt

__all__ = ["LARGEST_SEQ", "make_id", "refuse_number", "seq_of"]

_SALT_BITS: Final = 22
_UUID_7: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
LARGEST_SEQ: Final = 2**40 - 1


def make_id(seq: int, at: int) -> str:
    """The id of record ``seq``, recorded at ``at`` (microseconds since 1970, UTC).

    48 bits of milliseconds, 12 bits that count the microseconds in them, 40 bits of the position in the log and 22 random bits:
    ids of one log rise strictly as long as time does not fall, and finding a record by its id needs no index.
    """
    if not (0 < seq <= LARGEST_SEQ and 0 <= at < 1000 << 48):
        raise ValueError(f"record {seq} at {at} is beyond what an id can hold")
    milli, micro = divmod(at, 1000)
    salt = int.from_bytes(os.urandom(3)) >> (24 - _SALT_BITS)
    when, place = f"{milli:012x}", f"{2 << 62 | seq << _SALT_BITS | salt:016x}"
    return f"{when[:8]}-{when[8:]}-7{micro:03x}-{place[:4]}-{place[4:]}"


def refuse_number(seq: int) -> int:
    """``seq``, the number of the last record. Raises :class:`remit.errors.LedgerCorrupt` where no record can have it, so that
    none can come after it: somebody has put it there."""
    if seq >= LARGEST_SEQ:
        raise LedgerCorrupt(f"the last record has number {seq}, which remit gives to none", {"seq": seq})
    return seq


def seq_of(record_id: str) -> int | None:
    """The position in the log that an id tells, or ``None`` if it is no id of a record."""
    if _UUID_7.fullmatch(record_id) is None:
        return None
    return int(record_id.replace("-", ""), 16) >> _SALT_BITS & LARGEST_SEQ or None
