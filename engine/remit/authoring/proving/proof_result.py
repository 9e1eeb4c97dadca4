"""What came of a statement about every possible case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from remit.errors import Place

__all__ = ["ProofResult", "ProofVerdict"]

ProofVerdict: TypeAlias = Literal["proved", "refuted", "open"]


@dataclass(frozen=True, slots=True)
class ProofResult:
    """``code`` is what is stated (``promise``, ``ladder`` ...), ``of`` what it is stated of. ``says`` is the statement as a
    sentence; ``told`` is what was found where it is refuted, why it is open, or what else is worth saying. ``place`` is where
    in the policy. ``details`` are the same for programs, as JSON has them. ``seconds`` is how long it took."""

    code: str
    of: str
    says: str
    verdict: ProofVerdict
    told: tuple[str, ...] = ()
    place: Place | None = None
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    seconds: float = field(default=0.0, compare=False)

    def ending(
        self, verdict: ProofVerdict, told: Sequence[str] = (), details: Mapping[str, Any] = MappingProxyType({})
    ) -> ProofResult:
        """The same statement, with what came of it."""
        return replace(self, verdict=verdict, told=tuple(told), details=details)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        where = {} if self.place is None else {"file": str(self.place.file), "line": self.place.line}
        return {
            "code": self.code,
            "of": self.of,
            "says": self.says,
            "verdict": self.verdict,
            "told": list(self.told),
            **where,
            **self.details,
            "seconds": round(self.seconds, 3),
        }
