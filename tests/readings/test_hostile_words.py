"""No text of a policy becomes code: it stands in the compiled functions as constants and nowhere else."""

from __future__ import annotations

import ast
import builtins
import json
import re
from pathlib import Path
from typing import Any

import pytest

from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.policy.loader import read_model

HOSTILE = [
    "__import__('os').system('touch PWNED')",
    "'); raise SystemExit #",
    '"""',
    "${7*7}",
    "F[0]",
    "S[0]) or (True",
    "{0.__class__}",
    "\\x41\\n\\",
    "\u2028",
    "lambda: 0",
    "None",
    "{}",
    "{{v[0]}!r:>{width}}",
    "one\nline\r\nand another\t",
    "t1",
    'null,"outcome":"grant"',
]
#: The loader takes no choice with these in it.
NOT_IN_WORDS = r"""['",\\#]+"""


def policy(words: list[str], texts: list[str]) -> str:
    sections: dict[str, Any] = {
        "policy": "hostile",
        "title": texts[0],
        "version": texts[1],
        "owner": "nobody",
        "effective": {"from": "2020-01-01"},
        "currency": "EUR",
        "ladder": ["import", "lambda"],
        "facts": {
            "class": {"type": "choice", "of": words},
            "def.pass": {"type": "text"},
            "F": {"type": "money"},
            "S": {"type": "integer"},
            "request": {"type": "boolean", "default": False},
            "given": {"type": "number"},
        },
        "remedies": {"OUTCOMES": {"type": "money", "title": texts[2]}, "raise": {"type": "count", "title": texts[0]}},
        "rules": [
            {
                "id": f"r-{number}",
                "because": text,
                "when": [{"class": [json.dumps(word)]}, f"def.pass = {json.dumps(text)} or F * S > 10 EUR"],
                "may": {"OUTCOMES": f"if def.pass = {json.dumps(text)} then F * 50% else 20 EUR", "raise": "S + 1"},
            }
            for number, (word, text) in enumerate(zip(words, texts, strict=True))
        ],
        "guardrails": [{"id": "g", "when": {"request": True}, "then": "deny", "say": texts[0]}],
        "otherwise": "escalate",
    }
    return "".join(f"{name}: {json.dumps(section)}\n" for name, section in sections.items())


PRINTABLE = [text for text in HOSTILE if text.isprintable()]
HARMLESS = [f"text number {number}" for number in range(len(PRINTABLE))]


def words_of(texts: list[str]) -> list[str]:
    return [f"eval {number}{re.sub(NOT_IN_WORDS, ' ', text).strip()}" for number, text in enumerate(texts)]


class Compilations:
    """All that Python compiles: syntax trees, and texts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.trees: list[ast.AST] = []
        self.texts: set[str] = set()
        before = builtins.compile

        def noted(source: Any, *more: Any, **named: Any) -> Any:
            if isinstance(source, ast.AST):
                self.trees.append(source)
            else:
                self.texts.add(source)
            return before(source, *more, **named)

        monkeypatch.setattr(builtins, "compile", noted)

    def identifiers(self) -> set[str]:
        """Whatever stands in a tree and is no constant."""
        out: set[str] = set()
        for tree in self.trees:
            for node in ast.walk(tree):
                if not isinstance(node, ast.Constant):
                    out |= {each for _, each in ast.iter_fields(node) if isinstance(each, str)}
        return out


def decide_everything(texts: list[str]) -> None:
    """Whole and brief, complete and with facts missing, for both roles and for one on behalf of the other."""
    words = words_of(texts)
    model = read_model(policy(words, texts), "hostile.yaml")
    compiled = Compiled(model)
    compiled.warm()
    for word, text in zip(words, texts, strict=True):
        facts = {"class": word, "def": {"pass": text}, "F": "30 EUR", "S": 2, "given": 1}
        request: dict[str, Any] = {"employee": {"id": text, "role": "import"}, "case": text, "facts": facts}
        for amount, outcome in (("15 EUR", "grant"), ("15.01 EUR", "escalate")):
            asked = {**request, "asked": {"OUTCOMES": amount, "raise": 3}}
            decision = compiled.decide(asked)
            assert decision.outcome == outcome
            assert decision.to_json() == reference_decision(model, asked).to_json()
            assert (decision.employee, decision.case) == (text, text)
            less = {**asked, "facts": {"class": word}, "employee": {"id": "e", "role": "lambda"}}
            assert compiled.decide(less).to_json() == reference_decision(model, less).to_json()
            known = {"requester": "import"}
            assert compiled.decide(asked, **known).to_json() == reference_decision(model, asked, **known).to_json()


def test_hostile_words_and_texts_are_only_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    decide_everything(PRINTABLE)
    assert list(tmp_path.iterdir()) == []


def test_the_code_is_that_of_harmless_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees differ in constants only, and every text that is parsed as Python is one of this package's own."""
    made = []
    for texts in (PRINTABLE, HARMLESS, PRINTABLE[::-1]):
        with monkeypatch.context() as patched:
            compilations = Compilations(patched)
            decide_everything(texts)
        assert compilations.trees
        assert compilations.texts
        made.append((compilations.identifiers(), compilations.texts))
    assert made[0] == made[1] == made[2]
    hostile = {*words_of(PRINTABLE), *PRINTABLE} - {"t1"}  # so are names of the compiler called, with or without this policy
    own = {"class", "def", "pass", "F", "S", "OUTCOMES", "raise", "import", "lambda"}
    assert sorted(made[0][0] & (hostile | own)) == []
