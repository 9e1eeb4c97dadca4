"""What is told of a lie: the sentence, and the two cases side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from remit.authoring.differences.saying import situation, written
from remit.authoring.lying.lie_pairs import LiePair, value_of
from remit.authoring.lying.lie_search import FoundLie, LieSearch
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import covered
from remit.language import words
from remit.policy.model import Model

__all__ = ["lie_lines", "lie_result"]

_MARKS: Final = {"proved": "•", "refuted": "✗", "open": "?"}


def lie_result(search: LieSearch, found: FoundLie) -> ProofResult:
    """What came of looking for a lie, in words and for programs."""
    largest, remedy = found.largest, search.remedy
    model, pair = search.prover.model, largest.shown
    settled = largest.exact or found.is_unbounded
    needs = () if pair is None else _needed(search, pair)
    told = [*([] if pair is None else _side_by_side(search, pair, needs)), *covered(found.assumes)]
    details = {
        "remedy": remedy,
        "role": search.role,
        "gain": None if found.is_unbounded else largest.reached,
        "at_most": None if found.is_unbounded else largest.at_most,
        "unbounded": list(found.unbounded),
        **({"currency": model.currency} if model.remedies[remedy].kind == "money" else {}),
        **({} if pair is None else _cases(search, pair, needs)),
    }
    says = f"{search.prover.title(remedy)}: {_says(search, found)}"
    result = ProofResult("lie", f"{remedy}.{search.role}", says, "proved" if settled else "open", (), None, details)
    return replace(result, told=tuple(told if settled else [*told, f"not proved: {largest.reason}"]))


def _says(search: LieSearch, found: FoundLie) -> str:
    role, largest = words.a(words.name(search.role)), found.largest
    talked = f"{role} who is told a lie can be led to give"
    if search.prover.model.remedies[search.remedy].kind == "exception":
        if largest.exact:
            return f"{role} can be talked into it by a lie" if largest.reached else f"no lie talks {role} into it"
        return f"{role} might be talked into it by a lie"
    if found.is_unbounded:
        facts = words.listing(f"`{name}`" for name in found.unbounded)
        return f"{talked} more than the truth allows, " + (
            f"as much as {facts} {_allow(found)}" if facts else "without a bound"
        )
    low, high = (search.prover.amount(search.remedy, each) for each in (largest.reached, largest.at_most))
    if largest.exact:
        return f"{talked} {low} more than the truth allows" if largest.reached else f"no lie leads {role} to give more"
    if largest.reached:
        return f"{talked} between {low} and {high} more than the truth allows"
    return f"a lie might lead {role} to give up to {high} more than the truth allows"


def _allow(found: FoundLie) -> str:
    return "allows" if len(found.unbounded) == 1 else "allow"


def _side_by_side(search: LieSearch, pair: LiePair, needs: Sequence[str]) -> Iterator[str]:
    """The facts that differ, and what may be given, as a table; below it what is the same, and what must be on file."""
    model = search.prover.model
    rows: list[Sequence[str]] = [("", "truth", "lie")]
    for name in pair.differing:
        rows.append((words.name(name), _written(model, pair.true, name), _written(model, pair.told, name)))
    rows.append(("may be given", *(search.prover.amount(search.remedy, each) for each in (pair.due, pair.given))))
    first, second = (max(len(row[place]) for row in rows) for place in (0, 1))
    yield from (f"{name:<{first}}  {true:<{second}}  {told}".rstrip() for name, true, told in rows)
    same = _same(search, pair)
    if same:
        yield f"the same in both: {words.in_sentence(situation(model, same))}"
    yield f"evidence needed for it: {words.listing(map(words.name, needs))}" if needs else "no evidence is needed for it"


def _written(model: Model, case: Any, name: str) -> str:
    value = value_of(case, name)
    return "not told" if value is None else written(value)


def _same(search: LieSearch, pair: LiePair) -> dict[str, Any]:
    known = search.prover.redecided.worth_saying(pair.told)
    return {name: value for name, value in known.items() if name not in pair.differing}


def _needed(search: LieSearch, pair: LiePair) -> tuple[str, ...]:
    """The evidence that must be on file before as much is given as the lie allows."""
    case = replace(pair.told, asked={search.remedy: pair.given})
    return search.prover.redecided.needed(case, search.role)


def _cases(search: LieSearch, pair: LiePair, needs: Sequence[str]) -> dict[str, Any]:
    def plain(case: Any, units: int) -> dict[str, Any]:
        facts = {name: _written(search.prover.model, case, name) for name in pair.differing}
        return {"facts": facts, "most": search.prover.amount(search.remedy, units)}

    return {
        "truth": plain(pair.true, pair.due),
        "lie": plain(pair.told, pair.given),
        "same": {name: written(value) for name, value in _same(search, pair).items()},
        "needs": list(needs),
    }


# For a page of all of them


def lie_lines(model: Model, results: Sequence[ProofResult]) -> Iterator[str]:
    """Of the results for one policy, those about lies: by remedy, each pair of cases once, with all roles that it leads."""
    for remedy, of in model.remedies.items():
        mine = [each for each in results if each.code == "lie" and each.details.get("remedy") == remedy]
        groups: dict[tuple[str, ...], list[ProofResult]] = {}
        for each in mine:
            groups.setdefault((each.verdict, *_core(each.details)), []).append(each)
        if mine:
            yield f"  {of.title}"
        for some in groups.values():
            yield f"    {_MARKS[some[0].verdict]} {words.capital(_together(model, some))}"
            yield from (f"        {line}" for line in some[0].told)


def _core(details: Mapping[str, Any]) -> tuple[str, ...]:
    """What is the same of results that are told together."""
    shown = details.get("lie", {}).get("most"), details.get("truth", {}).get("most"), details.get("lie", {}).get("facts")
    return tuple(map(str, (details["gain"], details["at_most"], details["unbounded"], *shown)))


def _together(model: Model, results: Sequence[ProofResult]) -> str:
    """The sentence of one of them, for the roles of all."""
    says = results[0].says.partition(": ")[2]
    roles = words.listing((words.a(words.name(each.details["role"])) for each in results), "or")
    if 1 < len(results) == len(model.ladder):
        roles = "anyone"
    return says.replace(words.a(words.name(results[0].details["role"])), roles, 1)
