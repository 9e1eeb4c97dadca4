"""Anchors and proofs: what can be kept elsewhere, and checked without the ledger.

An *anchor* is a short note of the whole log at one moment: how many records, their Merkle root, and the root of each of the few
perfect subtrees that the tree is made of. Kept where those who run the ledger cannot change it (printed, mailed, signed, with a
notary), it shows later whether any of these records was changed, removed or put in another order: verification recomputes it.
It says nothing of records that came after it, and nothing of whether what was recorded was true.

A *proof* shows that one record is in the log that an anchor notes, with a few dozen hashes and without the other records.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from remit.errors import LedgerCorrupt, LedgerError
from remit.language.fast_dataclass import dataclass
from remit.ledger.log.canonical import encode, parse
from remit.ledger.log.chain import HEAD, Head, hashes_in, time_in
from remit.ledger.log.entry import moment
from remit.ledger.log.merkle import EMPTY, HASH_BYTES, inclusion, leaf_hash, peaks, root_from_peaks, root_of_proof
from remit.ledger.stores.store import Session

__all__ = ["Anchor", "anchor_of", "check_proof", "peaks_at", "proof_of"]

_ANCHOR: Final = "remit.anchor/1"
_PROOF: Final = "remit.proof/1"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A note of the log of ``ledger`` at one moment: its ``size`` in records, their Merkle ``root`` and the ``peaks`` it is
    made of, in hexadecimal. ``recorded`` is the time of its last record."""

    ledger: str
    size: int
    root: str
    recorded: str | None
    peaks: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "type": _ANCHOR,
            "ledger": self.ledger,
            "size": self.size,
            "root": self.root,
            "recorded": self.recorded,
            "peaks": list(self.peaks),
        }

    def to_json(self) -> str:
        """One line of canonical JSON."""
        return encode(self.to_dict())

    @classmethod
    def of(cls, source: Anchor | Mapping[str, Any] | str | Path) -> Anchor:
        """From :meth:`to_dict`, :meth:`to_json` or a file of it. Raises :class:`remit.LedgerError` where it is none."""
        if isinstance(source, Anchor):
            return source
        try:
            if isinstance(source, Path):
                source = source.read_text(encoding="utf-8")
            plain = parse(source) if isinstance(source, str) else source
            if plain["type"] != _ANCHOR:
                raise ValueError(plain["type"])
            found = cls(plain["ledger"], plain["size"], plain["root"], plain["recorded"], tuple(plain["peaks"]))
            if not (type(found.size) is int and found.size >= 0 and isinstance(found.ledger, str)):
                raise TypeError("it names no log and no number of records")
            if not isinstance(found.recorded, str | None):
                raise TypeError("the time of its last record is none")
            if len(found.peaks) != found.size.bit_count():
                raise ValueError(f"a log of {found.size} records has {found.size.bit_count()} peaks")
            tops = [bytes.fromhex(each) for each in found.peaks]
            if (root_from_peaks(tops) if tops else EMPTY).hex() != found.root:
                raise ValueError("its peaks do not make its root")
        except OSError as error:
            raise LedgerError(f"{source} cannot be read: {error.strerror}") from None
        except (KeyError, TypeError, ValueError) as error:
            raise LedgerError(f"this is not an anchor of a ledger ({error})") from None
        return found


def peaks_at(session: Session, size: int) -> list[bytes]:
    """The roots of the perfect subtrees that the first ``size`` records make, largest first: few look-ups, however many."""
    wanted = list(peaks(size))
    if not wanted:
        return []
    marks = ", ".join("?" * len(wanted))
    rows = session.rows(f"SELECT seq, hashes FROM record WHERE seq IN ({marks})", [end for end, _ in wanted])
    found = {int(seq): hashes_in(seq, hashes) for seq, hashes in rows}
    out = []
    for end, level in wanted:
        hash_ = found.get(end, b"")[level * HASH_BYTES : (level + 1) * HASH_BYTES]
        if len(hash_) != HASH_BYTES:
            raise LedgerCorrupt(f"record {end} is missing or was changed", {"seq": end})
        out.append(hash_)
    return out


def anchor_of(session: Session, ledger: str, size: int | None = None) -> Anchor:
    """The anchor of the log as it is, or as it was when it had ``size`` records."""
    head = Head.of(session.rows(HEAD), ledger)
    size = head.seq if size is None else size
    if not 0 <= size <= head.seq:
        raise LedgerError(f"the ledger has {head.seq} records, not {size}")
    row = session.one("SELECT at FROM record WHERE seq = ?", (size,))
    tops = peaks_at(session, size)
    root = root_from_peaks(tops) if tops else EMPTY
    return Anchor(ledger, size, root.hex(), moment(time_in(size, row[0])) if row else None, tuple(each.hex() for each in tops))


def proof_of(session: Session, ledger: str, seq: int, size: int | None = None) -> dict[str, Any]:
    """The proof that record ``seq`` is in the log of the first ``size`` records (all of them, where it is left out)."""
    anchor = anchor_of(session, ledger, size)
    if not 1 <= seq <= anchor.size:
        raise LedgerError(f"record {seq} is not among the first {anchor.size}")
    row = session.one("SELECT body FROM record WHERE seq = ?", (seq,))
    path = inclusion(seq, anchor.size, _lookup(session))
    if row is None:
        raise LedgerCorrupt(f"record {seq} is missing", {"seq": seq})
    return {
        "type": _PROOF,
        "ledger": ledger,
        "seq": seq,
        "size": anchor.size,
        "root": anchor.root,
        "path": [each.hex() for each in path],
        "record": row[0],
    }


def _lookup(session: Session) -> Any:
    def lookup(number: int) -> bytes:
        row = session.one("SELECT hashes FROM record WHERE seq = ?", (number,))
        if row is None:
            raise LedgerCorrupt(f"record {number} is missing", {"seq": number})
        return hashes_in(number, row[0])

    return lookup


def check_proof(proof: Mapping[str, Any] | str, anchor: Anchor | Mapping[str, Any] | str | Path) -> dict[str, Any]:
    """Check a proof against an ``anchor`` of the same size, and return the record that it proves. Needs no ledger.

    Raises :class:`remit.LedgerCorrupt` where it proves nothing.
    """
    known = Anchor.of(anchor)
    try:
        plain = json.loads(proof) if isinstance(proof, str) else proof
        if plain["type"] != _PROOF:
            raise ValueError(f"type {plain['type']}")
        text, seq, size = plain["record"], plain["seq"], plain["size"]
        path = [bytes.fromhex(each) for each in plain["path"]]
        record: dict[str, Any] = parse(text)
        named = record["seq"] == seq and record["ledger"] == plain["ledger"] == known.ledger
        leaf = leaf_hash(text.encode())
        if not type(seq) is type(size) is int:
            raise TypeError("a number of a record is no number")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LedgerCorrupt(f"this is not a proof of a record ({error})") from None
    if size != known.size:
        raise LedgerCorrupt(f"the proof is for a log of {size} records, the anchor for one of {known.size}")
    root = root_of_proof(leaf, seq, size, path)
    if not named or root is None or root.hex() != known.root:
        raise LedgerCorrupt("the proof does not lead to the anchor: the record is not in that log as it stands here")
    return record
