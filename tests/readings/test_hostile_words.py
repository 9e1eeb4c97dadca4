"""No text of a policy becomes code: it stands in the generated functions as constants and nowhere else."""

from __future__ import annotations

import ast
import json
import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from remit.backends.compiled import building, front
from remit.decision.quick import Quick
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


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The front functions that are generated during the test."""
    made: list[Any] = []

    def function(*given: Any) -> Any:
        made.append(building.function(*given))
        return made[-1]

    monkeypatch.setattr(front, "function", function)
    return made


def test_hostile_words_and_texts_are_only_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, functions: list[Any]) -> None:
    monkeypatch.chdir(tmp_path)
    texts = [text for text in HOSTILE if text.isprintable()]
    words = [f"eval {number}{re.sub(NOT_IN_WORDS, ' ', text).strip()}" for number, text in enumerate(texts)]
    quick = Quick(read_model(policy(words, texts), "hostile.yaml"))
    for word, text in zip(words, texts, strict=True):
        facts = {"class": word, "def": {"pass": text}, "F": "30 EUR", "S": 2, "given": 1}
        request = {"employee": {"id": text, "role": "import"}, "asked": {"OUTCOMES": "15 EUR", "raise": 3}, "facts": facts}
        assert quick.decide(request).outcome == "grant" == quick.general(request).outcome
        request["asked"] = {"OUTCOMES": "15.01 EUR"}
        assert quick.decide(request).outcome == "escalate" == quick.general(request).outcome
    assert list(tmp_path.iterdir()) == []
    known = set(words) | set(texts) | {"class", "def", "pass", "F", "S", "request", "OUTCOMES", "raise", "import", "lambda"}
    for made in functions:
        for code in _codes(made.__code__):
            assert not (set(code.co_names) | set(code.co_varnames)) & (known - {"request", "F", "OUTCOMES"})


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield from _codes(each)


def test_templates_hold_nothing_of_a_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text that is parsed as Python is one of this package's own, whatever the policy says."""
    texts = [text for text in HOSTILE if text.isprintable()]

    def parsed(words: str, order: int) -> set[str]:
        found: set[str] = set()
        parse = ast.parse

        def noted(text: str, *more: Any, **named: Any) -> Any:
            found.add(text)
            return parse(text, *more, **named)

        with monkeypatch.context() as patched:
            patched.setattr(ast, "parse", noted)
            Quick(read_model(policy([f"{words} {n}" for n in range(len(texts))], texts[::order]), "hostile.yaml"))
        return found

    once = parsed("word", 1)
    assert once
    assert parsed("other", -1) == once
