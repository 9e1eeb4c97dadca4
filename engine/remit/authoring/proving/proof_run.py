"""All statements about one policy, one after another; what was proved of the same text before is not proved again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final, TypeAlias

from remit.authoring.lying.lies import lie_statements
from remit.authoring.proving.proof_memory import ProofMemory
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover
from remit.authoring.proving.statements.dead_parts import dead_parts
from remit.authoring.proving.statements.edges import edges
from remit.authoring.proving.statements.failing import failing
from remit.authoring.proving.statements.ladder import claims, floors, monotone
from remit.authoring.proving.statements.promised import promises
from remit.policy.model import Model

__all__ = ["KINDS_OF_STATEMENTS", "STANDARD", "prove"]

#: Makes the statements of one kind; each is a function that proves it.
_Statements: TypeAlias = Callable[[Prover], Iterator[Callable[[], ProofResult]]]

#: Kinds of statements by their code, with what they say.
KINDS_OF_STATEMENTS: Final[Mapping[str, tuple[str, _Statements]]] = {
    "promise": ("every promise holds", promises),
    "fails": ("every amount and condition can be worked out", failing),
    "ladder": ("a higher role may give at least as much", monotone),
    "floor": ("what is owed may be given", floors),
    "claim": ("what is owed is paid once", claims),
    "dead": ("nothing in the policy is dead", dead_parts),
    "edge": ("the largest single grants", edges),
    "lie": ("the most that a lie can gain", lie_statements),
}
#: Those that a policy should meet as it is. What a lie can gain is for its owner to judge.
STANDARD: Final = tuple(kind for kind in KINDS_OF_STATEMENTS if kind != "lie")


def prove(
    model: Model,
    kinds: Sequence[str] = STANDARD,
    *,
    seconds: float = 10.0,
    memory: ProofMemory | None = None,
    again: bool = False,
) -> Iterator[tuple[ProofResult, int]]:
    """What comes of each statement about the policy, and how many there are in all. Each question has ``seconds``; ``again``:
    what ``memory`` has is proved anew. Raises :class:`remit.errors.MissingExtra` without a solver."""
    known = memory.results(model, kinds) if memory is not None and not again else None
    if known is not None:
        yield from ((each, len(known)) for each in known)
        return
    prover = Prover(model, seconds)
    statements = list(chain.from_iterable(KINDS_OF_STATEMENTS[kind][1](prover) for kind in kinds))
    found = []
    for statement in statements:
        began = time.monotonic()
        found.append(replace(statement(), seconds=time.monotonic() - began))
        yield found[-1], len(statements)
    if memory is not None:
        memory.keep(model, kinds, found)
