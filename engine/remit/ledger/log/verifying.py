"""Verifying a ledger: is the log as it was written, and does everything beside it follow from it?

Every record is hashed anew and compared with its link and with the tree; an anchor shows what a log by itself cannot: that its
end is missing, or that all of it was written anew. With ``thorough`` every record is also read, and all that stands beside the
log is worked out again: the columns, the values that stand apart (which may be gone only where a record says that they were
erased), the texts of policies, keys, resolutions and balances; and the database checks its own indexes. With ``decide`` every
decision is taken again. Whatever stands in the database, it ends in findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Final, Literal

from remit.errors import LedgerCorrupt
from remit.language.fast_dataclass import dataclass
from remit.ledger.log.anchor import Anchor
from remit.ledger.log.canonical import NONSENSE, encode, parse
from remit.ledger.log.chain import first_link
from remit.ledger.log.merkle import EMPTY, leaf_hash, node_hash, peaks, root_from_peaks
from remit.ledger.log.recount import Recount
from remit.ledger.log.redeciding import Redeciding
from remit.ledger.stores.store import Row, Session, Store

__all__ = ["LedgerFinding", "Verification", "verify"]

_PAGE: Final = 2_000
_MOST_FINDINGS: Final = 20

_ROWS: Final = (
    "SELECT seq, at, kind, outcome, policy, employee, incident, link, hashes, body FROM record "
    "WHERE seq > ? ORDER BY seq LIMIT ?"
)

FindingKind = Literal[
    "edited",
    "removed",
    "reordered",
    "truncated",
    "rewritten",
    "private",
    "policy",
    "balance",
    "index",
    "database",
    "decision",
]


@dataclass(frozen=True, slots=True)
class LedgerFinding:
    """One thing that is wrong: its ``kind``, and ``text`` for people. ``seq`` is the first record concerned, where it can be
    told."""

    kind: FindingKind
    seq: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification of ``size`` records, whose Merkle root is ``root``, found. ``findings`` is empty where all is well;
    the first comes first in the log. ``thorough``: whether what stands beside the log was worked out again."""

    size: int
    root: str
    findings: tuple[LedgerFinding, ...]
    thorough: bool

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(
    store: Store,
    ledger: str,
    anchors: Iterable[Anchor] = (),
    *,
    thorough: bool = False,
    decide: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Verification:
    """Verify the whole log. ``progress`` is told how many records were checked, now and then."""
    known = sorted(anchors, key=lambda each: each.size)
    foreign = [each for each in known if each.ledger != ledger]
    if foreign:
        text = f"the anchor is of another ledger ({foreign[0].ledger}, not {ledger})"
        return Verification(0, "", (LedgerFinding("rewritten", None, text),), thorough)
    walk = _Walk(ledger, {each.size for each in known})
    found: list[LedgerFinding] = []
    try:
        with store.read() as session:
            _look(session, walk, found, thorough, decide, progress)
    except LedgerCorrupt as error:
        found.append(LedgerFinding("database", walk.size + 1, str(error)))
    findings = [*walk.findings, *_against_anchors(walk, known), *found]
    return Verification(walk.size, walk.root(walk.size).hex(), tuple(findings[:_MOST_FINDINGS]), thorough)


def _look(
    session: Session,
    walk: _Walk,
    found: list[LedgerFinding],
    thorough: bool,
    decide: bool,
    progress: Callable[[int], None] | None,
) -> None:
    recount = Recount(walk.ledger) if thorough else None
    again = Redeciding() if decide else None
    found += (LedgerFinding("database", None, text) for text in session.faults(whole=thorough))
    for page in _pages(session):
        if not walk.take(page):
            return
        if recount is not None:
            recount.take(session, page)
        if again is not None:
            found += (LedgerFinding("decision", *each) for each in again.take(session, page))
        if progress:
            progress(walk.size)
    if recount is not None:
        found += (LedgerFinding(*each) for each in recount.compare(session))  # type: ignore[arg-type]


def _pages(session: Session) -> Iterator[list[Row]]:
    at, size = 0, _PAGE
    while True:
        try:
            page = session.rows(_ROWS, (at, size))
        except LedgerCorrupt:
            if size == 1:
                raise
            size = 1  # up to the one that cannot be read
            continue
        if not page:
            return
        yield page
        at = page[-1][0]


class _Walk:
    """Goes through the log once, record by record, and stops at the first that is wrong."""

    def __init__(self, ledger: str, sizes: set[int]) -> None:
        self.ledger = ledger
        self.size = 0
        self.findings: list[LedgerFinding] = []
        self.peaks_of: dict[int, list[bytes]] = {0: []}
        self._sizes = sizes
        self._link = first_link(ledger)
        self._at = 0
        self._tops: list[bytes] = []  # the roots of the perfect subtrees so far, largest first

    def take(self, page: list[Row]) -> bool:
        """Check a page; false where something is wrong."""
        for row in page:
            try:
                kind = self._check(row)
            except NONSENSE:
                kind = "value"
            if kind is not None:
                self.findings.append(_explain(row, self.size + 1, kind, self.ledger))
                return False
        return True

    def _check(self, row: Row) -> str | None:
        """``None`` where the record is right, or else what is wrong with it."""
        seq, at, kind, outcome, policy, employee, case, link, hashes, body = row
        if seq != self.size + 1:
            return "gap"
        leaf = leaf_hash(body.encode())
        index = encode((seq, at, kind, outcome, policy, employee, case))
        expected = sha256(b"\x02" + self._link + leaf + index.encode()).digest()
        if link != expected:
            return "link"
        if at < self._at:
            return "time"
        beside = self._beside(seq, leaf)
        if hashes != b"".join(beside):
            return "tree"
        self._tops[len(self._tops) - len(beside) + 1 :] = beside[-1:]
        self.size, self._link, self._at = seq, expected, at
        if seq in self._sizes:
            self.peaks_of[seq] = self._tops.copy()
        return None

    def _beside(self, seq: int, leaf: bytes) -> list[bytes]:
        """What :func:`remit.ledger.log.merkle.grow` gives, from the subtrees at hand."""
        beside = [leaf]
        while not seq & 1:
            beside.append(node_hash(self._tops[-len(beside)], beside[-1]))
            seq >>= 1
        return beside

    def root(self, size: int) -> bytes:
        """The root over the records that were checked."""
        tops = self._tops if size == self.size else self.peaks_of[size]
        return root_from_peaks(tops) if tops else EMPTY


def _explain(row: Row, expected: int, kind: str, ledger: str) -> LedgerFinding:
    """In words, what is wrong with the first record that does not fit."""
    seq = row[0]
    if kind == "gap":
        if seq > expected:
            return LedgerFinding("removed", expected, f"record {expected} is missing; the next is {seq}")
        return LedgerFinding("reordered", seq, f"record {seq} stands where record {expected} should")
    try:
        said = int(parse(row[9])["seq"])
    except NONSENSE:
        return LedgerFinding("edited", seq, f"record {seq} was changed: it is not a record any more")
    if said > seq:
        return LedgerFinding(
            "removed", seq, f"record {seq} is missing or was moved: what stands in its place was recorded as {said}"
        )
    if said < seq:
        return LedgerFinding("reordered", seq, f"record {seq} was replaced by record {said}")
    if kind == "time":
        return LedgerFinding("reordered", seq, f"record {seq} is earlier than the one before it")
    if kind == "tree":
        return LedgerFinding("edited", seq, f"the hashes beside record {seq} were changed")
    return LedgerFinding("edited", seq, f"record {seq} was changed, or its columns or the link to it")


def _against_anchors(walk: _Walk, known: list[Anchor]) -> Iterator[LedgerFinding]:
    fine = 0
    for anchor in known:
        if anchor.size > walk.size:
            if not walk.findings:
                text = f"the log ends at record {walk.size}, but the anchor notes {anchor.size}: its end was cut off"
                yield LedgerFinding("truncated", walk.size + 1, text)
            return
        if walk.root(anchor.size).hex() == anchor.root:
            fine = anchor.size
            continue
        first, last = _first_difference(walk.peaks_of[anchor.size], anchor)
        text = (
            f"the log was written anew: the first record that differs from the anchor is among {max(first, fine + 1)} to {last}"
        )
        yield LedgerFinding("rewritten", max(first, fine + 1), text)
        return


def _first_difference(tops: list[bytes], anchor: Anchor) -> tuple[int, int]:
    start = 0
    for top, noted, (end, _) in zip(tops, anchor.peaks, peaks(anchor.size), strict=True):
        if top.hex() != noted:
            return start + 1, end
        start = end
    return 1, anchor.size
