"""The texts of policies in the ledger, read again: any record can be decided again by what decided it then."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from remit.errors import LedgerCorrupt, NotFound, RequestError
from remit.ledger.asking import Decider
from remit.ledger.stores.store import Session

__all__ = ["Library"]

_MOST = 64


class Library:
    """Policies by digest: those that were used through this ledger, and those whose text is in it."""

    def __init__(self) -> None:
        self._known: dict[str, Decider] = {}
        self._newest: Decider | None = None
        self._lock = threading.Lock()

    def remember(self, policy: Decider) -> None:
        """Keep a policy that is at hand, so that its text need not be read again."""
        if policy is self._newest:
            return
        if policy.model.currencies and not policy.model.others:
            return  # it is in one of its currencies
        with self._lock:
            self._newest = policy
            self._known.pop(policy.model.digest, None)
            self._known[policy.model.digest] = policy
            while len(self._known) > _MOST:
                del self._known[next(iter(self._known))]

    def of(self, session: Session, body: Mapping[str, Any]) -> Decider:
        """The policy that the body of a record names, in the currency that it names and at the rates of its day. Raises as
        :meth:`get`."""
        return _as_named(self.get(session, body["policy"]["digest"]), body)

    @classmethod
    def read_of(cls, session: Session, body: Mapping[str, Any]) -> Decider:
        """The same, from the text in the ledger and nowhere else."""
        return _as_named(cls.read(session, body["policy"]["digest"]), body)

    def get(self, session: Session, digest: str) -> Decider:
        """The policy of a digest; where it is in several currencies, in all of them. Raises :class:`remit.NotFound`, or
        :class:`remit.LedgerCorrupt` where the text is another."""
        known = self._known.get(digest)
        if known is not None:
            return known
        policy = self.read(session, digest)
        self.remember(policy)
        return policy

    @staticmethod
    def read(session: Session, digest: str) -> Decider:
        """The policy of a digest, from its text in the ledger and nowhere else."""
        from remit.deciding.policy import stored_policy  # reads YAML: not before it is needed

        row = session.one("SELECT text FROM policy WHERE digest = ?", (digest,))
        if row is None:
            raise NotFound(f"the text of policy {digest} is not in the ledger")
        if "sha256:" + sha256(row[0].encode()).hexdigest() != digest:
            raise LedgerCorrupt(f"the text of policy {digest} was changed", {"digest": digest})
        return stored_policy(row[0], digest)


def _as_named(policy: Decider, body: Mapping[str, Any]) -> Decider:
    code, digest = body["policy"].get("currency"), policy.model.digest
    if code is None and not policy.model.others:
        return policy
    try:
        return policy.for_request({"currency": code, "occurred": body.get("occurred")})
    except RequestError as error:
        raise LedgerCorrupt(f"policy {digest} cannot be read as a record names it ({error})", {"digest": digest}) from error
