"""What ``remit prove`` prints: for people, for programs, as annotations of a pull request, and as SARIF."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from remit.authoring.checks.reporting import REPORTERS, CheckReport
from remit.authoring.proving.proof_result import ProofResult
from remit.errors import Problem
from remit.language.words import capital, plural
from remit.policy.model import Model

__all__ = ["PROOF_REPORTERS", "ProvedPolicy", "proof_lines"]

#: A policy, and what came of the statements about it.
ProvedPolicy: TypeAlias = tuple[Model, Sequence[ProofResult]]

_MARKS: Final = {"proved": "✓", "refuted": "✗", "open": "?"}


def proof_lines(model: Model, results: Sequence[ProofResult]) -> Iterator[str]:
    """For people: what does not hold first in each part, then what is proved, the edges as a list."""
    of = f", in {model.currency}" if model.in_one_of_several else ""
    yield f"{model.title} ({model.id} {model.version}{of})"
    for heading, codes in _PARTS:
        mine = [each for each in results if each.code in codes]
        if mine:
            yield ""
            yield heading
            for each in sorted(mine, key=lambda each: _ORDER[each.verdict]):
                yield f"  {_MARKS[each.verdict]} {capital(each.says)}"
                yield from (f"      {line}" for line in each.told)
    yield ""
    yield _summary(results)


_ORDER: Final = {"refuted": 0, "open": 1, "proved": 2}
_PARTS: Final = (
    ("Promises", ("promise",)),
    ("In every case", ("fails", "ladder", "floor", "claim")),
    ("Rules, guardrails and tables", ("dead",)),
    ("The most that can be given at once", ("edge",)),
    ("What a lie can gain", ("lie",)),
    ("The most over time", ("exposure",)),
)


def _summary(results: Sequence[ProofResult]) -> str:
    counts = Counter(each.verdict for each in results)
    parts = [f"{counts['proved']:,} proved"]
    if counts["refuted"]:
        parts.append(f"{counts['refuted']:,} {'does' if counts['refuted'] == 1 else 'do'} not hold")
    if counts["open"]:
        parts.append(f"{counts['open']:,} not proved")
    return f"{len(results):,} {plural('statement', len(results))}: {', '.join(parts)}"


def _human(found: Sequence[ProvedPolicy]) -> str:
    return "\n\n".join("\n".join(proof_lines(model, results)) for model, results in found) + "\n"


def _json(found: Sequence[ProvedPolicy]) -> str:
    plain = [
        {
            "policy": model.id,
            "version": model.version,
            "digest": model.digest,
            **({"currency": model.currency} if model.in_one_of_several else {}),
            "results": [each.to_dict() for each in results],
        }
        for model, results in found
    ]
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def _as_problems(found: Sequence[ProvedPolicy]) -> CheckReport:
    problems = [
        Problem(
            f"proofs/{each.code}",
            f"{'this does not hold' if each.verdict == 'refuted' else 'this is not proved'}: {each.says}",
            each.place,
            hint="; ".join(each.told) or None,
            severity="error" if each.verdict == "refuted" else "warning",
        )
        for _, results in found
        for each in results
        if each.verdict != "proved"
    ]
    return CheckReport(problems, len(found))


#: Format -> what prints it.
PROOF_REPORTERS: Final[Mapping[str, Callable[[Sequence[ProvedPolicy]], str]]] = {
    "human": _human,
    "json": _json,
    "github": lambda found: REPORTERS["github"](_as_problems(found)),
    "sarif": lambda found: REPORTERS["sarif"](_as_problems(found)),
}
