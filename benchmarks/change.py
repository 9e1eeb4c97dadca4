"""What proving a change takes as a policy grows: one line changed in so many rules, of which half have formulas.

    python benchmarks/change.py [SIZE ...]

Processor time of remit and of its solvers together, loading the two policies apart.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from goodwill import workload

import remit
from remit.authoring.differences.declared import difference
from remit.authoring.proving.change.change_proof import ChangeProof, prove_change
from remit.policy.model import Model

__all__ = ["changes", "table"]

#: One changed line each: what is changed, and how.
_EDITS = {
    "an amount is raised": lambda line: re.sub(r"associate: (\d+)", lambda found: f"associate: {int(found[1]) + 5}", line),
    "an amount is lowered": lambda line: re.sub(r"manager: .*?(\d+)", lambda found: f"{found[0][:-1]}", line, count=1),
    "a condition is loosened": lambda line: re.sub(r"incident.severity: '>= \d'", "incident.severity: '>= 1'", line),
    "a rule is removed": lambda line: "",
}


def table(sizes: Sequence[int]) -> Iterator[str]:
    """The rows of a Markdown table."""
    yield "| rules | changed | answer | regions | lowering and asking, s of processor time |"
    yield "|---:|---|---|---:|---:|"
    for size in sizes:
        text = workload(size).policy
        old = remit.loads(text).model
        for what, new in changes(text):
            began = _spent()
            proof = _proved(old, new)
            spent = _spent() - began
            yield f"| {size} | {what} | {proof.verdict} | {len(proof.regions)} | {spent:.2f} |"


def changes(text: str) -> Iterator[tuple[str, Model]]:
    """The policy with one line changed, in each of some ways; and with its rules in another order."""
    lines = text.splitlines(keepends=True)
    rules = [number for number, line in enumerate(lines) if line.startswith("  - {id: matrix-") or "id: matrix-" in line]
    for what, edit in _EDITS.items():
        place = next(number for number in rules[len(rules) // 2 :] if edit(lines[number]) != lines[number])
        yield what, remit.loads("".join((*lines[:place], edit(lines[place]), *lines[place + 1 :]))).model
    turned = [*lines[: rules[0]], *(lines[number] for number in reversed(rules)), *lines[rules[-1] + 1 :]]
    yield "the rules are in another order", remit.loads("".join(turned)).model


def _proved(old: Model, new: Model) -> ChangeProof:
    *_, (_, _, proof) = prove_change(old, new, difference(old, new))
    assert proof is not None
    return proof


def _spent() -> float:
    return sum(each.ru_utime + each.ru_stime for each in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


if __name__ == "__main__":
    for row in table([int(each) for each in sys.argv[1:]] or [24, 100, 500, 2000]):
        print(row, flush=True)
