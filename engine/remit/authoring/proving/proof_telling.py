"""What ``remit prove`` prints: for people, for programs, as annotations of a pull request, and as SARIF."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from remit.authoring.checks.reporting import REPORTERS, CheckReport
from remit.authoring.lying.lie_telling import lie_lines
from remit.authoring.proving.proof_result import ProofResult
from remit.errors import Problem
from remit.language.words import capital, listing, name, plural
from remit.policy.model import Model

__all__ = ["PROOF_REPORTERS", "ProvedPolicy", "proof_lines"]

#: A policy, and what came of the statements about it.
ProvedPolicy: TypeAlias = tuple[Model, Sequence[ProofResult]]

_MARKS: Final = {"proved": "✓", "refuted": "✗", "open": "?"}


def proof_lines(model: Model, results: Sequence[ProofResult]) -> Iterator[str]:
    """For people: what does not hold with all that is known of it, what is proved in a few lines, and the largest grants."""
    of = f", in {model.currency}" if model.in_one_of_several else ""
    yield f"{model.title} ({model.id} {model.version}{of})"
    promises = [each for each in results if each.code == "promise"]
    if promises:
        yield from ("", "Promises", *_each(promises))
    known = [(text, [each for each in results if each.code == code]) for code, text in _IN_EVERY_CASE.items()]
    if any(mine for _, mine in known):
        yield from ("", "In every case", *(line for text, mine in known if mine for line in _together(text, mine)))
    edges = [each for each in results if each.code == "edge"]
    if edges:
        yield from ("", "The most that may be given at once", *_edges(model, edges))
    if any(each.code == "lie" for each in results):
        yield from ("", "What a false statement can gain", *lie_lines(model, results))
    exposed = [each for each in results if each.code == "exposure"]
    if exposed:
        yield from ("", "The most over time", *_exposed(exposed))
    yield from ("", _summary(results))


#: What is said of all statements of one kind, where all are proved.
_IN_EVERY_CASE: Final = {
    "fails": "every amount and every condition can be worked out",
    "ladder": "a higher role may give at least as much as a lower one",
    "floor": "what is owed may be given at once, unless a guardrail names it",
    "claim": "what is owed is paid once for each claim",
    "dead": "every rule, guardrail, row and cap counts in some case",
}
_ORDER: Final = {"refuted": 0, "open": 1, "proved": 2}


def _each(results: Sequence[ProofResult]) -> Iterator[str]:
    """Every statement with its mark, what does not hold first."""
    for each in sorted(results, key=lambda each: _ORDER[each.verdict]):
        yield f"  {_MARKS[each.verdict]} {capital(each.says)}"
        yield from (f"      {line}" for line in each.told)


def _together(text: str, results: Sequence[ProofResult]) -> Iterator[str]:
    """All of one kind in a line, and those that are not proved."""
    yield from _each([each for each in results if each.verdict != "proved"])
    proved = [each for each in results if each.verdict == "proved"]
    if len(proved) == len(results):
        yield f"  {_MARKS['proved']} {capital(text)}"
    yield from dict.fromkeys(f"      {line}" for each in proved if each.code == "fails" for line in each.told)


def _edges(model: Model, results: Sequence[ProofResult]) -> Iterator[str]:
    """By remedy the amounts, each with the roles that may give it and a case in which they may."""
    for remedy, of in model.remedies.items():
        mine = [each for each in results if each.details.get("remedy") == remedy]
        if not mine:
            continue
        yield f"  {of.title}"
        for most in dict.fromkeys(each.details["most"] for each in mine):
            same = [each for each in mine if each.details["most"] == most]
            roles = (
                listing(name(each.details["role"]) for each in same)
                if len(same) < len(mine) or len(mine) == 1
                else "every role"
            )
            case = same[0].details["case"]
            yield f"    {roles}: {most}" + (f" ({case[:1].lower()}{case[1:]})" if case and case != "Usually" else "")
            yield from dict.fromkeys(f"      {line}" for each in same for line in each.told)


def _exposed(results: Sequence[ProofResult]) -> Iterator[str]:
    """Each with the sequence of requests that reaches it."""
    for number, each in enumerate(results):
        yield from ([""] if number else [])
        yield f"  {'?' if each.verdict == 'open' else '•'} {each.says}"
        yield from (f"    {line}".rstrip() for line in each.told)


def _summary(results: Sequence[ProofResult]) -> str:
    if not results:
        return "there is nothing of this kind to prove"
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
