"""The texts of policies in the ledger, read again: any record can be decided again by what decided it then."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from hashlib import sha256

from remit.errors import LedgerCorrupt, NotFound
from remit.ledger.asking import Decider
from remit.ledger.stores.store import Session

__all__ = ["Library"]

_MOST = 64


class Library:
    """Policies by digest: those that were used through this ledger, and those whose text is in it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None], Decider] = {}
        self._newest: Decider | None = None
        self._lock = threading.Lock()

    def remember(self, policy: Decider) -> None:
        """Keep a policy that is at hand, so that its text need not be read again."""
        if policy is self._newest:
            return
        model = policy.model
        of = model.digest, None if model.others or not model.currencies else model.currency
        with self._lock:
            self._newest = policy
            self._known.pop(of, None)
            self._known[of] = policy
            while len(self._known) > _MOST:
                del self._known[next(iter(self._known))]

    def of(self, session: Session, policy: Mapping[str, str]) -> Decider:
        """The policy that a record names, in the currency that it names. Raises as :meth:`get`."""
        return self.get(session, policy["digest"], policy.get("currency"))

    def get(self, session: Session, digest: str, currency: str | None = None) -> Decider:
        """The policy of a digest; of one in several currencies the policy in all of them, where none is named. Raises
        :class:`remit.NotFound`, or :class:`remit.LedgerCorrupt` where the text is another."""
        known = self._known.get((digest, currency))
        if known is not None:
            return known
        policy = self.read(session, digest, currency)
        self.remember(policy)
        return policy

    @staticmethod
    def read(session: Session, digest: str, currency: str | None = None) -> Decider:
        """The policy of a digest, from its text in the ledger and nowhere else."""
        from remit.deciding.policy import stored_policy  # reads YAML: not before it is needed

        row = session.one("SELECT text FROM policy WHERE digest = ?", (digest,))
        if row is None:
            raise NotFound(f"the text of policy {digest} is not in the ledger")
        if "sha256:" + sha256(row[0].encode()).hexdigest() != digest:
            raise LedgerCorrupt(f"the text of policy {digest} was changed", {"digest": digest})
        policy = stored_policy(row[0], digest)
        if currency is None:
            return policy
        if currency not in policy.model.currencies:
            raise LedgerCorrupt(f"policy {digest} is not in {currency}", {"digest": digest})
        return policy.in_currency(currency)
