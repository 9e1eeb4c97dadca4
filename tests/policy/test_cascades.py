"""One mistake is one message: mistakes made by a script on the policies that come with remit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from remit.policy.loader import inspect_model
from remit.policy.shipped import shipped_policies

TEXTS = {name: Path(path).read_text(encoding="utf-8").split("\n") for name, path in shipped_policies().items()}

LOST = "\0"
#: What is changed in a line, and the pattern of the lines that it is done to.
MISTAKES = {
    "a dash is missing": (r"^(  )- (?=id:)", r"\1  "),
    "a list has no brackets": (r"\bof: \[([^]]*, [^]]*)\]", r"of: \1"),
    "a colon is doubled": (r"^(  [\w.]+):(?= +\{)", r"\1::"),
    "a key is not indented": (r"^  (?=\w+: \{type: (money|count|exception))", ""),
    "the parts of a table are not indented": (r"^(    table:)$", r"\1"),
    "the line of a section is lost": (r"^(facts|remedies|values|shows|rules|guardrails|caps|requires|approvals):$", LOST),
    "the line of a table is lost": (r"^    table:$", LOST),
    "the line of its rows is lost": (r"^      rows:$", LOST),
}


def mistakes(kind: str) -> Iterator[tuple[str, int, str]]:
    pattern, instead = MISTAKES[kind]
    for name, lines in TEXTS.items():
        for number, line in enumerate(lines):
            if not re.search(pattern, line):
                continue
            changed = [*lines]
            changed[number] = re.sub(pattern, instead, line, count=1)
            if instead == LOST:
                del changed[number]
            if "indented" in kind and "table" in kind:
                for below in range(number + 1, len(lines)):
                    if lines[below].strip() and not lines[below].startswith("      "):
                        break
                    changed[below] = lines[below].removeprefix("  ")
            yield name, number + 1, "\n".join(changed)


@pytest.mark.parametrize("kind", MISTAKES)
def test_one_mistake_one_message(kind: str) -> None:
    tried = list(mistakes(kind))
    assert len(tried) > 5
    step = 1 if "section" in kind else max(1, len(tried) // 20)
    told = {(name, line): inspect_model(text, name)[1] for name, line, text in tried[::step]}
    several = {where: list(map(str, problems)) for where, problems in told.items() if len(problems) != 1}
    assert several == {}
