"""Writes docs/errors.md from the tables of codes: ``python tests/support/errors_doc.py > docs/errors.md``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from remit.language.checking.checker_codes import CODES as TYPES
from remit.language.parsing.parser_codes import CODES as SYNTAX
from remit.ledger.people.roster_file import CODES as ROSTER
from remit.policy.policy_codes import CODES as POLICY

ENGINE = Path(__file__).resolve().parents[2] / "engine" / "remit"
_CODE = re.compile(r"(?:syntax|names|types|yaml|policy|roster)/[a-z]+(?:-[a-z]+)*")
_TABLES = ("language/parsing/parser_codes.py", "language/checking/checker_codes.py", "policy/policy_codes.py")

_HEAD = """\
# Errors

What makes a policy unusable. `remit check` tells all of them at once, each with its line, what is wrong underlined and what to
do; a program finds the same in `PolicyError.problems`. One mistake gives one message: what follows from it is left out. Codes
are stable, and `remit check --explain CODE` shows an example of each and its fix. A roster (`staff.yaml`) is checked in the
same way. What is allowed but not wise has its own pages: [checks](checks/README.md).

This page is made from the tables in the code, and a test sees to it that every code that can be raised is here.
"""

_SECTIONS: Mapping[str, str] = {
    "yaml": "Reading the file",
    "policy": "What a policy consists of",
    "names": "Names",
    "syntax": "Formulas and tests, as they are written",
    "types": "Formulas and tests, and what they mean",
    "roster": "The roster",
}


def listed() -> dict[str, str]:
    """Every code in the tables, with its words."""
    return {**POLICY, **SYNTAX, **TYPES, **ROSTER}


def raised() -> dict[str, str]:
    """Every code that stands in the reader of policies or the language, with the file that it stands in."""
    found: dict[str, str] = {}
    for folder in ("policy", "language", "ledger/people"):
        for path in sorted((ENGINE / folder).rglob("*.py")):
            name = path.relative_to(ENGINE).as_posix()
            if name not in _TABLES:
                for code in _codes_in(ast.parse(path.read_text(encoding="utf-8"))):
                    found.setdefault(code, name)
    return found


def _codes_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
            yield node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("note", "fail"):
            for each in ast.walk(node.args[0]):  # the parser's own, without `syntax/`
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield f"syntax/{each.value}"


def page() -> str:
    """The whole page."""
    codes = listed()
    lines = [_HEAD]
    for category, title in _SECTIONS.items():
        rows = [f"| `{code}` | {words} |" for code, words in sorted(codes.items()) if code.startswith(f"{category}/")]
        lines += [f"## {title}\n", "| code | what is wrong |", "|---|---|", *rows, ""]
    return "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    print(page(), end="")
