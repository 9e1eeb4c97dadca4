"""The proof of a change as text: for a terminal, or as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from remit.authoring.differences.saying import roles_said
from remit.authoring.proving.change.change_proof import ChangeProof
from remit.authoring.proving.change.change_regions import ChangeRegion
from remit.authoring.proving.change.largest_increase import Increase
from remit.authoring.proving.statements.edges import UNBOUNDED
from remit.authoring.show import plain
from remit.decision.quantities import as_quantity
from remit.language import words

__all__ = ["proof_as_lines", "proof_as_markdown"]

_HEADING: Final = "Proved for every case"
_VERDICTS: Final = {
    "equal": "Equal: in every case each role may give the same, and customers are owed the same.",
    "changed": "In every case each role may give the same at once, and customers are owed the same. "
    "What else changed is not covered by this proof.",
    "wider": "Wider: in some cases more may be given, or is owed. {rest}",
    "narrower": "Narrower: in some cases less may be given, or is owed. {rest}",
    "both": "Both: in some cases more may be given, or is owed, and in others less.",
    "open": "Not proved: no case was found in which anything else may be given, and not all was looked at.",
}


def proof_as_lines(proof: ChangeProof) -> list[str]:
    """Lines for a terminal."""
    out = [_HEADING, f"  {_verdict(proof)}"]
    for each in proof.regions:
        what, *details = _region(proof, each)
        out += [f"  {_MARKS[each.direction]} {what}", *(f"      {line}" for line in details)]
    for line in _rest(proof):
        out.append(f"  {line}")
    if proof.not_covered:
        out += ["", "Changed, and not covered by the proof", *(f"  {each.heading}: {each.told}" for each in proof.not_covered)]
    if proof.gates:
        out += ["", "Gates"]
        for gate in proof.gates:
            out.append(f"  {'passed' if gate.passed else 'failed'}: {gate.gate}")
            out += [f"      {line}" for line in gate.reasons]
    return out


def proof_as_markdown(proof: ChangeProof) -> list[str]:
    """Lines of Markdown."""
    return [plain(line) for line in _markdown(proof)]


def _markdown(proof: ChangeProof) -> Iterator[str]:
    yield from (f"## {_HEADING}", "", _verdict(proof), "")
    for each in proof.regions:
        what, *details = _region(proof, each)
        yield f"- **{what}**"
        yield from (f"  - {line}" for line in details)
    yield from (f"- {line}" for line in _rest(proof))
    if proof.not_covered:
        yield from ("", "## Changed, and not covered by the proof", "")
        yield from (f"- {each.heading}: {each.told}" for each in proof.not_covered)
    if proof.gates:
        yield from ("", "## Gates", "")
        for gate in proof.gates:
            yield f"- {'passed' if gate.passed else 'failed'}: {gate.gate}"
            yield from (f"  - {line}" for line in gate.reasons)


_MARKS: Final = {"wider": "+", "narrower": "-"}
_OTHERS: Final = {"wider": ("narrower", "less"), "narrower": ("wider", "more")}


def _verdict(proof: ChangeProof) -> str:
    rest = ""
    if proof.verdict in _OTHERS:
        other, word = _OTHERS[proof.verdict]
        is_no = proof.settled["narrower" if other == "narrower" else "wider"] == "no"
        rest = f"In no case {word} is." if is_no else f"Whether {word} is in others is not proved."
    return _VERDICTS[proof.verdict].format(rest=rest)


def _region(proof: ChangeProof, each: ChangeRegion) -> Iterator[str]:
    title = words.in_sentence(proof.pair.models["new"].remedies[each.remedy].title)
    more = "more" if each.direction == "wider" else "less"
    who = roles_said(proof.pair.models["new"], each.roles, proof.pair.ground.roles)
    gives = "The customer is owed" if each.aspect == "owed" else f"{words.capital(who)} may give"
    if proof.pair.models["new"].remedies[each.remedy].kind == "exception":
        yield f"{gives} {title} in {'more' if more == 'more' else 'fewer'} cases"
    else:
        yield f"{gives} {more} {title}"
    where = f": {each.when}" if each.when else ""
    yield f"by {each.what}{_written(each)}{where}"
    for change in each.changes:
        yield f"{change.label}: {change.before or 'not there'} -> {change.after or 'gone'}"
    amounts = f"{words.quantity(each.before)} -> {words.quantity(each.after)}"
    by = "" if each.aspect == "owed" or len(each.roles) == 1 else f", {words.the(proof.pair.models['new'].ladder, each.role)}"
    yield f"for example: {each.situation}{by}: {amounts}"


def _written(each: ChangeRegion) -> str:
    """Where: `` (old line 3, new line 5)``."""
    by_what: dict[str, list[str]] = {}
    for line in each.lines:
        by_what.setdefault(line.what, []).append(f"{line.side} line {line.line}")
    parts = []
    for what, lines in by_what.items():
        own = each.what.startswith(what)
        parts.append(", ".join(lines) if own else f"{what}: {', '.join(lines)}")
    return f" ({'; '.join(parts)})" if parts else ""


def _rest(proof: ChangeProof) -> Iterator[str]:
    if proof.more:
        yield "There are more regions like these, which were not looked at."
    yield from (f"Not proved: {told}" for _, told in proof.open)
    yield from (_increase(proof, each) for each in proof.largest_increases)


def _increase(proof: ChangeProof, each: Increase) -> str:
    of, model, largest = each.comparison, proof.pair.models["new"], each.largest
    remedy = model.remedies[of.remedy]
    owed = " that is owed" if of.aspect == "owed" else ""
    title, roles = f"{words.in_sentence(remedy.title)}{owed}", words.listing(map(words.name, of.roles))
    if largest.reached >= UNBOUNDED:
        return f"Largest increase: {title} rises without a bound ({roles})"
    reached = words.quantity(as_quantity(model, remedy, largest.reached))
    if largest.exact:
        return f"Largest increase: {title} rises by {reached} at the most ({roles})"
    bound = "" if each.at_most is None else f" and at most {words.quantity(as_quantity(model, remedy, each.at_most))}"
    return f"Largest increase: {title} rises by at least {reached}{bound} ({roles}); not proved: {largest.reason}"
